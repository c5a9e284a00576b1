package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// TLSMode says how a connection to a mail server is protected.
type TLSMode string

// The three modes. TLSNone is refused unless the host is a loopback address.
const (
	TLSImplicit TLSMode = "implicit" // TLS from the first byte: ports 993 and 465
	TLSStart    TLSMode = "starttls" // plain, then STARTTLS before anything else: ports 143 and 587
	TLSNone     TLSMode = "none"
)

// The ways to log in.
const (
	AuthPassword    = "password"
	AuthXOAuth2     = "xoauth2"     // Microsoft, Google, Yandex
	AuthOAuthBearer = "oauthbearer" // RFC 7628
)

// Secret gives the password or the access token. It is asked at every log-in,
// and once more when a token was refused, so that a fresh one can be minted.
type Secret func(ctx context.Context) (string, error)

// Server is a mail server and the account on it.
type Server struct {
	Host     string
	Port     int     // 0: the usual port of the protocol and TLS mode
	TLS      TLSMode // empty: TLSImplicit
	CA       []byte  // PEM; when set, only these authorities are trusted
	Username string  // empty: no log-in (SMTP only)
	Auth     string  // AuthPassword (also when empty), AuthXOAuth2, AuthOAuthBearer
	Secret   Secret
	Timeout  time.Duration // of one call; 0: a minute
	Waits    Waits         // whom to tell of each wait
}

const defaultTimeout = time.Minute

// protocol names a wire and, at the same time, the section of the
// configuration that describes it: errors point there.
type protocol string

const (
	protoIMAP protocol = "imap"
	protoSMTP protocol = "smtp"
)

// withDefaults fills in what may be left empty.
func (s Server) withDefaults(p protocol) Server {
	if s.TLS == "" {
		s.TLS = TLSImplicit
	}
	if s.Port == 0 {
		s.Port = usualPort(p, s.TLS)
	}
	if s.Auth == "" {
		s.Auth = AuthPassword
	}
	if s.Timeout <= 0 {
		s.Timeout = defaultTimeout
	}
	return s
}

// usualPort: RFC 8314 for implicit TLS, RFC 9051 and RFC 6409 for the others.
func usualPort(p protocol, mode TLSMode) int {
	switch {
	case p == protoIMAP && mode == TLSImplicit:
		return 993
	case p == protoIMAP:
		return 143
	case mode == TLSImplicit:
		return 465
	default:
		return 587
	}
}

//go:noinline
func (s *Server) addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// errSettings: what the configuration says must not be dialled.
var errSettings = errors.New("settings")

// check refuses what must never be dialled.
func (s Server) check(p protocol) error {
	if err := s.fit(p); err != nil {
		return s.fault(p, err.Error(), errSettings)
	}
	return nil
}

func (s Server) fit(p protocol) error {
	switch {
	case s.Host == "":
		return fmt.Errorf("%s.host is empty: name the mail server", p)
	case s.TLS != TLSImplicit && s.TLS != TLSStart && s.TLS != TLSNone:
		return fmt.Errorf("%s.tls is %q: use implicit, starttls or none", p, s.TLS)
	case s.TLS == TLSNone && !isLoopback(s.Host):
		return fmt.Errorf("connect to %s without TLS: refused, the password and the letters would travel in the open: set %s.tls to implicit or starttls", s.addr(), p)
	case s.Auth != AuthPassword && s.Auth != AuthXOAuth2 && s.Auth != AuthOAuthBearer:
		return fmt.Errorf("%s.auth is %q: use password, xoauth2 or oauthbearer", p, s.Auth)
	case s.Username != "" && s.Secret == nil:
		return fmt.Errorf("%s: there is a user name but no secret: set %s.password_file or %s.token_command", p, p, p)
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// dial opens the connection, with TLS where the mode says so from the first
// byte. The wire is the bare connection below; closing it ends everything. The
// caller has run check.
func (s Server) dial(ctx context.Context, p protocol) (net.Conn, *wire, error) {
	defer s.Waits.begin(s.Timeout)()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr())
	if err != nil {
		return nil, nil, &stageError{PhaseDial, s.explain(ctx, p, err)}
	}
	w := &wire{Conn: conn, waits: s.Waits}
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); s.TLS == TLSNone && (!ok || !tcp.IP.IsLoopback()) {
		conn.Close()
		text := fmt.Sprintf("connect to %s: the name does not lead to this machine, and without TLS only this machine is allowed: set %s.tls", s.addr(), p)
		return nil, nil, &stageError{PhaseDial, s.fault(p, text, errSettings)}
	}
	if s.TLS != TLSImplicit {
		return w, w, nil
	}
	tc, err := s.handshake(ctx, w)
	if err != nil {
		conn.Close()
		return nil, nil, &stageError{PhaseTLS, s.explain(ctx, p, err)}
	}
	return tc, w, nil
}

// stageError remembers how far a connection came.
type stageError struct {
	phase string
	err   error
}

func (e *stageError) Error() string { return e.err.Error() }
func (e *stageError) Unwrap() error { return e.err }

// phaseOf is the stage in which err happened, or other if it does not say.
func phaseOf(err error, other string) string {
	if stage := (*stageError)(nil); errors.As(err, &stage) {
		return stage.phase
	}
	return other
}
