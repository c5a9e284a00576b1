package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// On a real server the registered letter lies in its own folder after the pass,
// and is acknowledged once; the rest of the mailbox is as it was.
func TestDovecotFiling(t *testing.T) {
	r := startDovecot(t)
	i := r.install(t, r.Port, "  filing: move\n  filing_folder: Закрытые/Обращения\n  folders: [INBOX, Обращения]\n")
	r.Put("INBOX", withdrawal(1), time.Now().Add(-time.Hour))
	other := []byte("From: a@mail.example\r\nTo: info@license.kz\r\nSubject: Invoice\r\nMessage-ID: <9@mail.example>\r\n\r\nPlease pay.\r\n")
	r.Put("INBOX", other, time.Now().Add(-time.Hour))
	for range 2 {
		i.call(t, "run", "--once").well(t)
	}
	if left := r.Messages("INBOX"); len(left) != 1 || string(left[2]) != string(other) {
		t.Errorf("%d letters left in INBOX", len(left))
	}
	if moved := r.Messages("Закрытые/Обращения"); len(moved) != 1 || string(moved[1]) != string(withdrawal(1)) {
		t.Errorf("%d letters moved", len(moved))
	}
	sent := map[string]int{}
	for _, e := range r.box.Sent() {
		sent[e.To]++
	}
	checkOnce(t, i, 1, sent)
	i.call(t, "reconcile").well(t)
	if shown := i.call(t, "show", "1", "--lang", "ru").well(t).out; !strings.Contains(shown, "Закрытые/Обращения, письмо 1 (пришло в INBOX, письмо 1)") {
		t.Errorf("show does not say where the letter lies: %s", shown)
	}
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Folder != "INBOX" || list[0].Filed == nil || *list[0].Filed != (placeJSON{"Закрытые/Обращения", 1}) || *list[0].Letters[0].Filed != *list[0].Filed {
		t.Errorf("list: %+v", list)
	}
}
