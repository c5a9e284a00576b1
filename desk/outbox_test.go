package desk

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// outboxRig has one acknowledgement to send.
func outboxRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.jitter = func() float64 { return 0 }
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// onlyMail returns the one letter to the public.
func onlyMail(t *testing.T, r *rig) store.Mail {
	t.Helper()
	mails, err := r.Store.Outbox(t.Context(), nil)
	mails = slices.DeleteFunc(mails, func(m store.Mail) bool { return m.Purpose == store.PurposeAlarm })
	if err != nil || len(mails) != 1 {
		t.Fatalf("outbox: %d letters, %v", len(mails), err)
	}
	return mails[0]
}

// What fails before the final dot is tried again with growing waits, always
// with the same bytes, and given up after five days.
func TestFlushRetries(t *testing.T) {
	r := outboxRig(t)
	refuse := true
	r.box.SMTP.OnRcpt = func(string) error {
		if refuse {
			return sandbox.Reply(450, "4.2.0", "try later")
		}
		return nil
	}
	at := now
	r.Now = func() time.Time { return at }
	digest := ""
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		if f, err := r.Flush(t.Context()); err != nil || f.Deferred != 1 {
			t.Fatalf("flush at %v: %+v %v", at, f, err)
		}
		m := onlyMail(t, r)
		if m.State != store.MailQueued || m.Reason.Code != codeSMTP4xx || m.NextAttempt.Sub(at) != wait {
			t.Errorf("after a 450: %s %s, next in %v, want %v", m.State, m.Reason.Code, m.NextAttempt.Sub(at), wait)
		}
		if digest != "" && m.RawSHA256 != digest {
			t.Error("a further try has other bytes")
		}
		digest = m.RawSHA256
		if f, err := r.Flush(t.Context()); err != nil || f != (FlushReport{}) {
			t.Errorf("flush before the time: %+v %v", f, err)
		}
		at = m.NextAttempt
	}
	refuse = false
	if f, err := r.Flush(t.Context()); err != nil || f.Sent != 1 {
		t.Fatalf("flush: %+v %v", f, err)
	}
	if n := len(r.box.Sent()); n != 1 {
		t.Errorf("the server has %d letters", n)
	}
}

// A server that lets nobody in says nothing of the letter: after a day of that
// it goes out within a quarter of an hour.
func TestFlushAfterOutage(t *testing.T) {
	r := outboxRig(t)
	r.box.SMTP.OnLogin = func() error { return sandbox.Reply(454, "4.7.0", "try later") }
	at := now
	r.Now = func() time.Time { return at }
	for at.Sub(now) < 24*time.Hour {
		if f, err := r.Flush(t.Context()); err == nil || f.Deferred != 1 {
			t.Fatalf("flush at %v: %+v %v", at, f, err)
		}
		next := onlyMail(t, r).NextAttempt
		if wait := next.Sub(at); wait < firstRetry || wait > outageRetry {
			t.Fatalf("at %v: next in %v", at, wait)
		}
		at = next
	}
	r.box.SMTP.OnLogin = nil
	if f, err := r.Flush(t.Context()); err != nil || f.Sent != 1 {
		t.Fatalf("flush: %+v %v", f, err)
	}
}

func TestFlushGivesUp(t *testing.T) {
	r := outboxRig(t)
	r.box.SMTP.OnRcpt = func(string) error { return sandbox.Reply(450, "4.2.0", "try later") }
	at := now
	r.Now = func() time.Time { return at }
	for range 200 {
		if _, err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		m := onlyMail(t, r)
		if m.State == store.MailFailed {
			if m.Reason.Code != codeGaveUp || at.Sub(now) < 4*24*time.Hour {
				t.Errorf("given up after %v, reason %s", at.Sub(now), m.Reason.Code)
			}
			return
		}
		at = m.NextAttempt
	}
	t.Error("the letter is tried for ever")
}

func TestFlushRefused(t *testing.T) {
	r := outboxRig(t)
	r.box.SMTP.OnRcpt = func(to string) error { return only(to == "a@one.example", sandbox.Reply(550, "5.1.1", "no such user")) }
	if f, err := r.Flush(t.Context()); err != nil || f.Failed != 1 {
		t.Fatalf("flush: %+v %v", f, err)
	}
	if m := onlyMail(t, r); m.State != store.MailFailed || m.Reason.Code != store.ReasonSMTP5xx || m.Reason.Args[0] != "550 5.1.1" {
		t.Errorf("after a 550: %s %v", m.State, m.Reason)
	}
}

// A connection lost after the final dot leaves the letter uncertain: it is
// never sent again by itself.
func TestFlushUncertain(t *testing.T) {
	r := outboxRig(t)
	r.box.SMTP.OnDot = func(sandbox.Envelope) error { return sandbox.ErrDropAccepted }
	f, _ := r.Flush(t.Context()) // the lost connection is an error too
	if f.Uncertain != 1 {
		t.Fatalf("flush: %+v", f)
	}
	r.box.SMTP.OnDot = nil
	r.Now = func() time.Time { return now.Add(48 * time.Hour) }
	if f, err := r.Flush(t.Context()); err != nil || f != (FlushReport{}) {
		t.Errorf("second flush: %+v %v, want nothing", f, err)
	}
	if n := len(r.box.Sent()); n != 1 {
		t.Errorf("the server has %d letters", n)
	}
}

// A server that hangs up over one letter, or after every few, keeps none of the
// others back; one that hangs up over each is left alone after three.
func TestFlushGoesOnAnew(t *testing.T) {
	for name, c := range map[string]struct {
		hook func(n int, to string) error // n counts the recipients
		want FlushReport
		err  bool
	}{
		"over one letter":     {func(_ int, to string) error { return only(to == "a@one.example", sandbox.ErrDrop) }, FlushReport{Sent: 9, Deferred: 1}, false},
		"over the last":       {func(_ int, to string) error { return only(to == "b9@two.example", sandbox.ErrDrop) }, FlushReport{Sent: 9, Deferred: 1}, true},
		"closing after three": {func(n int, _ string) error { return only(n%4 == 0, sandbox.Reply(421, "4.7.0", "too many")) }, FlushReport{Sent: 8, Deferred: 2}, false},
		"over each":           {func(int, string) error { return sandbox.ErrDrop }, FlushReport{Deferred: 3}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := outboxRig(t)
			for i := 1; i < 10; i++ {
				r.put(t, "INBOX", mail{from: fmt.Sprintf("b%d@two.example", i), subject: withdrawalMark, body: fmt.Sprintf("И я прошу, %d.", i), id: fmt.Sprintf("b%d@two.example", i)}, now.Add(-time.Hour))
			}
			if _, err := r.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			n := 0
			r.box.SMTP.OnRcpt = func(to string) error {
				n++
				return c.hook(n, to)
			}
			if f, err := r.Flush(t.Context()); f != c.want || (err != nil) != c.err {
				t.Errorf("flush: %+v %v, want %+v", f, err, c.want)
			}
		})
	}
}

func only(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

// One bad recipient does not keep the next letter back.
func TestFlushGoesOn(t *testing.T) {
	r := outboxRig(t)
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "И я прошу.", id: "2@two.example"}, now.Add(-time.Hour))
	r.box.SMTP.OnRcpt = func(to string) error {
		if to == "a@one.example" {
			return sandbox.Reply(550, "5.1.1", "no such user")
		}
		return nil
	}
	if _, f := r.pass(t); f.Failed != 1 || f.Sent != 2 {
		t.Errorf("flush: %+v, want one refused, and one sent with the alarm", f)
	}
}

// A letter that no server was offered says why in words of the catalogue, and an
// address that cannot be one is not written to again.
func TestFlushUnsent(t *testing.T) {
	for enhanced, code := range unsent {
		r := outboxRig(t)
		o := mailbox.Outcome{Status: mailbox.StatusRejected, Enhanced: enhanced, Phase: mailbox.PhaseRcpt, Reply: "in English"}
		m, err := r.Store.Claim(t.Context(), now, func(store.Mail, store.Letter, []store.Request) ([]byte, error) { return []byte("x"), nil }, nil, nil)
		if err != nil || m == nil {
			t.Fatal(m, err)
		}
		s := r.settlement(m, o)
		if s.State != store.MailFailed || s.Reason.Code != code || s.Reply != "" {
			t.Errorf("%s: %+v", enhanced, s)
		}
		if o.Code = 550; r.settlement(m, o).Reason.Code != store.ReasonSMTP5xx {
			t.Errorf("%s, said by a server: %+v", enhanced, r.settlement(m, o))
		}
		if err := r.Store.Settle(t.Context(), m.ID, s, now); err != nil {
			t.Fatal(err)
		}
		bounced, err := r.Store.Bounced(t.Context(), "a@one.example", now.Add(-time.Hour))
		if err != nil || bounced != (code == store.ReasonRecipient) {
			t.Errorf("%s: bounced %v, %v", code, bounced, err)
		}
	}
}
