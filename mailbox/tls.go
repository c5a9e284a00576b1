package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// tlsConfig trusts the given authorities only, or the system's when there are
// none given.
func (s Server) tlsConfig() (*tls.Config, error) {
	c := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if len(s.CA) == 0 {
		return c, nil
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(s.CA) {
		return nil, errNoCA
	}
	return c, nil
}

var errNoCA = errors.New("no certificate in the file of authorities")

func (s Server) handshake(ctx context.Context, conn net.Conn) (*tls.Conn, error) {
	c, err := s.tlsConfig()
	if err != nil {
		return nil, err
	}
	tc := tls.Client(conn, c)
	return tc, tc.HandshakeContext(ctx)
}

// explain turns a failed connection into one line for the administrator: what
// was tried, what happened, which key of the configuration to look at.
func (s Server) explain(ctx context.Context, p protocol, err error) error {
	return s.word(ctx, p, "connect to", err)
}

// lost is explain for a connection that had been working.
func (s Server) lost(ctx context.Context, p protocol, err error) error {
	return s.word(ctx, p, "talk to", err)
}

func (s Server) word(ctx context.Context, p protocol, doing string, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errSilent) {
		return fmt.Errorf("%s %s: %w", doing, s.addr(), cause)
	}
	what, todo := s.diagnose(p, err, ServerWords(err), plain(err.Error(), 200))
	e := s.fault(p, fmt.Sprintf("%s %s: %s: %s", doing, s.addr(), what, todo), err)
	if short, _ := s.diagnose(p, err, Code(err), cause(err)); short != what {
		e.log = fmt.Sprintf("%s %s: %s: %s%s", doing, s.addr(), short, todo, where)
	}
	return e
}

// fault is not put into its callers, and takes no copy of the server.
//
//go:noinline
func (s *Server) fault(p protocol, text string, err error) *connectError {
	return &connectError{p, s.addr(), text, text, err}
}

// quoting is fault with what a server said, or its code for the log, in the place of %s.
//
//go:noinline
func (s *Server) quoting(p protocol, format, words, code string, err error) *connectError {
	e := s.fault(p, strings.Replace(format, "%s", plain(words, 200), 1), err)
	e.log = strings.Replace(format, "%s", code, 1) + where
	return e
}

// connectError speaks to a person and keeps the cause for the program.
type connectError struct {
	section protocol
	addr    string
	text    string
	log     string // without what the server said: see Logged
	err     error
}

func (e *connectError) Error() string { return e.text }
func (e *connectError) Unwrap() error { return e.err }

func silence(d time.Duration) string { return fmt.Sprintf("no answer within %s", d) }

// patience is how long the answer was waited for, as far as err tells it.
func patience(err error, usual time.Duration) time.Duration {
	if u := unheard(0); errors.As(err, &u) {
		return time.Duration(u)
	}
	return usual
}

// hungUp is the word for FaultCut.
const hungUp = "the server hung up"

// diagnose words what FaultOf sorts: what happened, and which key of the
// configuration to look at. said is what the server said to it, other how to put what is of
// no sort.
func (s Server) diagnose(p protocol, err error, said, other string) (what, todo string) {
	var invalid x509.CertificateInvalidError
	switch FaultOf(err) {
	case FaultCA:
		return errNoCA.Error(), fmt.Sprintf("check %s.ca_file", p)
	case FaultName:
		return "the name is not known", fmt.Sprintf("check %s.host and this machine's name server", p)
	case FaultExpired, FaultNotYet:
		errors.As(err, &invalid)
		return expiry(invalid.Cert), "the server's certificate must be renewed, or this machine's clock is wrong"
	case FaultWrongName:
		return "the server's certificate is for another name" + bracketed(said), fmt.Sprintf("check %s.host", p)
	case FaultAuthority:
		return "the server's certificate is from an unknown authority", fmt.Sprintf("if the server has a private one, set %s.ca_file", p)
	case FaultPlain:
		return "the server does not speak TLS on this port", fmt.Sprintf("check %s.port and %s.tls", p, p)
	case FaultNoTLS:
		return errNoStartTLS.Error(), fmt.Sprintf("check %s.port and %s.tls", p, p)
	case FaultNoLogin:
		return errNoAuth.Error(), fmt.Sprintf("check %s.port and %s.tls, or leave %s.username empty", p, p, p)
	case FaultAway:
		return "no way leads there", fmt.Sprintf("check %s.host and this machine's network", p)
	case FaultRefused:
		return "connection refused", fmt.Sprintf("check %s.host and %s.port", p, p)
	case FaultSilent:
		if errors.Is(err, errSlow) || errors.Is(err, errTrickle) {
			return fmt.Sprintf("too slow: little came within %s", patience(err, s.Timeout)), fmt.Sprintf("check the line, or set %s.timeout higher", p)
		}
		return silence(patience(err, s.Timeout)), fmt.Sprintf("check %s.host and %s.port, and that no firewall is in between", p, p)
	case FaultCut:
		return hungUp + bracketed(said), fmt.Sprintf("try later, or check %s.port and %s.tls", p, p)
	}
	return other, fmt.Sprintf("try later, or check %s.host, %s.port and %s.tls", p, p, p)
}

var (
	errNoStartTLS = errors.New("the server does not offer STARTTLS")
	errNoAuth     = errors.New("the server does not offer to log in here")
)

// expiryAhead reports whether the certificate's time has not begun.
func expiryAhead(c *x509.Certificate) bool { return time.Now().Before(c.NotBefore) }

func expiry(c *x509.Certificate) string {
	if expiryAhead(c) {
		return "the server's certificate is not valid before " + c.NotBefore.UTC().Format(time.DateOnly)
	}
	return "the server's certificate expired on " + c.NotAfter.UTC().Format(time.DateOnly)
}

// names are those for which a certificate is.
func names(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	return plain(strings.Join(c.DNSNames, ", "), 120)
}

func bracketed(said string) string {
	if said == "" {
		return ""
	}
	return " (" + said + ")"
}

func isUnreachable(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH)
}

// isCut tells a connection that ended from one that said something odd.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// plain makes a server's words fit for one line of a log or a terminal:
// printable, valid UTF-8, at most max bytes.
//
//go:noinline
func plain(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x200b || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > max {
		s = strings.ToValidUTF8(s[:max], "") + "…"
	}
	return strings.TrimSpace(s)
}
