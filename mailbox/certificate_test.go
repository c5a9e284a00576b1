package mailbox_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/sandbox"
)

// The end of a server's certificate is that of the chain's shortest.
func TestCertificateEnd(t *testing.T) {
	box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	block, _ := pem.Decode(box.CA)
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, box.IMAPAddr, box.CA)})
	s := mailbox.NewSender(mailbox.SenderOptions{Server: server(t, box.SMTPAddr, box.CA)})
	fromIMAP, err := r.CertificateEnd(t.Context())
	if err != nil || fromIMAP.IsZero() || fromIMAP.After(ca.NotAfter) {
		t.Errorf("IMAP: %v, %v", fromIMAP, err)
	}
	if fromSMTP, err := s.CertificateEnd(t.Context()); err != nil || !fromSMTP.Equal(fromIMAP) {
		t.Errorf("SMTP: %v, %v; want %v", fromSMTP, err, fromIMAP)
	}
}

// Servers go on sending an authority's certificate of former days, by which
// nobody trusts them any more: its end is none of theirs.
func TestCertificateEndBesideAnOldOne(t *testing.T) {
	until := time.Now().AddDate(0, 6, 0).Truncate(time.Second)
	conf, ca := certificate(t, "127.0.0.1", until)
	old, _ := certificate(t, "127.0.0.1", time.Now().AddDate(-1, 0, 0))
	conf.Certificates[0].Certificate = append(conf.Certificates[0].Certificate, old.Certificates[0].Certificate...)
	f := startFake(t, 0, script{tls: conf})
	end, err := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, f.addr, ca)}).CertificateEnd(t.Context())
	if err != nil || !end.Equal(until) {
		t.Errorf("%v, %v; want %v", end, err, until)
	}
}

func TestCertificateEndStartTLS(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{})
	o := real(s)
	implicit, err := mailbox.NewReader(mailbox.ReaderOptions{Server: o}).CertificateEnd(t.Context())
	if err != nil || implicit.IsZero() {
		t.Fatalf("implicit TLS: %v, %v", implicit, err)
	}
	o.TLS, o.Port = mailbox.TLSStart, s.PlainPort
	if end, err := mailbox.NewReader(mailbox.ReaderOptions{Server: o}).CertificateEnd(t.Context()); err != nil || !end.Equal(implicit) {
		t.Errorf("STARTTLS: %v, %v; want %v", end, err, implicit)
	}
}
