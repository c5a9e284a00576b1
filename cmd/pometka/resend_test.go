package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// absentSender is a server that is not there, until it is.
type absentSender struct {
	tries int
	back  bool
}

func (s *absentSender) Send(context.Context, mailbox.Envelope) mailbox.Outcome {
	s.tries++
	if s.back {
		return mailbox.Outcome{Status: mailbox.StatusAccepted, Code: 250, Phase: mailbox.PhaseDot}
	}
	return mailbox.Outcome{Status: mailbox.StatusDeferred, Phase: mailbox.PhaseDial, Err: errors.New("connection refused")}
}

func (s *absentSender) Release() error { return nil }

// A server that is not there is left alone for longer each time. A person who
// resends a letter has it tried at once, and once; and what waits goes out with
// it when the server is back.
func TestResendEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := &absentSender{}
		d := idleDaemon(t, sender)
		for _, code := range []string{desk.TroubleDisk, desk.TroubleClock, desk.TroubleNoPass} {
			if err := d.Raise(t.Context(), code, 0, d.Now()); err != nil {
				t.Fatal(err) // each queues a letter
			}
		}
		turn := func(tries int) {
			t.Helper()
			time.Sleep(time.Second)
			if _, _ = d.deliver(t.Context()); sender.tries != tries {
				t.Fatalf("%d tries, want %d", sender.tries, tries)
			}
		}
		tries := 0
		for range 8 { // until the pause is longest
			tries++
			turn(tries)
			turn(tries)
			time.Sleep(time.Until(d.smtp.next))
		}
		tries++
		turn(tries)
		mails, err := d.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
		if err != nil || len(mails) != 3 {
			t.Fatalf("%d letters queued, %v", len(mails), err)
		}
		resend := func() {
			t.Helper()
			time.Sleep(time.Second)
			if err := d.Resend(t.Context(), mails[1].ID, desk.Actor{Login: "aigul"}); err != nil {
				t.Fatal(err)
			}
		}
		resend()
		tries++
		turn(tries)
		turn(tries)
		sender.back = true
		turn(tries)
		resend()
		tries += 3
		turn(tries)
		if mails, err := d.Store.Outbox(t.Context(), []store.MailState{store.MailSent}); err != nil || len(mails) != 3 {
			t.Errorf("%d letters sent, %v", len(mails), err)
		}
	})
}
