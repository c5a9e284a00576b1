package mailbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// session is one logged-in connection.
type session struct {
	c       *imapclient.Client
	w       *wire
	in      *lines
	timeout time.Duration

	selected string                 // the folder under EXAMINE, or ""
	last     uint32                 // the UID of the newest message that it had then; 0: not asked for
	known    map[string]FolderState // of every folder looked at over this connection
	looks    map[string]int         // at each folder since it was last examined in full
	listed   []*imap.ListData       // the folders there are; nil: not asked for yet
	spaces   *imap.NamespaceData    // nil: not asked for, or not told
	hidden   bool                   // one of them, for junk, has a name that cannot be read
	curt     bool                   // there may be more of them
	fresh    string                 // the folder that was examined ahead of the next look, or ""
	listing  *listing               // that goes on ahead; nil: none
	relist   int                    // how often they may be named before they are asked for again
	silenced bool                   // less is asked for because of it
	untold   bool                   // nobody asks for the UID of the newest message
	dateless bool                   // the server says no INTERNALDATE
	trip     time.Duration          // what a round trip took; 0: nobody knows

	mu     sync.Mutex
	grown  bool  // the server announced messages since EXAMINE
	exist  int64 // how many it said last that there are; -1: not known
	jobs   []*fetchJob
	strays int           // messages that are being read outside a job
	quiet  *sync.Cond    // strays changed
	news   chan struct{} // wakes Wait: the folder grew, or the connection ended
}

// broken: everything but a plain NO or BAD means that the protocol state is
// lost, and the library closes the connection after any odd byte.
//
//go:noinline
func broken(err error) bool {
	var no *imap.Error
	var gone *BadMessage
	return !errors.As(err, &no) && !errors.As(err, &gone) && !errors.Is(err, ErrGone) && !errors.Is(err, ErrRecreated)
}

// run bounds one exchange with the server.
//
//go:noinline
func (s *session) run(ctx context.Context, f func() error) error {
	g := guard(ctx, s.w, s.timeout)
	return g.done(Survive(f))
}

// caps is what the server says that it can. Where it does not say so with the
// log-in, the library asks, and knows of nothing until the answer is there: a
// connection that ends before it is lost, and no sign that the server can nothing.
func (s *session) caps(ctx context.Context) (caps imap.CapSet, err error) {
	err = s.run(ctx, func() error {
		if caps = s.c.Caps(); caps != nil {
			return nil
		}
		select {
		case <-s.c.Closed():
			return io.ErrUnexpectedEOF
		default:
			return nil
		}
	})
	return caps, err
}

//go:noinline
func (s *session) hangUp() { s.w.Close() }

// logOut says that the session ends (RFC 9051, 6.1.3) and does not wait for the answer, on
// which nothing depends and which costs a round trip.
func (s *session) logOut() {
	g := guard(context.Background(), s.w, min(s.timeout, farewell))
	s.c.Logout()
	_ = g.done(nil)
}

// logIn dials and authenticates. A refused token is asked for anew, and tried
// once more if it is another; a refused password is not tried twice, since that may lock
// the account.
func (s Server) logIn(ctx context.Context) (*session, error) {
	if err := s.check(protoIMAP); err != nil {
		return nil, err
	}
	if s.Username == "" {
		return nil, s.fault(protoIMAP, "imap.username is empty: name the mailbox", errSettings)
	}
	secret, err := s.secret(ctx, protoIMAP)
	if err != nil {
		return nil, err
	}
	ses, err := s.open(ctx, secret)
	if s.usesToken() && errors.Is(err, ErrLogin) {
		fresh, serr := s.secret(ctx, protoIMAP)
		if serr != nil {
			return nil, serr
		}
		if fresh != secret { // the same one would only be refused once more
			return s.open(ctx, fresh)
		}
	}
	return ses, err
}

func (s Server) open(ctx context.Context, secret string) (*session, error) {
	dialing, cancel := context.WithTimeoutCause(ctx, s.Timeout, errSilent)
	defer cancel()
	conn, w, err := s.dial(dialing, protoIMAP)
	if err != nil {
		return nil, err
	}
	ses := &session{w: w, timeout: s.Timeout, known: map[string]FolderState{}, looks: map[string]int{}, news: make(chan struct{}, 1)}
	ses.quiet = sync.NewCond(&ses.mu)
	err = ses.run(ctx, func() (err error) {
		hello := ""
		if s.TLS == TLSStart {
			if conn, err = s.startTLS(ctx, w); err != nil {
				return err
			}
			hello = "* OK TLS begun\r\n" // the library expects a greeting, and there is none after STARTTLS
		}
		in := newLines(conn, hello)
		ses.in, in.aside = in, ses.aside
		ses.c = imapclient.New(in, &imapclient.Options{UnilateralDataHandler: ses.handler()})
		if err = ses.c.WaitGreeting(); err != nil && in.bye.Load() != nil {
			return turnedAway(*in.bye.Load())
		}
		return err
	})
	if err != nil {
		ses.hangUp()
		return nil, s.explain(ctx, protoIMAP, err)
	}
	if err = ses.run(ctx, func() error { return s.authenticate(ses.c, secret) }); err != nil {
		ses.hangUp()
		return nil, s.loginError(ctx, err, secret)
	}
	go func() {
		<-ses.c.Closed()
		ses.wake()
	}()
	return ses, nil
}

// turnedAway is what a server said instead of a welcome, or before it hung up.
type turnedAway string

// parting is what the server said before it hung up, "" where it said nothing.
//
//go:noinline
func (s *session) parting() turnedAway {
	if said := s.in.bye.Load(); said != nil {
		return turnedAway(*said)
	}
	return ""
}

// with is the error that a connection ended with, and what the server said before.
//
//go:noinline
func (t turnedAway) with(err error) error {
	if t == "" || err == nil {
		return err
	}
	return fmt.Errorf("%w: %w", t, err)
}

func (t turnedAway) Error() string { return "the server turned us away (" + string(t) + ")" }

var errStartTLSMore = errors.New("the server sent more in the open after STARTTLS")

// startTLS speaks the few lines before TLS itself: what a server, or somebody
// in between, sends in the open beyond the answer to STARTTLS is refused, and so
// is a greeting that claims we were logged in already (RFC 9051, 7.1.4).
func (s Server) startTLS(ctx context.Context, w *wire) (net.Conn, error) {
	r := bufio.NewReaderSize(io.LimitReader(w, 64<<10), 4096)
	greeting, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(strings.ToUpper(greeting), "* OK") {
		return nil, turnedAway(plain(greeting, 100))
	}
	if _, err = io.WriteString(w, "S1 STARTTLS\r\n"); err != nil {
		return nil, err
	}
	for {
		line, err := r.ReadString('\n')
		switch up := strings.ToUpper(line); {
		case err != nil:
			return nil, err
		case strings.HasPrefix(up, "S1 OK") && r.Buffered() == 0:
			return s.handshake(ctx, w)
		case strings.HasPrefix(up, "S1 OK"):
			return nil, errStartTLSMore
		case strings.HasPrefix(up, "S1 "):
			return nil, errNoStartTLS
		}
	}
}

// authenticate prefers SASL PLAIN to LOGIN, which cannot carry a password
// outside ASCII.
func (s Server) authenticate(c *imapclient.Client, secret string) error {
	if c.State() == imap.ConnStateAuthenticated { // PREAUTH, over TLS or loopback
		return nil
	}
	if s.Auth == AuthPassword && !c.Caps().Has(imap.AuthCap(sasl.Plain)) {
		return c.Login(s.Username, secret).Wait()
	}
	err := c.Authenticate(s.mechanism(secret))
	if no := (*imap.Error)(nil); s.Auth == AuthPassword && errors.As(err, &no) && unmeant(no) && !c.Caps().Has(imap.CapLoginDisabled) {
		return c.Login(s.Username, secret).Wait()
	}
	return err
}

// loginError tells a refusal, which is final, from a server out of order
// (RFC 5530 codes) or one that lets nobody in for now, which is worth another try later.
func (s Server) loginError(ctx context.Context, err error, secret string) error {
	var no *imap.Error
	var bearer tokenRefused
	switch {
	case errors.As(err, &bearer):
		return s.refused(protoIMAP, secret, "", string(bearer), Code(bearer))
	case !errors.As(err, &no):
		return s.explain(ctx, protoIMAP, err)
	}
	switch no.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, imap.ResponseCodeOverQuota, codeThrottled:
		return s.quoting(protoIMAP, fmt.Sprintf("log in to %s: the server is out of order (%%s): try later", s.addr()), string(no.Code)+" "+no.Text, Code(no), err)
	}
	switch {
	case !ofSecret(no) && (no.Code == imap.ResponseCodeContactAdmin || no.Code == codeReferral || putsOff(no.Text)):
		said := *no
		said.Text = s.veiled(secret, no.Text)
		return s.putOff(protoIMAP, said.Text, &said)
	case no.Type == imap.StatusResponseTypeBad:
		return s.refused(protoIMAP, secret, "this way to log in is not offered, see imap.auth: ", no.Text, Code(no))
	}
	return s.refused(protoIMAP, secret, "", no.Text, Code(no))
}
