package desk

import (
	"testing"
	"time"

	"license.kz/pometka/store"
)

// A held acknowledgement says what will be done: once everything is, it goes out
// only by a person's word about this very letter.
func TestReleaseClosed(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "1@one.example"}, now.Add(-72*time.Hour))
	r.put(t, "INBOX", mail{from: "b@one.example", subject: withdrawalMark, body: "Прошу также удалить мои персональные данные.", id: "2@one.example"}, now.Add(-72*time.Hour))
	p, _ := r.pass(t)
	if len(p.Admitted) != 3 {
		t.Fatalf("%+v", p)
	}
	mail := r.request(t, p.Admitted[0]).Ack.MailID
	r.become(t, p.Admitted[0], store.StatusDone)
	r.become(t, p.Admitted[1], store.StatusDone) // the other half of the pair is open
	if n, kept, err := r.Release(t.Context(), nil, clerk); n != 1 || kept != (Kept{Closed: 1}) || err != nil {
		t.Errorf("all: %d, kept %+v, %v", n, kept, err)
	}
	if m, err := r.Store.Mail(t.Context(), mail); err != nil || m.State != store.MailHeld {
		t.Errorf("of the closed: %s, %v", m.State, err)
	}
	if n, _, err := r.Release(t.Context(), []int64{mail}, clerk); n != 1 || err != nil {
		t.Errorf("by id: %d, %v", n, err)
	}
}
