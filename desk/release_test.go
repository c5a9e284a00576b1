package desk

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// forwarded lays a letter that staff passed on beside one of a person, both
// held, and returns the acknowledgements: the forwarded one's and the other.
func forwarded(t *testing.T, r *rig) (passedOn, other store.Mail) {
	t.Helper()
	r.put(t, "INBOX", mail{from: "bota@license.kz", subject: "Fwd: " + withdrawalMark, id: "f@license.kz",
		body: "-------- Пересылаемое сообщение --------\r\nОт: Айгерим <a@one.example>\r\nТема: " + withdrawalMark + "\r\n\r\nПрошу прекратить обработку моих персональных данных."}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "b@one.example"}, now.Add(-72*time.Hour))
	r.pass(t)
	for _, q := range r.all(t) {
		if q.Status == store.StatusReview { // only a person can tell what was passed on
			if _, _, err := r.Confirm(t.Context(), q.Number, []rules.Kind{"consent_withdrawal"}, Actor{Login: "officer"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailHeld})
	if err != nil || len(list) != 2 {
		t.Fatalf("held: %+v, %v", list, err)
	}
	if list[0].Reason.Code != rules.HoldStaffForward {
		list[0], list[1] = list[1], list[0]
	}
	if list[0].Reason.Code != rules.HoldStaffForward || list[1].To != "b@one.example" {
		t.Fatalf("held: %+v", list)
	}
	return list[0], list[1]
}

// The answer to a letter that staff passed on never goes to staff: it waits
// until a person has named the address.
func TestReleaseForwarded(t *testing.T) {
	r := newRig(t)
	who := Actor{Login: "officer"}
	passedOn, other := forwarded(t, r)
	if n, _, err := r.Release(t.Context(), []int64{other.ID, passedOn.ID}, who); n != 0 || !errors.Is(err, ErrRecipient) {
		t.Errorf("by id: %d, %v", n, err)
	}
	if n, kept, err := r.Release(t.Context(), nil, who); n != 1 || kept != (Kept{Nameless: 1}) || err != nil {
		t.Errorf("all: %d, %+v kept, %v", n, kept, err)
	}
	if n, kept, err := r.Release(t.Context(), nil, who); n != 0 || kept != (Kept{Nameless: 1}) || err != nil {
		t.Errorf("all that is left: %d, %+v kept, %v", n, kept, err)
	}
	for _, to := range []string{"bota@license.kz", "INFO@license.kz", "a b@one.example", "a@one.example, c@one.example", ""} {
		if err := r.ReleaseTo(t.Context(), passedOn.ID, to, who); !errors.Is(err, ErrAddress) {
			t.Errorf("to %q: %v", to, err)
		}
	}
	if err := r.ReleaseTo(t.Context(), passedOn.ID, "a@one.example", who); err != nil {
		t.Fatal(err)
	}
	if err := r.ReleaseTo(t.Context(), other.ID, "a@one.example", who); !errors.Is(err, store.ErrStatus) {
		t.Errorf("a letter that is queued: %v", err)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, e := range r.box.Sent() {
		got[e.To]++
		checkHeader(t, r, parse(t, e.Raw), e.To)
	}
	if len(got) != 2 || got["a@one.example"] != 1 || got["b@one.example"] != 1 {
		t.Errorf("sent to %v", got)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// Whoever writes from what is no address is answered only where a person has
// found one out: released as it is, the letter could not be made.
func TestReleaseWithoutAddress(t *testing.T) {
	r := newRig(t)
	who := Actor{Login: "officer"}
	raw := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "odd@one.example"}.raw()
	raw = bytes.Replace(raw, []byte("Return-Path: <a@one.example>"), []byte(`Return-Path: <"a b"@one.example>`), 1)
	if err := r.box.Put("INBOX", raw, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	r.pass(t)
	m := onlyMail(t, r)
	if m.State != store.MailHeld {
		t.Fatalf("not held: %+v", m)
	}
	if n, _, err := r.Release(t.Context(), []int64{m.ID}, who); n != 0 || !errors.Is(err, ErrRecipient) {
		t.Errorf("by id: %d, %v", n, err)
	}
	if n, kept, err := r.Release(t.Context(), nil, who); n != 0 || kept != (Kept{Nameless: 1}) || err != nil {
		t.Errorf("all: %d, %+v kept, %v", n, kept, err)
	}
	if err := r.ReleaseTo(t.Context(), m.ID, "a@one.example", who); err != nil {
		t.Error(err)
	}
	if m := onlyMail(t, r); m.State != store.MailQueued || m.To != "a@one.example" {
		t.Errorf("after the address was named: %s to %q", m.State, m.To)
	}
}
