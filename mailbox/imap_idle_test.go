package mailbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/sandbox"
)

// long is far more than any test waits for a server; short is the length of one
// wait, after which the next one begins.
const (
	long  = 5 * time.Minute
	short = 200 * time.Millisecond
)

// waits are the two ways to wait for messages.
var waits = map[string]func(context.Context, *mailbox.Reader) (bool, error){
	"idle": func(ctx context.Context, r *mailbox.Reader) (bool, error) { return r.Idle(ctx, "INBOX", short) },
	"nudge": func(ctx context.Context, r *mailbox.Reader) (bool, error) {
		return r.Nudge(ctx, "INBOX", 20*time.Millisecond, short)
	},
}

// attentive checks a way to wait against a server with one more letter each
// time that put is called.
func attentive(t *testing.T, r *mailbox.Reader, wait func(context.Context, *mailbox.Reader) (bool, error), put func()) {
	t.Helper()
	before, err := r.Examine(t.Context(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		for announced := false; !announced; { // as the daemon does, wait after wait
			var err error
			if announced, err = wait(t.Context(), r); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
		}
		after, err := r.Examine(t.Context(), "INBOX")
		if err != nil || after.UIDNext != before.UIDNext+1 {
			t.Fatalf("%s: UIDNEXT %d after %d, %v", when, after.UIDNext, before.UIDNext, err)
		}
		before = after
	}
	go put()
	check("while waiting")
	put()
	check("before waiting")
	if _, err := r.Examine(t.Context(), "Junk"); err != nil {
		t.Fatal(err)
	}
	put()
	check("while in another folder")

	ctx, stop := context.WithCancel(t.Context())
	stop()
	if announced, err := wait(ctx, r); err != nil || announced {
		t.Errorf("when the context ended: announced %v, %v", announced, err)
	}
	if again, err := r.Examine(t.Context(), "INBOX"); err != nil || again != before {
		t.Errorf("the connection after that: %v, %v", again, err)
	}
}

// A server that says what it can only when it is asked, and is gone or frozen
// before it has answered, is no server that cannot announce: the next connection
// is asked anew, and nobody waits longer than for any other answer.
func TestIdleBeforeCapabilities(t *testing.T) {
	for name, gone := range map[string]bool{"gone": true, "frozen": false} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, 1, script{greeting: "* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN SASL-IR] ready", command: func(c *talk, tag, cmd string) bool {
				verb, _, _ := strings.Cut(cmd, " ")
				switch verb {
				case "AUTHENTICATE", "LOGIN":
					c.say("%s OK in\r\n", tag)
				case "CAPABILITY":
				default:
					return false
				}
				return true
			}})
			r := f.reader(t, 500*time.Millisecond)
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			if gone {
				f.hangUp()
			}
			ended := make(chan error, 1)
			go func() {
				_, err := r.Idle(t.Context(), "INBOX", long)
				ended <- err
			}()
			select {
			case err := <-ended:
				if err == nil || errors.Is(err, mailbox.ErrNoIdle) {
					t.Errorf("the wait ended with %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Error("the wait does not end")
			}
		})
	}
}

func TestIdle(t *testing.T) {
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "пароль \"1\""})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { box.Close() })
			r := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, box.IMAPAddr, box.CA)})
			t.Cleanup(func() { r.Close() })
			attentive(t, r, wait, func() {
				if err := box.Put("INBOX", letter(1), time.Now()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestIdleDovecot(t *testing.T) {
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			s := dovecot.Start(t, dovecot.Options{})
			r := realReader(t, s)
			attentive(t, r, wait, func() { s.Put("INBOX", letter(1), time.Now()) })
		})
	}
}

// Nothing comes: the wait ends by itself.
func TestIdleEnds(t *testing.T) {
	f := startFake(t, 1, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE", command: idling(true)})
	r := f.reader(t, long)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	for name, wait := range map[string]func() (bool, error){
		"idle":  func() (bool, error) { return r.Idle(t.Context(), "INBOX", 10*time.Millisecond) },
		"nudge": func() (bool, error) { return r.Nudge(t.Context(), "INBOX", time.Millisecond, 10*time.Millisecond) },
	} {
		if announced, err := wait(); announced || err != nil {
			t.Errorf("%s: announced %v, %v", name, announced, err)
		}
	}
	if asked := strings.Join(f.commands(), " "); strings.Count(asked, "IDLE") != 1 || !strings.Contains(asked, "NOOP") {
		t.Errorf("the server was asked: %s", asked)
	}
}

// idling lets the fake server accept IDLE; with done it answers DONE too.
func idling(done bool) func(c *talk, tag, cmd string) bool {
	last := ""
	return func(c *talk, tag, cmd string) bool {
		switch {
		case cmd == "IDLE":
			last = tag
			c.say("+ idling\r\n")
		case tag == "DONE" && done:
			c.say("%s OK done\r\n", last)
		case tag == "DONE":
		default:
			return false
		}
		return true
	}
}

// A server without IDLE says so before anything is sent, one that refuses it
// in spite of its word after.
func TestIdleNotOffered(t *testing.T) {
	refusing := func(c *talk, tag, cmd string) bool {
		if cmd == "IDLE" {
			c.say("%s BAD unknown command\r\n", tag)
		}
		return cmd == "IDLE"
	}
	for name, s := range map[string]script{
		"not offered": {},
		"refused":     {caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE", command: refusing},
	} {
		r := startFake(t, 1, s).reader(t, long)
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Idle(t.Context(), "INBOX", long); !errors.Is(err, mailbox.ErrNoIdle) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Errorf("%s: the connection after that: %v", name, err)
		}
	}
}

// A server that froze while it was waited for is noticed at the end of the
// wait, and the next call dials anew.
func TestIdleFrozen(t *testing.T) {
	f := startFake(t, 1, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE", command: idling(false)})
	r := f.reader(t, 50*time.Millisecond)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Idle(t.Context(), "INBOX", time.Millisecond); err == nil {
		t.Error("a frozen server was taken for a quiet one")
	}
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Errorf("after a new connection: %v", err)
	}
}

// Who is called away while the server is frozen is not held up by it, neither in the
// wait nor after its end.
func TestIdleCalledAway(t *testing.T) {
	for name, c := range map[string]struct {
		when string // what the server has just heard
		wait time.Duration
	}{
		"in the wait":    {"IDLE", time.Hour},
		"after the wait": {"DONE", time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			answer := idling(false)
			f := startFake(t, 1, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE", command: func(k *talk, tag, cmd string) bool {
				if cmd == c.when || tag == c.when {
					defer cancel()
				}
				return answer(k, tag, cmd)
			}})
			r := f.reader(t, time.Minute)
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, err := r.Idle(ctx, "INBOX", c.wait)
			if took := time.Since(start); took > 15*time.Second || err == nil {
				t.Errorf("held up for %v, %v", took, err)
			}
		})
	}
}

// A server that says with every answer how many letters there are has announced none by
// it: the reader would go round and round. One that was expunged counts.
func TestExistsRepeated(t *testing.T) {
	for said, want := range map[string]bool{
		"* 3 EXISTS\r\n": false,
		"* 3 EXISTS\r\n* 0 RECENT\r\n* 3 EXISTS\r\n": false,
		"* 4 EXISTS\r\n":                true,
		"* 2 EXPUNGE\r\n":               false,
		"* 2 EXPUNGE\r\n* 3 EXISTS\r\n": true,
		"* 2 EXPUNGE\r\n* 2 EXISTS\r\n": false,
	} {
		for way, wait := range waits {
			last, rest := "", said
			f := startFake(t, 3, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE", command: func(c *talk, tag, cmd string) bool {
				switch {
				case cmd == "IDLE":
					last = tag
					c.say("+ idling\r\n%s", said)
				case cmd == "NOOP" && way == "nudge":
					c.say("%s%s OK done\r\n", rest, tag)
					rest = strings.ReplaceAll(rest, "* 2 EXPUNGE\r\n", "") // once
				case tag == "DONE":
					c.say("%s OK done\r\n", last)
				default:
					return false
				}
				return true
			}})
			r := f.reader(t, long)
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			if announced, err := wait(t.Context(), r); err != nil || announced != want {
				t.Errorf("%s, %q: announced %v, %v", way, said, announced, err)
			}
		}
	}
}
