package desk

import (
	"bytes"
	"testing"
	"time"
)

// Staff registers a file of a letter at the moment in which the daemon, having looked for
// it, takes the letter in from the mailbox: that is one request, and the message has its
// ledger row.
func TestRegisterFileBesideIntake(t *testing.T) {
	r := newRig(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу прекратить обработку.", id: "1@one.example"}
	r.put(t, "INBOX", m, now.Add(-time.Hour))
	beside := New(r.Options)
	var staffs []string
	r.testOnlyStep = func(step string) {
		if step != "letter looked for" || staffs != nil {
			return
		}
		done, err := beside.RegisterFile(t.Context(), bytes.NewReader(m.raw()), 1<<20, ByHand{Received: Receipt{Day: r.Today()}}, clerk)
		if err != nil {
			t.Error(err)
		}
		staffs = done.Numbers
	}
	p, f := r.pass(t)
	all := r.all(t)
	if len(staffs) != 1 || len(all) != 1 || all[0].Number != staffs[0] || all[0].LetterCount != 1 {
		t.Fatalf("staff made %v, the register has %+v", staffs, all)
	}
	if p.Seen != 1 || len(p.Admitted) != 0 || f.Sent > 1 {
		t.Errorf("the pass: %+v, %+v", p, f)
	}
	cur, _, err := r.Store.Cursor(t.Context(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.Store.Places(t.Context(), "INBOX", cur.UIDValidity, 1, 1)
	if err != nil || !rows[1] {
		t.Errorf("the message has no ledger row: %v, %v", rows, err)
	}
	if p, _ := r.pass(t); p.Seen != 0 {
		t.Errorf("seen again: %+v", p)
	}
}
