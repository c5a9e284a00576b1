package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// CertificateEnd returns until when the certificate of the server is valid,
// over a connection of its own that ends before the log-in; zero without TLS.
func (r *Reader) CertificateEnd(ctx context.Context) (time.Time, error) {
	return r.o.Server.certificateEnd(ctx, protoIMAP)
}

// CertificateEnd is as that of a Reader.
func (s *Sender) CertificateEnd(ctx context.Context) (time.Time, error) {
	return s.o.Server.certificateEnd(ctx, protoSMTP)
}

func (s Server) certificateEnd(ctx context.Context, p protocol) (time.Time, error) {
	if err := s.check(p); err != nil || s.TLS == TLSNone {
		return time.Time{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.Timeout, errSilent)
	defer cancel()
	conn, w, err := s.dial(ctx, p)
	if err != nil {
		return time.Time{}, err
	}
	defer conn.Close()
	g := guard(ctx, w, s.Timeout)
	var state tls.ConnectionState
	switch {
	case s.TLS == TLSStart && p == protoIMAP:
		conn, err = s.startTLS(ctx, w)
	case s.TLS == TLSStart:
		state, err = s.smtpState(conn)
	}
	if tc, ok := conn.(*tls.Conn); ok {
		state = tc.ConnectionState()
	}
	if err = g.done(err); err != nil {
		return time.Time{}, s.explain(ctx, p, err)
	}
	return chainEnd(state.VerifiedChains), nil
}

// chainEnd is when the last of several ways to trust a certificate ends. What a
// server sends beside them, such as an authority's of former days, counts for
// nothing.
func chainEnd(chains [][]*x509.Certificate) (end time.Time) {
	for _, chain := range chains {
		shortest := chain[0].NotAfter
		for _, c := range chain {
			if c.NotAfter.Before(shortest) {
				shortest = c.NotAfter
			}
		}
		if shortest.After(end) {
			end = shortest
		}
	}
	return end
}

// smtpState begins TLS in an SMTP conversation and leaves it.
func (s Server) smtpState(conn net.Conn) (tls.ConnectionState, error) {
	conf, err := s.tlsConfig()
	if err != nil {
		return tls.ConnectionState{}, err
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err == nil {
		err = c.StartTLS(conf)
	}
	if err != nil {
		return tls.ConnectionState{}, err
	}
	state, _ := c.TLSConnectionState()
	return state, nil
}
