package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail/smtp"
)

// ErrLogin: the server refused the name or the secret. Trying again with the
// same ones may lock the account.
var ErrLogin = errors.New("log-in refused")

// errSecret: the password or token could not be had, or is none.
var errSecret = errors.New("no secret")

// secret asks for the password or token.
func (s Server) secret(ctx context.Context, p protocol) (string, error) {
	v, err := s.Secret(ctx)
	if err != nil {
		return "", s.fault(p, fmt.Sprintf("log in to %s: get the secret: %v", s.addr(), err), errors.Join(errSecret, err))
	}
	if v == "" {
		return "", s.fault(p, fmt.Sprintf("log in to %s: the secret is empty: check %s.password_file or %s.token_command", s.addr(), p, p), errSecret)
	}
	return v, nil
}

// mechanism is the SASL client for the configured way to log in.
func (s Server) mechanism(secret string) sasl.Client {
	switch s.Auth {
	case AuthXOAuth2:
		return explained{&xoauth2{s.Username, secret}}
	case AuthOAuthBearer:
		return explained{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: s.Username, Token: secret, Host: s.Host, Port: s.Port})}
	}
	return sasl.NewPlainClient("", s.Username, secret)
}

func (s Server) secretName() string {
	if s.usesToken() {
		return "token"
	}
	return "password"
}

// usesToken: a refused token is asked for anew once, a refused password never.
func (s Server) usesToken() bool { return s.Auth != AuthPassword }

// refused words a log-in that the server turned down. The server's own words
// help («IMAP is disabled»), but must not carry the secret or the name. hint is
// what is told before them, and code what the log holds instead of them.
func (s Server) refused(p protocol, secret, hint, reply, code string) error {
	what := s.secretName()
	reply = plain(s.veiled(secret, reply), 200)
	format := fmt.Sprintf("log in to %s: the server refused the %s (%s%%s): check %s.username and the %s", s.addr(), what, hint, p, what)
	return &loginRefusal{s.quoting(p, format, reply, code, ErrLogin), reply, code}
}

// veiled is what a server says without the secret and the name.
func (s Server) veiled(secret, reply string) string {
	for _, private := range []string{secret, s.Username} {
		if private != "" {
			reply = strings.ReplaceAll(reply, private, "***")
		}
	}
	return reply
}

// loginRefusal keeps the server's own words apart.
type loginRefusal struct {
	error
	reply, code string
}

func (r *loginRefusal) Unwrap() error { return r.error }

// xoauth2 is the mechanism of Google and Microsoft from before RFC 7628; the
// SASL library has dropped it.
type xoauth2 struct{ user, token string }

func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// explained is a client with a token, of which there is nothing more to say: a
// challenge is how a server explains that it refuses it (RFC 7628, 3.2.3), and waits
// for an answer before it says NO. The libraries answer some wrongly, and take what is
// no JSON, or has a number for its status, for trouble of another kind.
type explained struct{ sasl.Client }

func (e explained) Next(challenge []byte) ([]byte, error) {
	if len(challenge) == 0 {
		return []byte{}, nil
	}
	var said struct{ Status any }
	if json.Unmarshal(challenge, &said) == nil && said.Status != nil {
		challenge = fmt.Append(nil, said.Status)
	}
	return nil, tokenRefused(challenge)
}

// tokenRefused is what the server explained a refusal with.
type tokenRefused string

func (t tokenRefused) Error() string { return "token refused: " + plain(string(t), 200) }

// submission lends a SASL client to the SMTP library, which has an interface
// of its own. That the connection is protected was settled when it was dialled.
type submission struct{ client sasl.Client }

func (a submission) Start(*smtp.ServerInfo) (string, []byte, error) { return a.client.Start() }

func (a submission) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	return a.client.Next(challenge)
}

// login is the obsolete LOGIN mechanism, still the only one of some servers:
// the name, then the password, whatever words the server asks with.
type login struct{ user, secret string }

func (l *login) Start() (string, []byte, error) { return "LOGIN", nil, nil }

func (l *login) Next([]byte) ([]byte, error) {
	answer := l.user
	l.user = l.secret
	return []byte(answer), nil
}
