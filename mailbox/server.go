package mailbox

import (
	"context"
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
	Port     int // 0: the usual port of the protocol and TLS mode
	TLS      TLSMode
	CA       []byte // PEM; when set, only these authorities are trusted
	Username string // empty: no log-in (SMTP only)
	Auth     string // AuthPassword (also when empty), AuthXOAuth2, AuthOAuthBearer
	Secret   Secret
	Timeout  time.Duration // of one call; 0: a minute
}
