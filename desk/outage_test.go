package desk

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// A server that breaks off in every phase, refuses for now, or cuts the
// connection before and after it took the letter: each letter is delivered
// exactly once, or stands as uncertain and was delivered at most once.
func TestFlushThroughOutages(t *testing.T) {
	letters := 60
	if os.Getenv("POMETKA_LONG") != "" {
		letters = 1000
	}
	r := newRig(t)
	r.Acknowledge.Caps = Caps{}
	for i := range letters {
		r.put(t, "INBOX", mail{from: fmt.Sprintf("a%d@one.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", i), id: fmt.Sprintf("%d@one.example", i)}, now.Add(-time.Hour))
	}
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 2)) // the connection's goroutine throws it, one letter at a time
	trouble := func() error {
		switch n := dice.IntN(100); {
		case n < 3:
			return sandbox.ErrDrop
		case n < 6:
			return sandbox.Reply(451, "4.3.0", "not now")
		}
		return nil
	}
	r.box.SMTP.OnMail = func(string) error { return trouble() }
	r.box.SMTP.OnRcpt = func(string) error { return trouble() }
	r.box.SMTP.OnData = func(sandbox.Envelope) error { return trouble() }
	r.box.SMTP.OnDot = func(sandbox.Envelope) error {
		switch n := dice.IntN(100); {
		case n < 3:
			return sandbox.ErrDrop
		case n < 6:
			return sandbox.ErrDropAccepted
		}
		return nil
	}
	at := now
	r.Now = func() time.Time { return at }
	for range 40 * letters {
		_, _ = r.Flush(t.Context()) // a cut connection is an error, and ends the pass
		at = at.Add(time.Minute)
		if queued, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued, store.MailSending}); err != nil || len(queued) == 0 {
			break
		}
	}
	got := map[string]int{}
	for _, e := range r.box.Sent() {
		got[e.To]++
	}
	mails, err := r.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	states := map[store.MailState]int{}
	for _, m := range mails {
		states[m.State]++
		if n := got[m.To]; m.State == store.MailSent && n != 1 || m.State == store.MailUncertain && n > 1 || m.State != store.MailSent && m.State != store.MailUncertain {
			t.Errorf("mail %d is %s (%s), delivered %d times", m.ID, m.State, m.Reason.Code, n)
		}
	}
	if states[store.MailUncertain] == 0 || states[store.MailSent] < letters/2 {
		t.Errorf("states: %v", states)
	}
}

// BenchmarkFlush measures acknowledgements a second over one connection, from
// the claim to the settlement.
func BenchmarkFlush(b *testing.B) {
	box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	d := openDesk(b, b.TempDir()+"/pometka.db", box.IMAPAddr, box.SMTPAddr, box.CA)
	d.Acknowledge.Caps = Caps{}
	for i := range b.N {
		if err := box.Put("INBOX", mail{from: fmt.Sprintf("a%d@one.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", i), id: fmt.Sprintf("%d@one.example", i)}.raw(), now); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := d.Poll(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if f, err := d.Flush(b.Context()); err != nil || f.Sent != b.N {
		b.Fatalf("flush: %+v %v", f, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}
