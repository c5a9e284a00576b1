package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

func openSender(t testing.TB, s *sandbox.Sandbox) *mailbox.Sender {
	t.Helper()
	sender := mailbox.NewSender(mailbox.SenderOptions{Server: server(t, s.SMTPAddr, s.CA), LocalName: "desk.license.kz"})
	t.Cleanup(func() { sender.Release() })
	return sender
}

func envelope(to string) mailbox.Envelope {
	return mailbox.Envelope{From: "info@license.kz", To: to, Raw: []byte("Subject: s\r\n\r\n.a line with a dot\r\n..\r\nend\r\n")}
}

func TestSendOverOneConnection(t *testing.T) {
	s := startSandbox(t)
	logins := 0
	s.SMTP.OnLogin = func() error { logins++; return nil }
	sender := openSender(t, s)
	for _, to := range []string{"a@example.kz", "b@example.kz", "асель@почта.қаз"} {
		out := sender.Send(t.Context(), envelope(to))
		if out.Status != mailbox.StatusAccepted || out.Code != 250 || out.Err != nil || out.Phase != mailbox.PhaseDot {
			t.Fatalf("%s: %+v", to, out)
		}
	}
	if err := sender.Release(); err != nil {
		t.Error(err)
	}
	sent := s.Sent()
	if len(sent) != 3 || logins != 1 {
		t.Fatalf("%d sent with %d log-ins", len(sent), logins)
	}
	for _, e := range sent {
		if !bytes.Equal(e.Raw, envelope("").Raw) || e.From != "info@license.kz" {
			t.Errorf("changed on the way: %q", e.Raw)
		}
	}
}

func TestNullReversePath(t *testing.T) {
	s := startSandbox(t)
	e := envelope("a@example.kz")
	e.From = ""
	if out := openSender(t, s).Send(t.Context(), e); out.Status != mailbox.StatusAccepted {
		t.Fatalf("%+v", out)
	}
	if got := s.Sent()[0].From; got != "" {
		t.Errorf("reverse-path %q", got)
	}
}

// Each failure at each phase, followed by a good letter over the same Sender:
// one bad recipient never blocks the next.
func TestOutcomes(t *testing.T) {
	permanent, temporary := sandbox.Reply(550, "5.1.1", "no such user"), sandbox.Reply(451, "4.3.0", "try later")
	type want struct {
		status   mailbox.Status
		code     int
		enhanced string
		phase    string
		err      bool
	}
	var (
		rejected = want{mailbox.StatusRejected, 550, "5.1.1", "", false}
		deferred = want{mailbox.StatusDeferred, 451, "4.3.0", "", false}
		lost     = want{mailbox.StatusDeferred, 0, "", "", true}
		unsure   = want{mailbox.StatusUncertain, 0, "", "", true}
		closing  = want{mailbox.StatusDeferred, 421, "4.3.2", "", true}
	)
	on := map[string]func(*sandbox.Hooks, error){
		mailbox.PhaseMail: func(h *sandbox.Hooks, err error) { h.OnMail = func(string) error { return err } },
		mailbox.PhaseRcpt: func(h *sandbox.Hooks, err error) { h.OnRcpt = func(string) error { return err } },
		mailbox.PhaseDot:  func(h *sandbox.Hooks, err error) { h.OnDot = func(sandbox.Envelope) error { return err } },
	}
	cases := []struct {
		name, phase string
		fault       error
		want        want
		kept        int // letters the server has of this one
	}{
		{"refused sender", mailbox.PhaseMail, permanent, rejected, 0},
		{"deferred sender", mailbox.PhaseMail, temporary, deferred, 0},
		{"cut at MAIL", mailbox.PhaseMail, sandbox.ErrDrop, lost, 0},
		{"refused recipient", mailbox.PhaseRcpt, permanent, rejected, 0},
		{"deferred recipient", mailbox.PhaseRcpt, temporary, deferred, 0},
		{"cut at RCPT", mailbox.PhaseRcpt, sandbox.ErrDrop, lost, 0},
		{"closing at RCPT", mailbox.PhaseRcpt, sandbox.Reply(421, "4.3.2", "shutting down"), closing, 0},
		{"refused letter", mailbox.PhaseDot, permanent, rejected, 0},
		{"deferred letter", mailbox.PhaseDot, temporary, deferred, 0},
		{"cut after the dot, not taken", mailbox.PhaseDot, sandbox.ErrDrop, unsure, 0},
		{"cut after the dot, taken", mailbox.PhaseDot, sandbox.ErrDropAccepted, unsure, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := startSandbox(t)
			sender := openSender(t, s)
			on[c.phase](s.SMTP, c.fault)
			out := sender.Send(t.Context(), envelope("a@example.kz"))
			if out.Status != c.want.status || out.Code != c.want.code || out.Enhanced != c.want.enhanced || out.Phase != c.phase || (out.Err != nil) != c.want.err {
				t.Errorf("%+v", out)
			}
			*s.SMTP = sandbox.Hooks{}
			if out := sender.Send(t.Context(), envelope("b@example.kz")); out.Status != mailbox.StatusAccepted {
				t.Errorf("the next letter: %+v", out)
			}
			if got := len(s.Sent()); got != c.kept+1 {
				t.Errorf("the server has %d letters, want %d", got, c.kept+1)
			}
		})
	}
}

func TestSlowServerIsGivenUp(t *testing.T) {
	for _, phase := range []string{mailbox.PhaseRcpt, mailbox.PhaseDot} {
		s := startSandbox(t)
		hold := make(chan struct{})
		if phase == mailbox.PhaseRcpt {
			s.SMTP.OnRcpt = func(string) error { <-hold; return nil }
		} else {
			s.SMTP.OnDot = func(sandbox.Envelope) error { <-hold; return nil }
		}
		conf := server(t, s.SMTPAddr, s.CA)
		conf.Timeout = 500 * time.Millisecond
		out := mailbox.NewSender(mailbox.SenderOptions{Server: conf, DotTimeout: conf.Timeout}).Send(t.Context(), envelope("a@example.kz"))
		close(hold)
		want := mailbox.StatusDeferred
		if phase == mailbox.PhaseDot {
			want = mailbox.StatusUncertain
		}
		if out.Status != want || out.Phase != phase || out.Err == nil || !strings.Contains(out.Err.Error(), "no answer within") {
			t.Errorf("%+v", out)
		}
	}
}

func TestCancelledSendEndsAtOnce(t *testing.T) {
	s := startSandbox(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	shutdown := errors.New("shutting down")
	hold := make(chan struct{})
	defer close(hold)
	s.SMTP.OnRcpt = func(string) error { cancel(shutdown); <-hold; return nil }
	out := openSender(t, s).Send(ctx, envelope("a@example.kz"))
	if out.Status != mailbox.StatusDeferred || !errors.Is(out.Err, shutdown) {
		t.Errorf("%+v", out)
	}
}

func TestBadAddressesNeverReachTheServer(t *testing.T) {
	s := startSandbox(t)
	sender := openSender(t, s)
	for _, to := range []string{"", "a", "@b", "a@", "a@b> NOTIFY=NEVER", "a@b\r\nDATA", "a b@c", "<a@b>", "a@b,c@d", "a@b@c", `"a"@b`,
		strings.Repeat("x", 65) + "@b.kz", "a@" + strings.Repeat("b.", 130) + "kz"} {
		if out := sender.Send(t.Context(), envelope(to)); out.Status != mailbox.StatusRejected || out.Phase != mailbox.PhaseRcpt || out.Err != nil {
			t.Errorf("%q: %+v", to, out)
		}
	}
	if len(s.Sent()) != 0 {
		t.Error("something was sent")
	}
}
