package mailbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

func TestWaitEndsWhenALetterComes(t *testing.T) {
	var f *fakeIMAP
	tag := ""
	f = startFake(t, 3, script{caps: "IMAP4rev1 AUTH=PLAIN IDLE", command: func(c *talk, g, cmd string) bool {
		switch {
		case cmd == "IDLE":
			tag = g
			f.mu.Lock()
			n := len(f.letters) + 1
			f.letters[uint32(n)] = letter(n)
			f.mu.Unlock()
			c.say("+ idling\r\n* %d EXISTS\r\n", n)
		case g == "DONE":
			c.say("%s OK done\r\n", tag)
		default:
			return false
		}
		return true
	}})
	r := f.reader(t, 5*time.Second)
	for round := range uint32(3) {
		if st, err := r.Examine(t.Context(), "INBOX"); err != nil || st.Messages != 3+round {
			t.Fatalf("%+v, %v", st, err)
		}
		if news, err := r.Wait(t.Context(), time.Hour); !news || err != nil {
			t.Fatalf("news %v, %v", news, err)
		}
	}
}

func TestWaitEndsWithoutNews(t *testing.T) {
	for name, c := range map[string]struct {
		caps string
		idle func(*talk, string)
		fail bool
	}{
		"no IDLE":       {"IMAP4rev1 AUTH=PLAIN", nil, false},
		"nothing comes": {"IMAP4rev1 AUTH=PLAIN IDLE", func(c *talk, _ string) { c.say("+ idling\r\n* OK still here\r\n") }, false},
		"refused":       {"IMAP4rev1 AUTH=PLAIN IDLE", func(c *talk, tag string) { c.say("%s NO not today\r\n", tag) }, true},
		"silent":        {"IMAP4rev1 AUTH=PLAIN IDLE", silent, true},
		"hangs up":      {"IMAP4rev1 AUTH=PLAIN IDLE", func(c *talk, _ string) { c.say("+ idling\r\n* BYE\r\n"); c.Close() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tag := ""
			f := startFake(t, 3, script{caps: c.caps, command: func(k *talk, g, cmd string) bool {
				if cmd == "IDLE" {
					tag = g
					c.idle(k, g)
					return true
				}
				if g == "DONE" {
					k.say("%s OK done\r\n", tag)
					return true
				}
				return false
			}})
			r := f.reader(t, time.Second)
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			d := 20 * time.Millisecond
			if c.fail {
				d = time.Hour
			}
			if news, err := r.Wait(t.Context(), d); news || (err != nil) != c.fail {
				t.Errorf("news %v, %v", news, err)
			} else if err != nil && !strings.Contains(err.Error(), f.addr) {
				t.Errorf("error %q", err)
			}
			if heads, err := pass(t, r, 1); err != nil || len(heads) != 3 {
				t.Errorf("afterwards: %d heads, %v", len(heads), err)
			}
		})
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	s := startSandbox(t)
	r := openReader(t, s)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	shutdown := errors.New("shutting down")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(shutdown)
	for _, r := range []*mailbox.Reader{r, openReader(t, s)} { // one of them not connected
		if _, err := r.Wait(ctx, time.Hour); !errors.Is(err, shutdown) {
			t.Errorf("got %v", err)
		}
	}
}
