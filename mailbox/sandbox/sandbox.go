// Package sandbox starts IMAP and SMTP servers inside the process, on loopback
// only, for the demo and for tests. Both speak real TLS with a throw-away
// certificate, whose authority is Sandbox.CA. Letters live in memory.
//
// Real servers differ: the IMAP side knows no SPECIAL-USE (its junk folder is
// found by name) and does not refuse writes after EXAMINE.
package sandbox

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"

	"license.kz/pometka/mailbox"
)

// Options describes the one account of a sandbox.
type Options struct {
	Username, Password string
	Folders            []string // beside INBOX; nil: Junk and Sent

	// SMTP are the first failures. Hooks set later are seen by connections
	// that this process makes afterwards; another process may be faster.
	SMTP Hooks
}

// Envelope is a letter that the SMTP side accepted.
type Envelope = mailbox.Envelope

// Sandbox is a pair of running servers that share one account.
type Sandbox struct {
	IMAPAddr, SMTPAddr string // host:port on 127.0.0.1, implicit TLS
	CA                 []byte // PEM
	SMTP               *Hooks // set hooks before the first letter is sent

	username, password string
	user               *imapmemserver.User
	imap               *imapserver.Server
	smtp               *smtp.Server
	listeners          []net.Listener
	serving            sync.WaitGroup

	mu   sync.Mutex
	sent []Envelope
}

// Start starts both servers. They stop with Close.
func Start(o Options) (*Sandbox, error) {
	if o.Folders == nil {
		o.Folders = []string{"Junk", "Sent"}
	}
	cert, ca, err := throwAway()
	if err != nil {
		return nil, fmt.Errorf("start sandbox: make certificate: %w", err)
	}
	s := &Sandbox{CA: ca, SMTP: &o.SMTP, username: o.Username, password: o.Password}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	imapSide, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	if err != nil {
		return nil, fmt.Errorf("start sandbox: %w", err)
	}
	smtpSide, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	if err != nil {
		imapSide.Close()
		return nil, fmt.Errorf("start sandbox: %w", err)
	}
	if err = s.startIMAP(imapSide, o.Folders); err != nil {
		imapSide.Close()
		smtpSide.Close()
		return nil, fmt.Errorf("start sandbox: %w", err)
	}
	s.startSMTP(smtpSide)
	return s, nil
}

func (s *Sandbox) startIMAP(l net.Listener, folders []string) error {
	s.user = imapmemserver.NewUser(s.username, s.password)
	for _, name := range append([]string{"INBOX"}, folders...) {
		if err := s.user.Create(name, nil); err != nil {
			return fmt.Errorf("create folder %q: %w", name, err)
		}
	}
	mem := imapmemserver.New()
	mem.AddUser(s.user)
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:   imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		Logger: log.New(io.Discard, "", 0),
	})
	s.IMAPAddr = l.Addr().String()
	s.serve(l, s.imap.Serve)
	return nil
}

func (s *Sandbox) startSMTP(l net.Listener) {
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.smtp.Domain = "sandbox"
	s.smtp.MaxRecipients = 1
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.EnableDSN = true
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	s.SMTPAddr = l.Addr().String()
	s.serve(l, s.smtp.Serve)
}

// serve runs a server; it ends with an error when it is closed, by design.
func (s *Sandbox) serve(l net.Listener, run func(net.Listener) error) {
	s.listeners = append(s.listeners, l)
	s.serving.Add(1)
	go func() {
		defer s.serving.Done()
		_ = run(l)
	}()
}

// Close stops both servers and cuts their connections.
func (s *Sandbox) Close() error {
	for _, l := range s.listeners {
		l.Close() // a server that has not begun to serve does not know it yet
	}
	_, _ = s.imap.Close(), s.smtp.Close()
	s.serving.Wait()
	return nil
}

// Put appends a message with its INTERNALDATE, as if it had just arrived.
func (s *Sandbox) Put(folder string, raw []byte, at time.Time) error {
	_, err := s.user.Append(folder, literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at})
	if err != nil {
		return fmt.Errorf("put letter into %q: %w", folder, err)
	}
	return nil
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// Sent lists what the SMTP side accepted, in order.
func (s *Sandbox) Sent() []Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

func (s *Sandbox) keep(e Envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, e)
}
