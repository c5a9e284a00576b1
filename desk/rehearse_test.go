package desk

import (
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A rehearsal leaves nothing: no number is taken, no line of the history written,
// nothing is in the outbox or the ledger. Whatever it rehearses with, also where no
// letter is ever acknowledged or registered.
func TestRehearse(t *testing.T) {
	for name, change := range map[string]func(*rig){
		"as built in":        func(*rig) {},
		"no acknowledgement": func(r *rig) { r.Acknowledge.Enabled = false },
		"no marks": func(r *rig) {
			p := *r.Policy
			p.Kinds = nil
			r.Policy = &p
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			change(r)
			before := facts(t, r)
			if err := r.Rehearse(t.Context()); err != nil {
				t.Fatal(err)
			}
			after := facts(t, r)
			if after.Events != before.Events || after.Head != before.Head || len(after.Ledger) > 0 && after.Ledger[rules.Request]+after.Ledger[rules.Review]+after.Ledger[rules.None] > 0 {
				t.Errorf("the register after a rehearsal: %+v, before: %+v", after, before)
			}
			mails, err := r.Store.Outbox(t.Context(), nil)
			if err != nil || len(mails) > 0 {
				t.Errorf("the outbox holds %v, %v", mails, err)
			}
		})
	}
}

// The first letter behind a rehearsal is the first of the register.
func TestRehearsedRegister(t *testing.T) {
	r := newRig(t)
	if err := r.Rehearse(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now)
	if p, f := r.pass(t); len(p.Admitted) != 1 || p.Admitted[0] != "LK-2026-000001" || f.Sent != 1 {
		t.Errorf("first letter: %+v %+v", p, f)
	}
	if list := r.all(t); len(list) != 1 || list[0].Ack.State != store.MailSent {
		t.Errorf("register: %+v", list)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}
