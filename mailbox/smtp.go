package mailbox

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// Envelope is one letter on its way: one sender, one recipient, and the bytes
// as they were stored. From may be empty: the null reverse-path.
type Envelope struct {
	From, To string
	Raw      []byte

	// ID comes back in the reports on this letter where the server offers DSN
	// (RFC 3461, 4.4), even in one that returns nothing of it. Letters, digits,
	// dots and hyphens, at most 100 in all; anything else is not sent.
	ID string
}

// SenderOptions is what a Sender needs to know.
type SenderOptions struct {
	Server
	LocalName string // our name in EHLO; empty: "localhost"
	// DotTimeout is the patience after the final dot; 0: ten times the usual, and
	// no more than the ten minutes that RFC 5321, 4.5.3.2.6, gives a server: it may look
	// into the letter before it answers, and giving up early makes an uncertain
	// letter of a good one.
	DotTimeout time.Duration
	Keep       time.Duration // how long a connection outlives its batch; 0: not at all
	Log        *slog.Logger  // nil: silent
}

// Sender submits letters, one recipient each, over one connection that is kept
// from the first Send until Release, and for SenderOptions.Keep after it. It
// never tries again by itself. Every call ends within Server.Timeout of silence, after the
// final dot within DotTimeout, or at once when its context ends. A Sender is not for
// concurrent use. Close ends it.
type Sender struct {
	o    SenderOptions
	mu   sync.Mutex // of all below: a kept connection ends, and one to come begins, beside the caller
	kept kept

	c     *smtp.Client // nil: not connected
	w     *wire
	stale bool // a transaction was begun and not ended: RSET before the next
	dot   bool // the final dot of the last letter may have gone out
}

const dotPatience = 10 * time.Minute

// NewSender does no I/O.
func NewSender(o SenderOptions) *Sender {
	o.Server = o.Server.withDefaults(protoSMTP)
	if o.DotTimeout <= 0 {
		o.DotTimeout = min(10*o.Timeout, dotPatience)
	}
	if o.LocalName == "" {
		o.LocalName = "localhost"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Sender{o: o}
}

// Send hands one letter to the server, byte for byte, and says how far it came.
// An Outcome with Err concerns the connection: the batch had better stop.
func (s *Sender) Send(ctx context.Context, e Envelope) (out Outcome) {
	if out, ok := checkEnvelope(e); !ok {
		return out
	}
	s.lock(ctx)
	defer s.mu.Unlock()
	defer s.outlive(&out)
	s.resume()
	kept := s.c != nil
	out = s.attempt(ctx, e)
	if kept && out.lostIdle() && ctx.Err() == nil {
		// The server had closed the kept connection before this letter began.
		out = s.attempt(ctx, e)
	}
	if out.Err != nil {
		s.o.Log.Debug("letter stopped", "server", s.o.addr(), "phase", out.Phase, "code", out.Code, "status", string(out.Status))
	}
	return out
}

func (s *Sender) attempt(ctx context.Context, e Envelope) Outcome {
	s.dot = false
	if err := Survive(func() error { return s.connect(ctx) }); err != nil {
		return Outcome{Status: StatusDeferred, Phase: phaseOf(err, PhaseDial), Err: err}
	}
	out := s.transact(ctx, e)
	if out.Err == nil {
		return out
	}
	s.hangUp()
	if out.Code == 0 {
		out.Err = s.o.lost(ctx, protoSMTP, out.Err)
	} else {
		out.Err = s.o.fault(protoSMTP, out.Err.Error(), out.Err)
	}
	return out
}

func (s *Sender) hangUp() {
	s.w.Close()
	s.c, s.w, s.stale = nil, nil, false
}

// connect dials, greets and logs in, unless there is a connection.
func (s *Sender) connect(ctx context.Context) error {
	if s.c != nil {
		return nil
	}
	if err := s.foretold(); err != nil {
		return err
	}
	if err := s.o.check(protoSMTP); err != nil {
		return &stageError{PhaseDial, err}
	}
	if s.o.Username == "" {
		return s.open(ctx, "")
	}
	secret, err := s.o.secret(ctx, protoSMTP)
	if err != nil {
		return &stageError{PhaseLogin, err}
	}
	err = s.open(ctx, secret)
	if !s.o.usesToken() || !errors.Is(err, ErrLogin) {
		return err
	}
	fresh, serr := s.o.secret(ctx, protoSMTP)
	switch {
	case serr != nil:
		return &stageError{PhaseLogin, serr}
	case fresh == secret: // it would only be refused once more
		return err
	}
	return s.open(ctx, fresh)
}

func (s *Sender) open(ctx context.Context, secret string) error {
	dialing, cancel := context.WithTimeoutCause(ctx, s.o.Timeout, errSilent)
	defer cancel()
	conn, w, err := s.o.dial(dialing, protoSMTP)
	if err != nil {
		return err
	}
	phase := PhaseDial
	var c *smtp.Client
	g := guard(ctx, w, s.o.Timeout)
	err = g.done(func() (err error) {
		if c, err = smtp.NewClient(conn, s.o.Host); err != nil {
			return err
		}
		if err = c.Hello(s.o.LocalName); err != nil {
			return err
		}
		phase = PhaseTLS
		if err = s.startTLS(c); err != nil {
			return err
		}
		phase = PhaseLogin
		return s.logIn(c, secret)
	}())
	if err != nil {
		w.Close()
		return &stageError{phase, s.openError(ctx, phase, err, secret)}
	}
	s.c, s.w, s.stale = c, w, false
	s.o.Log.Debug("connected", "server", s.o.addr())
	return nil
}

func (s *Sender) startTLS(c *smtp.Client) error {
	if s.o.TLS != TLSStart {
		return nil
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		return errNoStartTLS
	}
	conf, err := s.o.tlsConfig()
	if err != nil {
		return err
	}
	return c.StartTLS(conf)
}

func (s *Sender) logIn(c *smtp.Client, secret string) error {
	if s.o.Username == "" {
		return nil
	}
	client := s.o.mechanism(secret)
	ok, offered := c.Extension("AUTH")
	if !ok {
		return errNoAuth
	}
	if mechs := strings.Fields(strings.ToUpper(offered)); s.o.Auth == AuthPassword && !slices.Contains(mechs, "PLAIN") && slices.Contains(mechs, "LOGIN") {
		client = &login{s.o.Username, secret}
	}
	return c.Auth(submission{client})
}
