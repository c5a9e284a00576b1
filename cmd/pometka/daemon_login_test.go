package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// strictSender refuses the log-in, and counts.
type strictSender struct{ tries int }

func (s *strictSender) Send(context.Context, mailbox.Envelope) mailbox.Outcome {
	s.tries++
	return mailbox.Outcome{Status: mailbox.StatusDeferred, Phase: mailbox.PhaseLogin, Err: fmt.Errorf("%w: no", mailbox.ErrLogin)}
}

func (s *strictSender) Release() error { return nil }

// idleDaemon is a daemon on an empty register that is driven by hand.
func idleDaemon(t *testing.T, sender desk.Sender) *daemon {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	policy, log := rules.BuiltIn(), slog.New(slog.DiscardHandler)
	return &daemon{app: &app{beat: newHeartbeat()}, serving: &serving{log: log, Desk: desk.New(desk.Options{
		Store: db, Sender: sender, Policy: policy, Calendar: mustCalendar(t, DefaultConfig()), Words: mustWords(t), Zone: time.UTC, Language: rules.EN, From: "info@license.kz", Bounce: "info@license.kz",
		Operator: desk.Operator{Name: policy.Operator.Name, Address: "info@license.kz"},
	})}}
}

// One letter in the outbox of a server that refuses the log-in is tried three
// times, and then once an hour: the turns in which it waits for its next try
// are no successes. Staff is told until a log-in has worked, also after a
// reload, which knows nothing of the server yet.
func TestSendLoginRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := &strictSender{}
		d := idleDaemon(t, sender)
		if err := d.Raise(t.Context(), desk.TroubleDisk, 0, d.Now()); err != nil {
			t.Fatal(err) // its letter is the one
		}
		told := func() bool {
			t.Helper()
			if err := d.CheckHealth(t.Context(), desk.Vitals{Started: d.Now(), SMTP: d.smtp.login()}); err != nil {
				t.Fatal(err)
			}
			list, err := d.Troubles(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				if x.Code == desk.TroubleSendLogin {
					return true
				}
			}
			return false
		}
		for minute := range 60 { // with a turn in each
			for range 3 { // behind a folder, behind the last, behind the reminders
				_, _ = d.deliver(t.Context())
			}
			if sender.tries > minute+1 {
				t.Fatalf("%d tries in %d minutes", sender.tries, minute+1)
			}
			if told() != (sender.tries >= refusals) {
				t.Fatalf("after %d tries: told %v", sender.tries, told())
			}
			time.Sleep(time.Minute)
		}
		if sender.tries != refusals {
			t.Errorf("%d tries within an hour, want %d", sender.tries, refusals)
		}
		d.smtp = route{} // SIGHUP
		if !told() {
			t.Error("a reload ends the alarm although nobody has logged in")
		}
		d.smtp.note(nil, d.Now())
		if told() {
			t.Error("a log-in that works does not end the alarm")
		}
	})
}

// moodySender takes every other letter and hangs up instead of the next.
type moodySender struct{ tries, taken int }

func (s *moodySender) Send(context.Context, mailbox.Envelope) mailbox.Outcome {
	if s.tries++; s.tries%2 == 0 {
		return mailbox.Outcome{Status: mailbox.StatusUncertain, Phase: mailbox.PhaseDot, Err: io.ErrUnexpectedEOF}
	}
	s.taken++
	return mailbox.Outcome{Status: mailbox.StatusAccepted, Code: 250, Phase: mailbox.PhaseDot}
}

func (s *moodySender) Release() error { return nil }

// A server that takes some letters before it hangs up is not left alone for
// longer each time: what is left of the outbox waits for the first pause only.
func TestSomeLettersAreProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := &moodySender{}
		d := idleDaemon(t, sender)
		codes := []string{desk.TroubleDisk, desk.TroubleClock, desk.TroubleNoPass, desk.TroubleOutbox, desk.TroubleCertificate, desk.TroubleBackup, desk.TroubleChain, desk.TroubleAudit}
		for _, code := range codes {
			if err := d.Raise(t.Context(), code, 0, d.Now()); err != nil {
				t.Fatal(err) // each queues a letter
			}
		}
		for began := time.Now(); sender.tries < len(codes); {
			_, _ = d.deliver(t.Context())
			if pause := time.Until(d.smtp.next); pause > firstPause {
				t.Fatalf("a pause of %v after %d tries", pause, sender.tries)
			}
			if time.Sleep(time.Second); time.Since(began) > time.Minute {
				t.Fatalf("%d tries in a minute", sender.tries)
			}
		}
		if sender.taken != len(codes)/2 {
			t.Errorf("%d letters taken", sender.taken)
		}
	})
}

// A letter that goes out, and a piece of one that comes in, are progress: else
// the watchdog would kill a program that works off a full outbox.
func TestLongWorkIsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHeartbeat()
		out := &watchedSender{mailbox.NewSender(mailbox.SenderOptions{}), h}
		in := &beating{discard{}, h}
		for _, step := range []func(){
			func() { out.Send(t.Context(), mailbox.Envelope{}) },
			func() { in.Write([]byte("x")) },
		} {
			time.Sleep(wedgedAfter + time.Second)
			if h.alive() {
				t.Error("alive without any progress")
			}
			if step(); !h.alive() {
				t.Error("this was progress")
			}
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// countingSent counts the questions for the Sent folder.
type countingSent struct {
	desk.SentBox
	asked int
}

func (c *countingSent) SentFolder(context.Context) (string, error) { c.asked++; return "Sent", nil }

// No copy in the Sent folder is worth another log-in while they are refused.
func TestSentFolderKeepsThePause(t *testing.T) {
	box := &countingSent{}
	d := &daemon{serving: &serving{}}
	calm := &calmSent{box, d.serving}
	for range refusals {
		d.imap.note(mailbox.ErrLogin, time.Now())
	}
	if _, err := calm.SentFolder(t.Context()); err == nil || box.asked != 0 {
		t.Errorf("asked %d times in the pause, %v", box.asked, err)
	}
	d.imap.note(nil, time.Now())
	if _, err := calm.SentFolder(t.Context()); err != nil || box.asked != 1 {
		t.Errorf("asked %d times after it, %v", box.asked, err)
	}
}

// No wait for an announcement is as long as routers and servers remember a
// silent connection, however rarely the mailbox is to be looked at.
func TestIdleIsShort(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  poll: 1h\n"})
	a := &app{streams: streams{out: io.Discard, err: io.Discard}, configFlag: i.config, lang: "ru", words: mustWords(t)}
	s, err := a.openServing(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	d := &daemon{app: a, serving: s}
	if wait := d.untilNext(t.Context()); wait >= 10*time.Minute || wait < time.Minute {
		t.Errorf("waits for %v", wait)
	}
}
