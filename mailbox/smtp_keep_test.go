package mailbox_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// keeping is a sender that keeps its connection for a while after a batch.
func (f *fakeSMTP) keeping(t *testing.T, keep time.Duration, username string) *mailbox.Sender {
	t.Helper()
	host, port, _ := net.SplitHostPort(f.addr)
	n, _ := strconv.Atoi(port)
	s := mailbox.NewSender(mailbox.SenderOptions{Keep: keep, Server: mailbox.Server{
		Host: host, Port: n, TLS: mailbox.TLSNone, Username: username, Secret: secret("s3cret"), Timeout: 20 * time.Second,
	}})
	t.Cleanup(func() { s.Close() })
	return s
}

func (f *fakeSMTP) count(verb string) (n int) {
	for _, cmd := range f.commands() {
		if cmd == verb || strings.HasPrefix(cmd, verb+" ") {
			n++
		}
	}
	return n
}

func accepts(t *testing.T, s *mailbox.Sender, to string) {
	t.Helper()
	if out := s.Send(t.Context(), envelope(to)); out.Status != mailbox.StatusAccepted || out.Err != nil {
		t.Errorf("%s: %+v", to, out)
	}
}

// A kept connection serves the next batch, and ends with QUIT when its time is
// over or when it is closed.
func TestKeptConnection(t *testing.T) {
	said := make(chan string, 100)
	f := startSMTP(t, &fakeSMTP{answer: func(_ int, cmd string) (string, bool) {
		if cmd == "QUIT" {
			said <- cmd
		}
		return "", false
	}})
	s := f.keeping(t, time.Hour, "")
	for _, to := range []string{"a@x.kz", "b@x.kz", "c@x.kz"} {
		accepts(t, s, to)
		if err := s.Release(); err != nil {
			t.Error(err)
		}
	}
	if f.count("greeting") != 1 || f.count("QUIT") != 0 {
		t.Errorf("three batches: %q", f.commands())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	<-said
	s = f.keeping(t, time.Millisecond, "")
	accepts(t, s, "d@x.kz")
	s.Release()
	<-said // by itself
	accepts(t, s, "e@x.kz")
	if n := f.count("greeting"); n != 3 || len(f.letters()) != 5 {
		t.Errorf("%d connections, %d letters", n, len(f.letters()))
	}
}

// A server that took leave while nobody spoke costs no letter and no second
// try: not a word is said over the old connection.
func TestKeptConnectionEnded(t *testing.T) {
	for name, script := range map[string]struct {
		cmd, reply string
		mails      int // in all: nothing is said over a connection that is known to be dead
	}{
		"421 after the letter":    {".", "250 2.0.0 taken\r\n421 4.4.2 too long", 2},
		"hangs up at MAIL":        {"MAIL", cut, 3},
		"421 at MAIL":             {"MAIL", "421 4.3.2 going down", 3},
		"says nonsense by itself": {".", "250 2.0.0 taken\r\n\x00\x01", 2},
	} {
		f := &fakeSMTP{}
		f.answer = func(n int, cmd string) (string, bool) {
			if script.cmd == "MAIL" && len(f.letters()) == 0 {
				return "", false
			}
			return script.reply, n == 1 && strings.HasPrefix(cmd, script.cmd)
		}
		startSMTP(t, f)
		s := f.keeping(t, time.Hour, "")
		for _, to := range []string{"a@x.kz", "b@x.kz"} {
			accepts(t, s, to)
			s.Release()
		}
		if n := f.count("MAIL"); f.count("greeting") != 2 || len(f.letters()) != 2 || n != script.mails {
			t.Errorf("%s: %d letters, %d MAIL: %q", name, len(f.letters()), n, f.commands())
		}
	}
}

// A connection begun ahead carries the letter; one that was refused is refused
// once, not twice, and is tried anew after that.
func TestPrepare(t *testing.T) {
	f := startSMTP(t, &fakeSMTP{ext: []string{"AUTH PLAIN"}, answer: at("AUTH", "535 5.7.8 no")})
	s := f.keeping(t, time.Hour, "info@license.kz")
	s.Prepare()
	if out := s.Send(t.Context(), envelope("a@x.kz")); !errors.Is(out.Err, mailbox.ErrLogin) || out.Status != mailbox.StatusDeferred || out.Phase != mailbox.PhaseLogin {
		t.Errorf("%+v", out)
	}
	if n := f.count("AUTH"); n != 1 {
		t.Errorf("%d log-ins: %q", n, f.commands())
	}
	s.Prepare()
	s.Prepare()
	s.Release() // of a batch that had nothing to send
	accepts(t, s, "a@x.kz")
	accepts(t, s, "b@x.kz")
	s.Prepare()
	accepts(t, s, "c@x.kz")
	if f.count("AUTH") != 2 || f.count("greeting") != 2 {
		t.Errorf("%q", f.commands())
	}
}

// Without a time to keep it, a connection ends with its batch, and none is begun
// ahead.
func TestKeepNothing(t *testing.T) {
	f := startSMTP(t, &fakeSMTP{})
	s := f.keeping(t, 0, "")
	s.Prepare()
	for _, to := range []string{"a@x.kz", "b@x.kz"} {
		accepts(t, s, to)
		s.Release()
	}
	var ends []string
	for _, cmd := range f.commands() {
		if cmd == "greeting" || cmd == "QUIT" {
			ends = append(ends, cmd)
		}
	}
	if !slices.Equal(ends, []string{"greeting", "QUIT", "greeting", "QUIT"}) {
		t.Errorf("%q", ends)
	}
}

// A server that answers nothing holds the end up for no longer than the
// connection's begin, which Close gives up.
func TestCloseWhilePreparing(t *testing.T) {
	f := startSMTP(t, &fakeSMTP{answer: func(_ int, cmd string) (string, bool) { return hush, cmd == "EHLO desk" || cmd == "EHLO localhost" }})
	s := f.keeping(t, time.Hour, "")
	s.Prepare()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A letter that waits for such a connection waits no longer than its context.
func TestSendWhilePreparing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := startSMTP(t, &fakeSMTP{answer: func(_ int, cmd string) (string, bool) {
		if cmd == "EHLO localhost" {
			cancel()
		}
		return hush, cmd == "EHLO localhost"
	}})
	s := f.keeping(t, time.Hour, "")
	s.Prepare()
	if out := s.Send(ctx, envelope("a@x.kz")); out.Status != mailbox.StatusDeferred || !errors.Is(out.Err, context.Canceled) {
		t.Errorf("%+v", out)
	}
}
