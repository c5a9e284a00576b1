package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"testing"
	"time"
)

// certificateFor makes a certificate that is its own authority.
func certificateFor(t *testing.T, until time.Time, names []string, ips ...net.IP) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "planted"},
		NotBefore: time.Now().AddDate(0, -2, 0), NotAfter: until, DNSNames: names, IPAddresses: ips,
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// front stands before a server of the sandbox, with a certificate of its own;
// change, if any, rewrites what the server says.
func front(t *testing.T, cert tls.Certificate, behind string, change func([]byte) []byte) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				s, err := tls.Dial("tcp", behind, &tls.Config{InsecureSkipVerify: true})
				if err != nil {
					return
				}
				defer s.Close()
				go func() { io.Copy(s, c); s.Close() }()
				b := make([]byte, 64<<10)
				for {
					n, err := s.Read(b)
					said := b[:n]
					if change != nil {
						said = change(said)
					}
					if _, werr := c.Write(said); werr != nil || err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// loopback is a certificate for this machine, and its authority.
func loopbackCertificate(t *testing.T, until time.Time) (tls.Certificate, []byte) {
	return certificateFor(t, until, []string{"localhost"}, net.IPv4(127, 0, 0, 1))
}

// plainServer greets without TLS and answers nothing else.
func plainServer(t *testing.T, greeting string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.WriteString(c, greeting)
				io.Copy(io.Discard, c)
			}()
		}
	}()
	return l.Addr().String()
}

// spam makes an IMAP server list a folder that it does not open.
func spam(said []byte) []byte { return bytes.ReplaceAll(said, []byte("Junk"), []byte("Spam")) }

// limited makes an SMTP server announce a size that is too small.
func limited(said []byte) []byte {
	return bytes.Replace(said, []byte("SIZE\r\n"), []byte("SIZE 65536\r\n"), 1)
}
