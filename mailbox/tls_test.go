package mailbox_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// certificate is self-signed for host and valid until the given moment.
func certificate(t testing.TB, host string, until time.Time) (*tls.Config, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	if ip := net.ParseIP(host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// begin answers STARTTLS and goes on under TLS.
func begin(conf *tls.Config, more string) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		if cmd != "STARTTLS" {
			return false
		}
		c.say("%s OK begin\r\n%s", tag, more)
		c.Conn = tls.Server(c.Conn, conf)
		return true
	}
}

// What an administrator gets wrong, or a server: one line that says what failed
// and which key to look at, and no password on the wire.
func TestConnectErrors(t *testing.T) {
	ok := time.Now().AddDate(0, 6, 0)
	conf, ca := certificate(t, "127.0.0.1", ok)
	old, oldCA := certificate(t, "127.0.0.1", time.Now().AddDate(0, 0, -1))
	other, otherCA := certificate(t, "mail.example.kz", ok)
	for name, c := range map[string]struct {
		script script
		change func(*mailbox.Server)
		want   string
	}{
		"private authority not given": {script{tls: conf}, func(s *mailbox.Server) {}, "unknown authority: if the server has a private one, set imap.ca_file"},
		"expired certificate":         {script{tls: old}, func(s *mailbox.Server) { s.CA = oldCA }, "certificate expired on "},
		"wrong host name":             {script{tls: other}, func(s *mailbox.Server) { s.CA = otherCA }, "for another name (mail.example.kz): check imap.host"},
		"authorities that are none":   {script{tls: conf}, func(s *mailbox.Server) { s.CA = []byte("no PEM") }, "check imap.ca_file"},
		"no TLS on this port":         {script{}, func(s *mailbox.Server) {}, "does not speak TLS on this port: check imap.port and imap.tls"},
		"STARTTLS on a TLS port":      {script{tls: conf}, func(s *mailbox.Server) { s.TLS = mailbox.TLSStart }, "no answer within"},
		"STARTTLS not offered":        {script{command: refuse("STARTTLS")}, func(s *mailbox.Server) { s.TLS = mailbox.TLSStart }, "does not offer STARTTLS: check imap.port and imap.tls"},
		"STARTTLS, wrong certificate": {script{command: begin(old, "")}, func(s *mailbox.Server) { s.TLS, s.CA = mailbox.TLSStart, oldCA }, "certificate expired on "},
		"STARTTLS, words smuggled in": {script{command: begin(conf, "* OK [ALERT] x\r\n")}, func(s *mailbox.Server) { s.TLS, s.CA = mailbox.TLSStart, ca }, "in the open"},
		"STARTTLS, PREAUTH":           {script{greeting: "* PREAUTH welcome"}, func(s *mailbox.Server) { s.TLS = mailbox.TLSStart }, "turned us away"},
		"no TLS off loopback":         {script{}, func(s *mailbox.Server) { s.TLS, s.Host = mailbox.TLSNone, "imap.example.kz" }, "refused, the password"},
		"unknown host":                {script{}, func(s *mailbox.Server) { s.Host = "imap.invalid" }, "check imap.host"},
		"unknown mode":                {script{}, func(s *mailbox.Server) { s.TLS = "tls" }, "imap.tls is"},
		"server full":                 {script{greeting: "* BYE [UNAVAILABLE] too many connections"}, func(s *mailbox.Server) { s.TLS = mailbox.TLSNone }, "too many connections"},
		"silent from the beginning":   {script{greeting: "* OK"}, func(s *mailbox.Server) { s.TLS = mailbox.TLSImplicit }, "imap."},
		"nobody listens on this port": {script{}, func(s *mailbox.Server) { s.TLS, s.Port = mailbox.TLSNone, 1 }, "connection refused: check imap.host and imap.port"},
		"the secret cannot be had":    {script{}, func(s *mailbox.Server) { s.TLS, s.Secret = mailbox.TLSNone, noSecret }, "get the secret: no such file"},
		"the secret is an empty file": {script{}, func(s *mailbox.Server) { s.TLS, s.Secret = mailbox.TLSNone, secret("") }, "the secret is empty"},
		"there is no secret at all":   {script{}, func(s *mailbox.Server) { s.TLS, s.Secret = mailbox.TLSNone, nil }, "no secret"},
		"the user name is not given":  {script{}, func(s *mailbox.Server) { s.TLS, s.Username = mailbox.TLSNone, "" }, "imap.username is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 1, c.script)
			s := server(t, f.addr, nil)
			s.Timeout = 2 * time.Second
			c.change(&s)
			r := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
			_, err := r.Examine(t.Context(), "INBOX")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v", err)
			}
			if s := err.Error(); strings.Contains(s, "пароль") || strings.ContainsAny(s, "\r\n") {
				t.Errorf("error %q", s)
			}
			for _, cmd := range f.commands() {
				if strings.HasPrefix(cmd, "AUTHENTICATE") || strings.HasPrefix(cmd, "LOGIN") {
					t.Errorf("the password went out: %s", cmd)
				}
			}
		})
	}
}

func noSecret(context.Context) (string, error) { return "", errors.New("no such file") }

func refuse(verb string) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, verb) {
			return false
		}
		c.say("%s BAD unknown command\r\n", tag)
		return true
	}
}

func TestPrivateAuthority(t *testing.T) {
	conf, ca := certificate(t, "127.0.0.1", time.Now().AddDate(0, 6, 0))
	for _, mode := range []mailbox.TLSMode{mailbox.TLSImplicit, mailbox.TLSStart} {
		sc := script{tls: conf}
		if mode == mailbox.TLSStart {
			sc = script{command: begin(conf, "")}
		}
		f := startFake(t, 2, sc)
		s := server(t, f.addr, ca)
		s.TLS = mode
		r := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
		if heads, err := pass(t, r, 1); err != nil || len(heads) != 2 {
			t.Errorf("%s: %d heads, %v", mode, len(heads), err)
		}
		r.Close()
	}
}

func TestLogIn(t *testing.T) {
	plain := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, c := range map[string]struct {
		caps, auth, secret, want string
	}{
		"PLAIN":            {"IMAP4rev1 AUTH=PLAIN SASL-IR", "", "пароль", "AUTHENTICATE PLAIN " + plain("\x00info@license.kz\x00пароль")},
		"LOGIN":            {"IMAP4rev1", "", `pass"word`, `LOGIN "info@license.kz" "pass\"word"`},
		"XOAUTH2":          {"IMAP4rev1 AUTH=XOAUTH2 SASL-IR", mailbox.AuthXOAuth2, "tok", "AUTHENTICATE XOAUTH2 " + plain("user=info@license.kz\x01auth=Bearer tok\x01\x01")},
		"OAUTHBEARER":      {"IMAP4rev1 AUTH=OAUTHBEARER SASL-IR", mailbox.AuthOAuthBearer, "tok", "AUTHENTICATE OAUTHBEARER bixhPWluZm9AbGljZW5zZS5reiw"},
		"a way not known":  {"IMAP4rev1", "kerberos", "x", ""},
		"without SASL-IR?": {"IMAP4rev1 AUTH=PLAIN", "", "p", "AUTHENTICATE PLAIN"},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, 1, script{caps: c.caps})
			if name == "without SASL-IR?" {
				f.command = askFor(f)
			}
			s := server(t, f.addr, nil)
			s.TLS, s.Auth, s.Secret = mailbox.TLSNone, c.auth, secret(c.secret)
			r := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
			defer r.Close()
			_, err := r.Examine(t.Context(), "INBOX")
			if c.want == "" {
				if err == nil || !strings.Contains(err.Error(), "imap.auth") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || !strings.Contains(strings.Join(f.commands(), "\n"), c.want) {
				t.Errorf("%v\n%q", err, f.commands())
			}
		})
	}
}

// askFor takes the initial response in a line of its own.
func askFor(*fakeIMAP) func(*talk, string, string) bool {
	waiting := ""
	return func(c *talk, tag, cmd string) bool {
		switch {
		case strings.HasPrefix(cmd, "AUTHENTICATE PLAIN"):
			waiting = tag
			c.say("+ \r\n")
		case waiting != "" && cmd == "": // the response has no second word
			c.say("%s OK in\r\n", waiting)
			waiting = ""
		default:
			return false
		}
		return true
	}
}

func TestRefusedLogIn(t *testing.T) {
	answer := func(reply string) func(*talk, string, string) bool {
		return func(c *talk, tag, cmd string) bool {
			if !strings.HasPrefix(cmd, "AUTHENTICATE") && !strings.HasPrefix(cmd, "LOGIN") {
				return false
			}
			c.say("%s %s\r\n", tag, reply)
			return true
		}
	}
	for name, c := range map[string]struct {
		auth, reply, want string
		refused           bool
		dials, secrets    int
	}{
		"wrong password":         {"", "NO [AUTHENTICATIONFAILED] пароль \"1\" of info@license.kz is wrong", "refused the password (*** of *** is wrong): check imap.username", true, 1, 1},
		"server out of order":    {"", "NO [UNAVAILABLE] backend down", "out of order (UNAVAILABLE backend down): try later", false, 1, 1},
		"way not offered":        {"", "BAD unknown mechanism", "imap.auth", true, 1, 1},
		"wrong token":            {mailbox.AuthXOAuth2, "NO [AUTHENTICATIONFAILED] expired", "refused the token (expired): check imap.username and the token", true, 1, 2},
		"wrong token, a bad one": {mailbox.AuthOAuthBearer, "NO no", "refused the token", true, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, 1, script{command: answer(c.reply), caps: "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR"})
			s := server(t, f.addr, nil)
			asked := 0
			s.TLS, s.Auth, s.Secret = mailbox.TLSNone, c.auth, func(context.Context) (string, error) { asked++; return "пароль \"1\"", nil }
			r := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
			defer r.Close()
			_, err := r.Examine(t.Context(), "INBOX")
			if errors.Is(err, mailbox.ErrLogin) != c.refused || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), "пароль") || strings.Contains(err.Error(), "info@") {
				t.Errorf("the error holds the secret or the name: %v", err)
			}
			if f.dials != c.dials || asked != c.secrets {
				t.Errorf("%d connections, secret asked %d times", f.dials, asked)
			}
		})
	}
}

// To list the folders is one try to log in, for more of them could lock the
// account; and beside a silent server it takes one time-out.
func TestFoldersTryOnce(t *testing.T) {
	refusing := startFake(t, 1, script{command: func(c *talk, tag, cmd string) bool {
		if strings.HasPrefix(cmd, "AUTHENTICATE") {
			c.say("%s NO [AUTHENTICATIONFAILED] no\r\n", tag)
			return true
		}
		return false
	}})
	r := refusing.reader(t, 5*time.Second)
	if _, err := r.Folders(t.Context()); !errors.Is(err, mailbox.ErrLogin) || refusing.dials != 1 {
		t.Errorf("%d connections, %v", refusing.dials, err)
	}
	mute := startFake(t, 1, script{command: func(_ *talk, _, cmd string) bool { return strings.HasPrefix(cmd, "LIST") }})
	r = mute.reader(t, 300*time.Millisecond)
	if _, err := r.Folders(t.Context()); mailbox.FaultOf(err) != mailbox.FaultSilent || mute.dials != 1 {
		t.Errorf("%d connections, %v", mute.dials, err)
	}
}

// The challenge with which a server explains that it refuses a token is a refusal,
// in whatever form: the token is asked for anew, once, and the next is good.
func TestFreshTokenAfterRefusal(t *testing.T) {
	for _, says := range []string{`{"status":"401","schemes":"bearer"}`, `{"status":401}`, `{"error":"invalid_token"}`, "expired, sorry"} {
		for _, auth := range []string{mailbox.AuthXOAuth2, mailbox.AuthOAuthBearer} {
			freshToken(t, auth, says)
		}
	}
}

func freshToken(t *testing.T, auth, says string) {
	for refusals := 1; refusals <= 2; refusals++ {
		f := startFake(t, 1, script{caps: "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR"})
		f.command = func(c *talk, tag, cmd string) bool {
			refused := c.n <= refusals
			switch {
			case refused && strings.HasPrefix(cmd, "AUTHENTICATE"):
				c.say("+ %s\r\n", base64.StdEncoding.EncodeToString([]byte(says)))
			case refused:
				c.say("%s NO [AUTHENTICATIONFAILED] expired\r\n", tag)
			}
			return refused
		}
		s := server(t, f.addr, nil)
		asked := 0
		s.TLS, s.Auth, s.Secret = mailbox.TLSNone, auth, func(context.Context) (string, error) { asked++; return fmt.Sprint("tok", asked), nil }
		r := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
		_, err := r.Examine(t.Context(), "INBOX")
		if asked != 2 || f.dials != 2 || errors.Is(err, mailbox.ErrLogin) != (refusals == 2) || (err == nil) != (refusals == 1) {
			t.Errorf("%s, %s: %v after %d tokens over %d connections", auth, says, err, asked, f.dials)
		}
		r.Close()
	}
}
