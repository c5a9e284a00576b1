package mailbox_test

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// Every sort of trouble is provoked for real and known by its sort.
func TestFaultOf(t *testing.T) {
	s := startSandbox(t)
	good := server(t, s.IMAPAddr, s.CA)
	good.Timeout = 300 * time.Millisecond
	listen := func(greeting string) int {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				t.Cleanup(func() { c.Close() }) // or the garbage collector hangs up
				io.WriteString(c, greeting)
				if greeting == "bye" {
					c.Close()
				}
			}
		}()
		return l.Addr().(*net.TCPAddr).Port
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for want, change := range map[mailbox.Fault]func(*mailbox.Server){
		"":                     func(*mailbox.Server) {},
		mailbox.FaultSettings:  func(c *mailbox.Server) { c.Host, c.TLS = "mail.example.kz", mailbox.TLSNone },
		mailbox.FaultName:      func(c *mailbox.Server) { c.Host = "nowhere.invalid" },
		mailbox.FaultRefused:   func(c *mailbox.Server) { c.Port = gone.Addr().(*net.TCPAddr).Port },
		mailbox.FaultSilent:    func(c *mailbox.Server) { c.Port = listen("") },
		mailbox.FaultPlain:     func(c *mailbox.Server) { c.Port = listen("* OK ready, in plain text\r\n") },
		mailbox.FaultAuthority: func(c *mailbox.Server) { c.CA = startSandbox(t).CA },
		mailbox.FaultCA:        func(c *mailbox.Server) { c.CA = []byte("nothing") },
		mailbox.FaultSecret:    func(c *mailbox.Server) { c.Secret = secret("") },
		mailbox.FaultLogin:     func(c *mailbox.Server) { c.Secret = secret("wrong") },
	} {
		c := good
		change(&c)
		r := mailbox.NewReader(mailbox.ReaderOptions{Server: c})
		_, err := r.Check(t.Context())
		if got := mailbox.FaultOf(err); got != want {
			t.Errorf("%q, want %q: %v", got, want, err)
		}
		r.Close()
	}
	if f := mailbox.FaultOf(errors.New("odd")); f != mailbox.FaultOther {
		t.Errorf("odd trouble is %q", f)
	}
}

// The folders with a purpose are found, what is missing is named.
func TestLayout(t *testing.T) {
	s := startSandbox(t)
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, s.IMAPAddr, s.CA), Folders: []string{"INBOX", "Обращения"}})
	defer r.Close()
	l, err := r.Layout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Missing) != 1 || l.Missing[0] != "Обращения" || l.Junk != (mailbox.Found{Name: "Junk"}) || l.Sent != (mailbox.Found{Name: "Sent"}) || len(l.All) != 3 {
		t.Errorf("%+v", l)
	}
	if _, err := r.Keywords(t.Context(), "Sent", "$Pometka"); err != nil {
		t.Error(err)
	}
}

// An envelope is tried without anything being sent, again and again.
func TestTry(t *testing.T) {
	s := startSandbox(t)
	s.SMTP.OnRcpt = func(to string) error {
		if to == "gone@license.kz" {
			return errors.New("no such user")
		}
		return nil
	}
	out := openSender(t, s)
	for range 2 {
		r, err := out.Try(t.Context(), "info@license.kz", "gone@license.kz")
		if err != nil || !r.From.Accepted() || len(r.To) != 1 || r.To[0].Accepted() {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if r, err := out.Try(t.Context(), "info@license.kz", "dpo@license.kz"); err != nil || !r.To[0].Accepted() {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := out.Try(t.Context(), "info@license.kz", "two words@license.kz"); err == nil {
		t.Error("an address with a space was tried")
	}
	if o := out.Send(t.Context(), mailbox.Envelope{From: "info@license.kz", To: "dpo@license.kz", Raw: []byte("Subject: x\r\n\r\nx\r\n")}); !o.Accepted() {
		t.Errorf("a letter after the tries: %+v", o)
	}
	if len(s.Sent()) != 1 {
		t.Errorf("%d letters were sent, want the one", len(s.Sent()))
	}
}
