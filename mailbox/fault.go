package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"syscall"

	"github.com/emersion/go-imap/v2"
)

// Fault is the sort of trouble with a server, for a program that words it for
// a person in another language than that of the error.
type Fault string

// The sorts of trouble. What is none of them is FaultOther.
const (
	FaultSettings  Fault = "settings"  // the configuration itself forbids to connect
	FaultName      Fault = "name"      // the host's name is not known
	FaultRefused   Fault = "refused"   // nobody listens on the port
	FaultAway      Fault = "away"      // no way leads to the host
	FaultSilent    Fault = "silent"    // no answer in time
	FaultCut       Fault = "cut"       // the server hung up
	FaultPlain     Fault = "plain"     // TLS was expected, and the server speaks without
	FaultNoTLS     Fault = "starttls"  // STARTTLS was expected and is not offered
	FaultExpired   Fault = "expired"   // the certificate's time is over
	FaultNotYet    Fault = "not_yet"   // the certificate's time has not begun
	FaultWrongName Fault = "wrongname" // the certificate is for another host
	FaultAuthority Fault = "authority" // the certificate is from nobody whom we trust
	FaultCA        Fault = "ca"        // the file of authorities holds none
	FaultSecret    Fault = "secret"    // the password or token could not be had here
	FaultNoLogin   Fault = "nologin"   // the server offers no log-in on this connection
	FaultLogin     Fault = "login"     // the server refused the name or the secret
	FaultOther     Fault = "other"
)

// FaultPlace returns the section of the configuration that describes the server
// with which there was trouble, and the server's address; "" for an error of
// another sort.
//
//go:noinline
func FaultPlace(err error) (section, addr string) {
	if e := (*connectError)(nil); errors.As(err, &e) {
		return string(e.section), e.addr
	}
	return "", ""
}

// ServerWords returns what the server itself said about the trouble, or what
// stands in its certificate, for a program that words the rest; "" where it said
// nothing.
func ServerWords(err error) string {
	var (
		refused   *loginRefusal
		away      turnedAway
		no        *imap.Error
		reply     *textproto.Error
		wrongName x509.HostnameError
	)
	switch {
	case errors.As(err, &refused):
		return refused.reply
	case errors.As(err, &away):
		return string(away)
	case errors.As(err, &no):
		return plain(no.Text, 200)
	case errors.As(err, &reply):
		return plain(strconv.Itoa(reply.Code)+" "+reply.Msg, 200)
	case errors.As(err, &wrongName):
		return names(wrongName.Certificate)
	}
	return ""
}

// FaultOf sorts an error of a Reader or Sender; "" for nil.
func FaultOf(err error) Fault {
	var (
		noHost    *net.DNSError
		invalid   x509.CertificateInvalidError
		wrongName x509.HostnameError
		unknown   x509.UnknownAuthorityError
		notTLS    tls.RecordHeaderError
	)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errSettings):
		return FaultSettings
	case errors.Is(err, errSecret):
		return FaultSecret
	case errors.Is(err, ErrLogin):
		return FaultLogin
	case errors.Is(err, errNoCA):
		return FaultCA
	case errors.As(err, &noHost):
		return FaultName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return expiredOrNotYet(invalid)
	case errors.As(err, &wrongName):
		return FaultWrongName
	case errors.As(err, &unknown):
		return FaultAuthority
	case errors.As(err, &notTLS):
		return FaultPlain
	case errors.Is(err, errNoStartTLS):
		return FaultNoTLS
	case errors.Is(err, errNoAuth):
		return FaultNoLogin
	case isUnreachable(err):
		return FaultAway
	case errors.Is(err, syscall.ECONNREFUSED):
		return FaultRefused
	case errors.Is(err, errSilent), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return FaultSilent
	case isCut(err):
		return FaultCut
	}
	return FaultOther
}

// expiredOrNotYet: the library calls both «expired». What speaks of the clock
// of the machine is not decided here.
func expiredOrNotYet(e x509.CertificateInvalidError) Fault {
	if e.Cert != nil && expiryAhead(e.Cert) {
		return FaultNotYet
	}
	return FaultExpired
}
