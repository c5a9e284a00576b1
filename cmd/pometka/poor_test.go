package main

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/dovecot"
)

// A server that offers nothing beyond the bare protocol, no IDLE, no
// UIDPLUS, no MOVE: the letters are taken in and acknowledged
// all the same, and what cannot be done is said once.
func TestDovecotBare(t *testing.T) {
	r := dovecotRig{dovecot.Start(t, dovecot.Options{
		Username: "info@license.kz", Password: "sandbox", Junk: "Нежелательная почта", Capability: "IMAP4rev1",
	}), startSandbox(t)}
	i := r.install(t, r.Port, "  filing: move\n  poll: 200ms\n")
	sent := accepted(r.box)
	r.Put("INBOX", withdrawal(1), time.Now().Add(-time.Hour))
	d := i.start(t)
	d.waitFor("letters not filed", 1)
	d.waitFor("does not announce letters", 1)
	r.Put("INBOX", withdrawal(2), time.Now())
	r.Put("Нежелательная почта", withdrawal(3), time.Now()) // held, since it is the junk folder
	for range 2 {
		select {
		case <-sent:
		case <-time.After(patience):
			t.Fatalf("not acknowledged:\n%s", d.log())
		}
	}
	for {
		ended := strings.Count(d.log(), "intake pass ended") // before the look: the pass may end behind it
		if len(demoList(t, i.config)) >= 3 {
			break
		}
		d.waitFor("intake pass ended", ended+1)
	}
	d.stop()
	if n := strings.Count(d.log(), "letters not filed"); n != 1 {
		t.Errorf("said %d times that nothing is filed:\n%s", n, d.log())
	}
	if left := r.Messages("INBOX"); len(left) != 2 {
		t.Errorf("%d letters in INBOX", len(left))
	}
}
