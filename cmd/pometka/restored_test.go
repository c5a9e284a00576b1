package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"license.kz/pometka/mailbox/dovecot"
)

// A mailbox that was restored from a copy gives UIDs a second time under its old
// UIDVALIDITY. Each letter is registered once, reconcile misses none, and ledger
// shows the subject of a row beside it, or none, never that of another letter.
func TestDovecotRestored(t *testing.T) {
	r := startDovecot(t)
	i := r.install(t, r.Port, "  since: all\n")
	setCaps(t, i)
	put := func(from, to int) {
		letters := []dovecot.Letter{}
		for n := from; n < to; n++ {
			raw := withdrawal(n)
			if n%3 == 0 {
				raw = newsletter(n)
			}
			letters = append(letters, dovecot.Letter{Raw: raw, At: dovecot.At(n)})
		}
		r.PutAll("INBOX", letters)
	}
	put(0, 6)
	i.call(t, "run", "--once").well(t)
	restore := r.Save()
	put(6, 12)
	i.call(t, "run", "--once").well(t)
	for late, n := range []int{4, 4, 9} { // fewer than were lost, as many, and more
		restore()
		put(20+20*late, 20+20*late+n)
		i.call(t, "run", "--once").well(t)
	}
	i.call(t, "run", "--once").well(t)
	i.call(t, "reconcile").well(t)
	i.call(t, "audit", "verify").well(t)

	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, q := range list {
		times[q.From]++
	}
	for _, n := range []int{1, 2, 4, 5, 7, 8, 10, 11, 20, 22, 23, 40, 41, 43, 61, 62, 64, 65, 67, 68} {
		if who := fmt.Sprintf("person%d@mail.example", n); times[who] != 1 {
			t.Errorf("%s made %d requests", who, times[who])
		}
	}
	var rows []ledgerRow
	if err := json.Unmarshal([]byte(i.call(t, "ledger", "--json").well(t).out), &rows); err != nil {
		t.Fatal(err)
	}
	here := r.Messages("INBOX")
	shown := 0
	for _, row := range rows {
		if row.From == nil {
			continue
		}
		shown++
		if !strings.Contains(string(here[row.UID]), "From: "+*row.From) && !strings.Contains(string(here[row.UID]), "<"+*row.From+">") {
			t.Errorf("UID %d is not of %s", row.UID, *row.From)
		}
	}
	if shown != len(here) || shown != 15 || len(rows) != 12+4+4+9 {
		t.Errorf("%d of %d rows are shown with their subject, the mailbox has %d letters", shown, len(rows), len(here))
	}
}

// The same where the last letters had been taken away before they were read, so that the
// ledger knows nothing of the last UIDs, and where they were taken away from the copy.
func TestDovecotRestoredWithGaps(t *testing.T) {
	r := startDovecot(t)
	i := r.install(t, r.Port, "  since: all\n")
	setCaps(t, i)
	put := func(from, to int) {
		letters := []dovecot.Letter{}
		for n := from; n < to; n++ {
			letters = append(letters, dovecot.Letter{Raw: withdrawal(n), At: dovecot.At(n)})
		}
		r.PutAll("INBOX", letters)
	}
	put(0, 9)
	restore := r.Save()
	put(9, 15)
	r.Delete("INBOX", 13, 14, 15)
	i.call(t, "run", "--once").well(t)
	restore()
	put(20, 28)
	i.call(t, "run", "--once").well(t)
	restore()
	put(30, 40)
	r.Delete("INBOX", 15, 16, 17)
	i.call(t, "run", "--once").well(t)
	i.call(t, "reconcile").well(t)
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, q := range list {
		times[q.From]++
	}
	if len(times) != len(list) || len(list) != 12+8+7 {
		t.Errorf("%d requests of %d people, want 27 of 27", len(list), len(times))
	}
}
