package sandbox_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

func start(t *testing.T) (*sandbox.Sandbox, *mailbox.Sender) {
	t.Helper()
	s, err := sandbox.Start(sandbox.Options{Username: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(s.SMTPAddr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	sender := mailbox.NewSender(mailbox.SenderOptions{Server: mailbox.Server{Host: host, Port: n, CA: s.CA, Username: "u",
		Secret: func(context.Context) (string, error) { return "p", nil }}})
	t.Cleanup(func() {
		sender.Release()
		s.Close()
	})
	return s, sender
}

// Every hook is reached, in order, with what the client said; what a hook
// refuses is not among Sent.
func TestHooks(t *testing.T) {
	s, sender := start(t)
	var seen []string
	refuse := ""
	note := func(hook, what string) error {
		seen = append(seen, hook+" "+what)
		if hook == refuse {
			return sandbox.Reply(552, "5.3.4", "not today")
		}
		return nil
	}
	*s.SMTP = sandbox.Hooks{
		OnLogin: func() error { return note("login", "") },
		OnMail:  func(from string) error { return note("mail", from) },
		OnRcpt:  func(to string) error { return note("rcpt", to) },
		OnData:  func(e sandbox.Envelope) error { return note("data", e.To) },
		OnDot:   func(e sandbox.Envelope) error { return note("dot", string(e.Raw)) },
	}
	e := mailbox.Envelope{From: "a@x.kz", To: "b@x.kz", Raw: []byte("hello\r\n")}
	for _, refuse = range []string{"mail", "rcpt", "data", "dot", ""} {
		out := sender.Send(t.Context(), e)
		if refuse == "" && out.Status != mailbox.StatusAccepted || refuse != "" && (out.Status != mailbox.StatusRejected || out.Code != 552 || out.Enhanced != "5.3.4") {
			t.Errorf("refused at %q: %+v", refuse, out)
		}
	}
	want := "login |mail a@x.kz|mail a@x.kz|rcpt b@x.kz|mail a@x.kz|rcpt b@x.kz|data b@x.kz|" + strings.Repeat("mail a@x.kz|rcpt b@x.kz|data b@x.kz|dot hello\r\n|", 2)
	if got := strings.Join(seen, "|") + "|"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if sent := s.Sent(); len(sent) != 1 || string(sent[0].Raw) != "hello\r\n" {
		t.Errorf("sent %+v", sent)
	}
}

func TestCutBeforeTheDot(t *testing.T) {
	s, sender := start(t)
	s.SMTP.OnData = func(sandbox.Envelope) error { return sandbox.ErrDrop }
	out := sender.Send(t.Context(), mailbox.Envelope{From: "a@x.kz", To: "b@x.kz", Raw: []byte(strings.Repeat("0123456789\r\n", 1<<20))})
	if out.Status != mailbox.StatusDeferred || out.Phase != mailbox.PhaseData {
		t.Errorf("%+v", out)
	}
	if len(s.Sent()) != 0 {
		t.Error("the letter was kept")
	}
}

func TestPutIntoNoFolder(t *testing.T) {
	s, _ := start(t)
	if err := s.Put("Nowhere", []byte("x"), time.Now()); err == nil || !strings.Contains(err.Error(), `"Nowhere"`) {
		t.Errorf("got %v", err)
	}
}

// A sandbox can be closed at once, and twice.
func TestClose(t *testing.T) {
	for range 20 {
		s, err := sandbox.Start(sandbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		s.Close()
	}
}
