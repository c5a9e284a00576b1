package desk

import (
	"fmt"
	"mime"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A review letter with a prescribed mark gets a receipt that decides nothing;
// after a person's confirmation the acknowledgement names the first receipt.
func TestReceiptAndConfirmation(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "У меня претензия: верните мне деньги за услугу, которой не было.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: "Здравствуйте", body: "Что у вас с моими персональными данными? Возможно, их надо удалить.", id: "2@two.example"}, now.Add(-time.Hour))
	_, f := r.pass(t)
	q := r.all(t)[0]
	if q.Status != store.StatusReview || f.Sent != 1 {
		t.Fatalf("the letter is %s (%s), sent %+v", q.Status, q.Letters[0].ReasonCode, f)
	}
	m := parse(t, r.box.Sent()[0].Raw)
	checkHeader(t, r, m, "a@one.example")
	if !strings.Contains(m.text, q.Number) || strings.Contains(m.text, "30 рабочих") || !strings.Contains(m.Get("Message-Id"), "receipt.") {
		t.Errorf("receipt:\n%s", m.text)
	}
	received := q.ReceivedAt
	later := now.Add(48 * time.Hour)
	r.Now = func() time.Time { return later }
	if _, _, err := r.Confirm(t.Context(), q.Number, []rules.Kind{"consent_withdrawal"}, Actor{Login: "officer"}); err != nil {
		t.Fatal(err)
	}
	if _, f := r.pass(t); f.Sent != 1 {
		t.Fatalf("after the confirmation: %+v", f)
	}
	ack := parse(t, r.box.Sent()[1].Raw)
	checkHeader(t, r, ack, "a@one.example")
	full, err := r.Store.Request(t.Context(), q.Number)
	if err != nil || !full.ReceivedAt.Equal(received) {
		t.Fatal(err, full.ReceivedAt)
	}
	checkWords(t, r, ack, full)
}

// A confirmation on the day of the receipt is acknowledged at once: the
// receipt for the same letter is no cap on it.
func TestConfirmationSameDay(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "У меня претензия: верните мне деньги за услугу, которой не было.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	if _, _, err := r.Confirm(t.Context(), r.all(t)[0].Number, []rules.Kind{"claim"}, Actor{Login: "officer"}); err != nil {
		t.Fatal(err)
	}
	if _, f := r.pass(t); f.Sent != 1 {
		t.Errorf("after the confirmation: %+v", f)
	}
}

// A person's confirmation does not write to an address that the letter's
// envelope contradicts: the acknowledgement waits.
func TestConfirmationHolds(t *testing.T) {
	r := newRig(t)
	raw := fmt.Sprintf("Return-Path: <x@third.example>\r\nFrom: a@one.example\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <1@one.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nУ меня претензия: верните мне деньги за услугу, которой не было.\r\n",
		account, mime.BEncoding.Encode("utf-8", withdrawalMark))
	if err := r.box.Put("INBOX", []byte(raw), now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	r.pass(t)
	if _, _, err := r.Confirm(t.Context(), r.all(t)[0].Number, []rules.Kind{"claim"}, Actor{Login: "officer"}); err != nil {
		t.Fatal(err)
	}
	mails, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailHeld})
	if err != nil || len(mails) != 1 || mails[0].Reason.Code != rules.HoldDisagree || !strings.Contains(mails[0].MessageID, "<ack.") {
		t.Errorf("held: %+v %v, want the acknowledgement alone", mails, err)
	}
	if len(r.box.Sent()) != 0 {
		t.Error("something was sent")
	}
}

// A receipt that waits says that a person will decide: once one has, it is not
// released any more.
func TestReceiptOfTheDecided(t *testing.T) {
	for name, decide := range map[string]func(r *rig, n string) error{
		"dismissed": func(r *rig, n string) error {
			_, err := r.Dismiss(t.Context(), n, "реклама", clerk)
			return err
		},
		"linked": func(r *rig, n string) error {
			_, err := r.Link(t.Context(), r.ask(t, 1, withdrawalMark, "Прошу.", now.Add(-3*time.Hour)), n, clerk)
			return err
		},
		"undecided": func(*rig, string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.put(t, "Junk", mail{from: "a@one.example", subject: withdrawalMark, body: "У меня претензия: верните мне деньги за услугу, которой не было.", id: "1@one.example"}, now.Add(-time.Hour))
			p, _ := r.pass(t)
			if err := decide(r, p.Admitted[0]); err != nil {
				t.Fatal(err)
			}
			want := 0
			if name == "undecided" {
				want = 1
			}
			if n, kept, err := r.Release(t.Context(), nil, clerk); err != nil || n != want || kept != (Kept{}) {
				t.Errorf("released %d, kept %+v, %v", n, kept, err)
			}
		})
	}
}
