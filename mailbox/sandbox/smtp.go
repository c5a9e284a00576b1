package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Hooks are the failures of the SMTP side. A nil hook lets everything pass. A
// hook returns nil to accept, Reply to answer with a code, ErrDrop to cut the
// connection without an answer, or any other error for a plain 451. A hook may
// block, which makes a slow server. Hooks run on the connection's goroutine.
type Hooks struct {
	OnLogin func() error
	OnMail  func(from string) error
	OnRcpt  func(to string) error
	// OnData is asked when the letter begins to come, Raw still empty: ErrDrop
	// cuts before the final dot. A Reply given here is sent after the dot.
	OnData func(e Envelope) error
	// OnDot is asked when the letter is complete. ErrDropAccepted keeps it among
	// Sent and cuts the connection: the client cannot know.
	OnDot func(e Envelope) error
}

// ErrDrop and ErrDropAccepted cut the connection instead of answering.
var (
	ErrDrop         = errors.New("drop the connection")
	ErrDropAccepted = errors.New("accept, then drop the connection")
)

// Reply is an SMTP answer such as 550, "5.1.1", "no such user".
func Reply(code int, enhanced, text string) error {
	e := &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
	var class, subject, detail int
	if n, _ := fmt.Sscanf(enhanced, "%d.%d.%d", &class, &subject, &detail); n == 3 {
		e.EnhancedCode = smtp.EnhancedCode{class, subject, detail}
	}
	return e
}

// session is one client of the SMTP side.
type session struct {
	s    *Sandbox
	conn net.Conn
	e    Envelope
	in   bool // logged in
}

func (s *Sandbox) newSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{s: s, conn: c.Conn()}, nil
}

// obey carries out what a hook said.
func (c *session) obey(err error) error {
	if errors.Is(err, ErrDrop) || errors.Is(err, ErrDropAccepted) {
		c.conn.Close()
	}
	return err
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if hook := c.s.SMTP.OnLogin; hook != nil {
			if err := hook(); err != nil {
				return c.obey(err)
			}
		}
		if username != c.s.username || password != c.s.password {
			return smtp.ErrAuthFailed
		}
		c.in = true
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if !c.in && c.s.username != "" {
		return smtp.ErrAuthRequired
	}
	c.e = Envelope{From: from}
	if hook := c.s.SMTP.OnMail; hook != nil {
		return c.obey(hook(from))
	}
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.e.To = to
	if hook := c.s.SMTP.OnRcpt; hook != nil {
		return c.obey(hook(to))
	}
	return nil
}

func (c *session) Data(r io.Reader) error {
	if hook := c.s.SMTP.OnData; hook != nil {
		if err := hook(c.e); err != nil {
			return c.obey(err)
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	e := Envelope{From: c.e.From, To: c.e.To, Raw: raw}
	if hook := c.s.SMTP.OnDot; hook != nil {
		err = hook(e)
	}
	if err == nil || errors.Is(err, ErrDropAccepted) {
		c.s.keep(e)
	}
	return c.obey(err)
}

func (c *session) Reset() { c.e = Envelope{} }

func (c *session) Logout() error { return nil }
