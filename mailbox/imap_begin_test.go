package mailbox_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// asked is what a fake was asked from a command on, the names alone.
func asked(f *fakeIMAP, from int) string {
	var names []string
	for _, cmd := range f.commands()[from:] {
		name, rest, _ := strings.Cut(cmd, " ")
		if name == "FETCH" || name == "EXAMINE" {
			name += " " + strings.Trim(rest, `"`)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// Begin logs in and opens INBOX, and the look that follows asks for nothing more,
// unless letters came in between.
func TestInboxIsOpenedAhead(t *testing.T) {
	for name, grows := range map[string]bool{"quiet": false, "a letter comes": true} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, 3, script{command: func(c *talk, _, cmd string) bool {
				if grows && strings.HasPrefix(cmd, "FETCH 3 ") {
					c.f.mu.Lock()
					c.f.letters[4] = letter(4)
					c.f.mu.Unlock()
					c.say("* 4 EXISTS\r\n")
				}
				return false
			}})
			r := f.reader(t, 5*time.Second)
			r.Begin(t.Context())
			r.Begin(t.Context()) // once is enough
			st, err := r.Examine(t.Context(), "INBOX")
			if err != nil {
				t.Fatal(err)
			}
			got := asked(f, 0)
			_, got, _ = strings.Cut(got, "EXAMINE")
			if want := map[bool]string{false: " INBOX, FETCH 3 (UID)", true: " INBOX, FETCH 3 (UID), NOOP, EXAMINE INBOX"}[grows]; got != want {
				t.Errorf("asked for EXAMINE%s", got)
			}
			if want := map[bool]uint32{false: 3, true: 4}[grows]; st.Messages != want || st.UIDNext != want+1 || f.dials != 1 {
				t.Errorf("%+v over %d connections", st, f.dials)
			}
			before := len(f.commands())
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			if got := asked(f, before); got != "NOOP" {
				t.Errorf("the next look asked for %q", got)
			}
		})
	}
}

// Who does not watch INBOX does not open it.
func TestBeginLogsInWithoutInbox(t *testing.T) {
	f := startFake(t, 1, script{command: lists("")})
	o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Folders: []string{"Спам"}}
	o.TLS, o.Timeout = mailbox.TLSNone, 5*time.Second
	r := mailbox.NewReader(o)
	defer r.Close()
	if first, known := r.First(); known {
		t.Errorf("%q is read first", first.Name)
	}
	r.Begin(t.Context())
	if _, err := r.Folders(t.Context()); err != nil {
		t.Error(err)
	}
	if got := asked(f, 0); !strings.Contains(got, "LIST") || strings.Contains(got, "EXAMINE") || f.dials != 1 {
		t.Errorf("asked for %s over %d connections", got, f.dials)
	}
}

// What kept the log-in from coming about is told to the first who needs it; the next
// tries anew.
func TestBeginFails(t *testing.T) {
	answers := map[string]script{
		"refused": {command: func(c *talk, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "AUTHENTICATE") && c.n == 1 {
				c.say("%s NO [AUTHENTICATIONFAILED] no\r\n", tag)
				return true
			}
			return false
		}},
		"cut": {command: func(c *talk, _, cmd string) bool {
			if strings.HasPrefix(cmd, "EXAMINE") && c.n == 1 {
				c.Close()
				return true
			}
			return false
		}},
		"INBOX refused": {command: func(c *talk, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "EXAMINE") && len(c.f.commands()) < 4 {
				c.say("%s NO not now\r\n", tag)
				return true
			}
			return false
		}},
	}
	for name, s := range answers {
		f := startFake(t, 1, s)
		r := f.reader(t, 5*time.Second)
		r.Begin(t.Context())
		_, err := r.Examine(t.Context(), "INBOX")
		switch {
		case name == "refused" && !errors.Is(err, mailbox.ErrLogin), name == "cut" && err == nil, name == "INBOX refused" && err != nil:
			t.Errorf("%s: %v", name, err)
		}
		if want := map[bool]int{false: 1, true: 2}[name != "INBOX refused"]; err != nil {
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil || f.dials != want {
				t.Errorf("%s: %v over %d connections", name, err, f.dials)
			}
		}
	}
}

// A log-in for which nobody waited ends with the Reader, and so does the wait for one
// with its context, at once, whatever the server does.
func TestBeginEnds(t *testing.T) {
	mute := startFake(t, 1, script{command: func(_ *talk, _, cmd string) bool { return strings.HasPrefix(cmd, "AUTHENTICATE") }})
	r := mute.reader(t, time.Hour)
	r.Begin(t.Context())
	r.Close()
	r.Begin(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Examine(ctx, "INBOX"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Close says goodbye before it hangs up, to a server that never answers, too.
func TestCloseSaysGoodbye(t *testing.T) {
	ended := make(chan error, 1)
	f := startFake(t, 1, script{command: func(c *talk, _, cmd string) bool {
		if cmd == "LOGOUT" {
			_, err := c.Read(make([]byte, 1))
			ended <- err
		}
		return cmd == "LOGOUT"
	}})
	r := f.reader(t, time.Hour)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := <-ended; err != io.EOF {
		t.Errorf("behind LOGOUT: %v", err)
	}
}
