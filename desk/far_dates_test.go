package desk

import (
	"bytes"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// farDates are what strangers may write as a date, and programs as a moment of receipt.
var farDates = []string{
	"Fri, 31 Dec 9999 23:59:59 -0500", "Mon, 20 Dec 9999 12:00:00 +0000", "0001-01-01T00:00:00+05:00",
	"0000-01-01T00:00:00+05:00", "9999-12-31T23:59:59-23:59", "Sat, 01 Jan 2101 00:00:00 +0000", "Tue, 01 Jan 2150 00:00:00 +0000", "Sun, 01 Jan 1950 00:00:00 +0000",
}

// dated is a letter with another Date.
func dated(m mail, date string) []byte {
	return bytes.Replace(m.raw(), []byte("Date: "+now.Format(time.RFC1123Z)), []byte("Date: "+date), 1)
}

// legible reads whatever holds a date of a letter, in the register and in the mailbox.
func (r *rig) legible(t *testing.T, requests int) []store.Request {
	t.Helper()
	ctx := t.Context()
	list := r.all(t)
	if len(list) != requests {
		t.Errorf("%d requests, want %d", len(list), requests)
	}
	for _, q := range list {
		if _, err := r.Store.Request(ctx, q.Number); err != nil {
			t.Error(err)
		}
		if y := q.ReceivedOn.Year; y != now.Year() || q.ActBy.Sub(q.ReceivedOn) > 60 || q.ActBy.Before(q.ReceivedOn) {
			t.Errorf("%s came on %s and is due on %s", q.Number, q.ReceivedOn, q.ActBy)
		}
	}
	if hits, _, err := r.Store.Search(ctx, "прошу", 10); err != nil || len(hits) != requests {
		t.Errorf("%d requests found, %v", len(hits), err)
	}
	if breaks, err := r.Store.Verify(ctx); err != nil || len(breaks) > 0 {
		t.Errorf("breaks %+v, %v", breaks, err)
	}
	if err := r.Store.Ledger(ctx, store.LedgerFilter{}, func(store.LedgerRow) error { return nil }); err != nil {
		t.Error(err)
	}
	if c, err := r.Reconcile(ctx, false); err != nil || c.Missing > 0 {
		t.Errorf("reconciled %+v, %v", c, err)
	}
	if _, err := r.Remind(ctx, true); err != nil {
		t.Error(err)
	}
	return list
}

// Whatever date a sender writes, the letter is registered, answered and shown, and so are all
// others.
func TestDatesOutOfYears(t *testing.T) {
	for _, date := range farDates {
		r := newRig(t)
		if err := r.box.Put("INBOX", dated(mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, date), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу и я.", id: "2@two.example"}, now.Add(-time.Minute))
		if p, f := r.pass(t); len(p.Admitted) != 2 || f.Sent != 2 {
			t.Errorf("%s: admitted %v, sent %d", date, p.Admitted, f.Sent)
		}
		r.legible(t, 2)
	}
}

// Nor does a moment of receipt outside of the calendar stop a folder, whoever says it: the
// letter counts as one that came now.
func TestReceiptOutOfYears(t *testing.T) {
	for _, date := range farDates {
		at := mailbox.ParseHeader([]byte("Date: " + date + "\r\n\r\n")).Date
		if at.IsZero() {
			at = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -5*60*60))
		}
		r := newRig(t)
		news := mail{from: "news@one.example", subject: "Новости", body: "Мы открылись.", id: "1@one.example"}
		r.put(t, "INBOX", news, at)
		asks := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "2@one.example"}
		raw := append([]byte("Received: from a by b; "+date+"\r\n"), asks.raw()...)
		if err := r.box.Put("INBOX", raw, at); err != nil {
			t.Fatal(err)
		}
		if p, _ := r.pass(t); p.Seen != 2 || len(p.Admitted) != 1 {
			t.Errorf("%s: %+v", date, p)
		}
		r.put(t, "INBOX", news, at) // the same once more
		r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу и я.", id: "3@two.example"}, now.Add(-time.Minute))
		if p, f := r.pass(t); p.Seen != 2 || len(p.Admitted) != 1 || f.Sent == 0 {
			t.Errorf("%s: then %+v %+v", date, p, f)
		}
		r.legible(t, 2)
		if r.witness.off != (time.Time{}) {
			t.Errorf("%s: the clock is doubted", date)
		}
	}
}

// A file says when it was received as little as its sender says it.
func TestRegisterFileOutOfYears(t *testing.T) {
	for _, date := range farDates {
		r := newRig(t)
		raw := append([]byte("Received: from a by b; "+date+"\r\n"), dated(mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, date)...)
		_, err := r.RegisterFile(t.Context(), bytes.NewReader(raw), 1<<20, ByHand{}, clerk)
		refusedAs(t, r, "no_receipt", err)
		if _, err := r.RegisterFile(t.Context(), bytes.NewReader(raw), 1<<20, ByHand{Received: Receipt{Day: r.Today()}}, clerk); err != nil {
			t.Error(err)
		}
		r.legible(t, 1)
	}
}

// Where the last server names no moment that can be read, the sender's date does not stand
// for it.
func TestRegisterFileUnstamped(t *testing.T) {
	r := newRig(t)
	raw := append([]byte("Received: from a by b; soon\r\n"), mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}.raw()...)
	_, err := r.RegisterFile(t.Context(), bytes.NewReader(raw), 1<<20, ByHand{}, clerk)
	refusedAs(t, r, "no_receipt", err)
}

// An answer from a mail program counts as sent at a moment that can be: its own, that of the
// mailbox, or now.
func TestSentOutOfYears(t *testing.T) {
	far := time.Date(2150, 1, 1, 0, 0, 0, 0, time.UTC)
	early, known := time.Date(2, 1, 1, 0, 0, 0, 0, time.UTC), now.Add(-time.Hour)
	r := newRig(t)
	for _, c := range []struct{ date, mailbox, want time.Time }{
		{known, far, known}, {early, known, known}, {far, known, known}, {early, far, now}, {far, early, now}, {time.Time{}, time.Time{}, now},
	} {
		if at := r.sentAt(&mailbox.Message{Date: c.date}, c.mailbox); !at.Equal(c.want) {
			t.Errorf("dated %v, in the mailbox since %v: sent %v", c.date, c.mailbox, at)
		}
	}
}
