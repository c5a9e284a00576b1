package main

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// A wait for a server that was announced is no standstill however long it is, also beside
// shorter ones; what goes on when it is over is.
func TestAnnouncedWaitIsNoStandstill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHeartbeat()
		alive := func(want bool, when string) {
			t.Helper()
			if h.alive() != want {
				t.Errorf("alive %v %s", !want, when)
			}
		}
		over := h.during(time.Hour)
		time.Sleep(30 * time.Minute)
		beside := h.during(time.Minute)
		time.Sleep(time.Minute)
		beside()
		time.Sleep(28 * time.Minute)
		alive(true, "in a wait of an hour after 59 minutes")
		over()
		time.Sleep(wedgedAfter - time.Second)
		alive(true, "shortly after a wait")
		time.Sleep(2 * time.Second)
		alive(false, "long after a wait that ended early")
		h.during(time.Hour) // and nobody says that it is over
		time.Sleep(time.Hour + wedgedAfter - time.Second)
		alive(true, "at the end of a wait")
		time.Sleep(2 * time.Second)
		alive(false, "after the end of a wait")
		var none *heartbeat
		none.during(time.Hour)() // a run that is no daemon
	})
}

// The daemon announces each wait for its servers: a timeout that is longer than it may
// otherwise stand still, and the final dot.
func TestDaemonAnnouncesItsWaits(t *testing.T) {
	for name, c := range map[string]struct {
		imap, smtp string // the command that gets no answer
		want       time.Duration
	}{
		"log-in": {imap: "AUTHENTICATE", want: 25 * time.Minute}, "EXAMINE": {imap: "EXAMINE", want: 25 * time.Minute},
		"FETCH": {imap: "UID FETCH", want: 25 * time.Minute}, "IDLE": {imap: "IDLE", want: 25 * time.Minute},
		"MAIL": {smtp: "MAIL", want: 25 * time.Minute}, "dot": {smtp: ".", want: 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			box := startSandbox(t)
			silent := make(chan struct{}, 100)
			hush := func(answers func(begin, reply string) heckler, begin string) heckler {
				h := answers(begin, "nothing")
				if begin == "" {
					return heckler{}
				}
				return heckler{answer: func(tag, cmd string) (string, bool) {
					reply, _ := h.answer(tag, cmd)
					if reply == "" {
						return "", false
					}
					silent <- struct{}{}
					<-t.Context().Done()
					return reply, true
				}}
			}
			imap, smtp := hush(inIMAP, c.imap), hush(inSMTP, c.smtp)
			i := install(t, imap.start(t, box.IMAPAddr), smtp.start(t, box.SMTPAddr), box.CA, map[string]string{
				"imap": "  tls: none\n  timeout: 25m\n", "smtp": "  tls: none\n", "": outOfHours()})
			if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
				t.Fatal(err)
			}
			a := &app{streams: streams{out: io.Discard, err: io.Discard}, configFlag: i.config, lang: "ru", words: mustWords(t)}
			ctx, cancel := context.WithCancel(t.Context())
			s, err := a.openServing(ctx, false)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			done := make(chan error, 1)
			go func() { done <- a.serve(ctx, s, nil) }()
			select {
			case <-silent:
			case <-time.After(patience):
				t.Fatal("the server was not asked")
			}
			a.beat.mu.Lock()
			left, waits := time.Until(a.beat.latest), a.beat.waits
			a.beat.mu.Unlock()
			if waits == 0 || left > c.want || left < c.want-time.Minute {
				t.Errorf("%d waits are announced, the longest ends in %v, want %v", waits, left, c.want)
			}
			box.Close()
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}
