package desk

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// severalQueued are the acknowledgements of four letters, the first to
// a@one.example, and a clock that the test moves.
func severalQueued(t *testing.T) (r *rig, at *time.Time) {
	t.Helper()
	r = outboxRig(t)
	for i := 1; i < 4; i++ {
		r.put(t, "INBOX", mail{from: fmt.Sprintf("b%d@two.example", i), subject: withdrawalMark, body: fmt.Sprintf("И я прошу, %d.", i), id: fmt.Sprintf("b%d@two.example", i)}, now.Add(-time.Hour))
	}
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	at = new(time.Time)
	*at = now
	r.Now = func() time.Time { return *at }
	return r, at
}

// flushed runs one pass over the outbox.
func (r *rig) flushed(t *testing.T, want FlushReport, lost bool) {
	t.Helper()
	if f, err := r.Flush(t.Context()); f != want || (err != nil) != lost {
		t.Fatalf("flush at %v: %+v %v, want %+v", r.Now().Sub(now), f, err, want)
	}
}

// to returns the letter of ours to an address.
func (r *rig) to(t *testing.T, addr string) store.Mail {
	t.Helper()
	mails, err := r.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if m.To == addr {
			return m
		}
	}
	t.Fatalf("no letter to %s", addr)
	return store.Mail{}
}

// Letters that wait because nobody was let in go out at once when the server is
// back, whatever their next try was to be; one try in a pass is enough to see
// that it is not.
func TestFlushWhenTheServerIsBack(t *testing.T) {
	r, at := severalQueued(t)
	down := sandbox.Reply(454, "4.7.0", "try later")
	r.box.SMTP.OnLogin = func() error { return down }
	for range 20 { // each letter is tried and put off, several times
		r.flushed(t, FlushReport{Deferred: 1}, true)
		*at = at.Add(2 * time.Minute)
	}
	*at = at.Add(-2 * time.Minute) // none is due
	for _, m := range r.queued(t) {
		if m.Reason.Code != codeSMTPOutage || !m.NextAttempt.After(*at) || m.NextAttempt.Sub(*at) > outageRetry || m.Refusals != 0 {
			t.Errorf("letter %d: %s, next in %v, %d refusals", m.ID, m.Reason.Code, m.NextAttempt.Sub(*at), m.Refusals)
		}
	}
	r.box.SMTP.OnLogin = nil
	r.flushed(t, FlushReport{Sent: 4}, false)
}

// queued returns the letters that wait.
func (r *rig) queued(t *testing.T) []store.Mail {
	t.Helper()
	mails, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
	if err != nil || len(mails) == 0 {
		t.Fatalf("%d letters are queued, %v", len(mails), err)
	}
	return mails
}

// Greylisting: a letter that is refused for now keeps its own time while others
// go out, and after an outage its first refusal costs a minute.
func TestFlushGreylistedAfterOutage(t *testing.T) {
	r, at := severalQueued(t)
	r.box.SMTP.OnLogin = func() error { return sandbox.Reply(454, "4.7.0", "try later") }
	for range 20 {
		r.flushed(t, FlushReport{Deferred: 1}, true)
		*at = at.Add(2 * time.Minute)
	}
	r.box.SMTP.OnLogin = nil
	tries := 0
	r.box.SMTP.OnRcpt = func(to string) error {
		if to != "a@one.example" {
			return nil
		}
		tries++
		return sandbox.Reply(451, "4.7.1", "greylisted")
	}
	r.flushed(t, FlushReport{Sent: 3, Deferred: 1}, false)
	if m := r.to(t, "a@one.example"); m.Reason.Code != codeSMTP4xx || m.NextAttempt.Sub(*at) != firstRetry || m.Refusals != 1 {
		t.Errorf("after the first refusal: %s, next in %v", m.Reason.Code, m.NextAttempt.Sub(*at))
	}
	r.put(t, "INBOX", mail{from: "c@three.example", subject: withdrawalMark, body: "Прошу и я.", id: "c@three.example"}, now.Add(-time.Hour))
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.flushed(t, FlushReport{Sent: 1}, false); tries != 1 {
		t.Errorf("tried %d times within a minute", tries)
	}
	*at = at.Add(firstRetry)
	if r.flushed(t, FlushReport{Deferred: 1}, false); tries != 2 {
		t.Errorf("tried %d times, want two", tries)
	}
}

// A connection that broke off over a letter, or was ended by the server, says
// little of the letter: it goes out with the next that is taken. But one that
// costs the connection each time is left to its own time, and none is tried
// twice in a pass.
func TestFlushAfterLostConnection(t *testing.T) {
	for name, trouble := range map[string]error{"cut": sandbox.ErrDrop, "closing": sandbox.Reply(421, "4.3.2", "shutting down")} {
		t.Run(name, func(t *testing.T) {
			r, at := severalQueued(t)
			tries := 0
			r.box.SMTP.OnRcpt = func(to string) error {
				if to != "a@one.example" {
					return nil
				}
				tries++
				return trouble
			}
			r.flushed(t, FlushReport{Sent: 3, Deferred: 1}, false)
			if m := r.to(t, "a@one.example"); m.Reason.Code != codeSMTPNetwork || tries != 1 {
				t.Fatalf("%s after %d tries in a pass", m.Reason.Code, tries)
			}
			next := 0
			another := func() {
				t.Helper()
				next++
				r.put(t, "INBOX", mail{from: fmt.Sprintf("c%d@three.example", next), subject: withdrawalMark, body: fmt.Sprintf("Прошу и я, %d.", next), id: fmt.Sprintf("c%d@three.example", next)}, now.Add(-time.Hour))
				if _, err := r.Poll(t.Context()); err != nil {
					t.Fatal(err)
				}
				*at = at.Add(time.Second)
			}
			for want := 2; want <= mostCuts; want++ {
				another()
				if r.flushed(t, FlushReport{Sent: 1, Deferred: 1}, true); tries != want {
					t.Fatalf("tried %d times, want %d", tries, want)
				}
			}
			if m := r.to(t, "a@one.example"); m.Reason.Code != codeSMTPCut || m.NextAttempt.Sub(*at) > outageRetry {
				t.Errorf("%s, next in %v", m.Reason.Code, m.NextAttempt.Sub(*at))
			}
			another()
			if r.flushed(t, FlushReport{Sent: 1}, false); tries != mostCuts {
				t.Errorf("tried %d times", tries)
			}
			trouble = nil
			*at = r.to(t, "a@one.example").NextAttempt
			r.flushed(t, FlushReport{Sent: 1}, false)
		})
	}
}

// A person who knows better has a waiting letter tried now, whatever it waits
// for; it does not count as queued anew, so that what is stuck stays known.
func TestResendOfWaiting(t *testing.T) {
	r := outboxRig(t)
	var refuse error = sandbox.Reply(450, "4.2.0", "mailbox busy")
	r.box.SMTP.OnRcpt = func(string) error { return refuse }
	at := now
	r.Now = func() time.Time { return at }
	for range 5 {
		r.flushed(t, FlushReport{Deferred: 1}, false)
		at = onlyMail(t, r).NextAttempt
	}
	at = at.Add(-time.Minute)
	r.flushed(t, FlushReport{}, false)
	m := onlyMail(t, r)
	if err := r.Resend(t.Context(), m.ID, Actor{Login: "aigul"}); err != nil {
		t.Fatal(err)
	}
	if resent, err := r.Store.Resent(t.Context(), at.Add(-time.Second)); err != nil || !resent {
		t.Errorf("resent: %v %v", resent, err)
	}
	if got := onlyMail(t, r); !got.QueuedAt.Equal(m.QueuedAt) || got.Refusals != 0 {
		t.Errorf("queued at %v, %d refusals", got.QueuedAt, got.Refusals)
	}
	r.flushed(t, FlushReport{Deferred: 1}, false)
	if resent, err := r.Store.Resent(t.Context(), time.Time{}); err != nil || resent {
		t.Errorf("tried since, and resent: %v %v", resent, err)
	}
	if wait := onlyMail(t, r).NextAttempt.Sub(at); wait != firstRetry {
		t.Errorf("next in %v", wait)
	}
	refuse = nil
	if err := r.Resend(t.Context(), m.ID, Actor{Login: "aigul"}); err != nil {
		t.Fatal(err)
	}
	r.flushed(t, FlushReport{Sent: 1}, false)
	if err := r.Resend(t.Context(), m.ID, Actor{Login: "aigul"}); !errors.Is(err, store.ErrStatus) {
		t.Errorf("a letter that was sent is resent: %v", err)
	}
}

// The alarm about a letter that failed goes out in the same pass, so that a pass run
// by hand or by cron leaves nothing that could have gone; a letter that was put off
// in it is not tried again for that.
func TestAlarmGoesOutWithThePass(t *testing.T) {
	r, _ := severalQueued(t)
	tries := map[string]int{}
	r.box.SMTP.OnRcpt = func(to string) error {
		tries[to]++
		switch to {
		case "a@one.example":
			return sandbox.Reply(550, "5.1.1", "no such user")
		case "b1@two.example":
			return sandbox.Reply(451, "4.7.1", "try later")
		}
		return nil
	}
	r.flushed(t, FlushReport{Sent: 3, Failed: 1, Deferred: 1}, false)
	for to, n := range tries {
		if n != 1 {
			t.Errorf("%s was tried %d times in one pass", to, n)
		}
	}
	mails, err := r.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if last := mails[len(mails)-1]; last.Purpose != store.PurposeAlarm || last.State != store.MailSent {
		t.Errorf("the alarm: %s, %s", last.Purpose, last.State)
	}
}
