package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// What would be told to staff, and a letter of ours, can be read by a program, too.
func TestJSONOfLettersOfOurs(t *testing.T) {
	i := withLetters(t, outOfHours())
	var told remindJSON
	if err := json.Unmarshal([]byte(i.call(t, "remind", "--dry-run", "--json").well(t).out), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.Due) == 0 || len(told.Letters) == 0 || told.Queued != 0 || !strings.Contains(told.Letters[0].Text, told.Due[0]) || told.Letters[0].To == "" || told.Letters[0].Subject == "" {
		t.Errorf("reminders: %+v", told)
	}
	var mail mailShownJSON
	if err := json.Unmarshal([]byte(i.call(t, "outbox", "show", "1", "--json").well(t).out), &mail); err != nil {
		t.Fatal(err)
	}
	if mail.ID != 1 || mail.To == "" || mail.Subject == "" || !strings.Contains(mail.Text, mail.Requests[0]) || mail.Draft != (mail.State == "held" || mail.State == "queued") {
		t.Errorf("letter: %+v", mail)
	}
}
