// Package sandbox starts IMAP and SMTP servers inside the process, on loopback
// only, for the demo and for tests.
package sandbox

import (
	"errors"
	"time"

	"license.kz/pometka/mailbox"
)

// Options describes the one account of a sandbox.
type Options struct {
	Username, Password string
	Folders            []string // beside INBOX; nil: Junk and Sent
}

// Envelope is a letter that the SMTP side accepted.
type Envelope = mailbox.Envelope

// Sandbox is a pair of running servers that share one account.
type Sandbox struct {
	IMAPAddr, SMTPAddr string // host:port, implicit TLS
	CA                 []byte // PEM
	SMTP               *Hooks
}

// Hooks are the failures of the SMTP side. A nil hook lets everything pass. A
// hook returns nil to accept, Reply to answer with a code, Drop to cut the
// connection, or any other error for a plain 451. Hooks may block.
type Hooks struct {
	OnMail func(from string) error
	OnRcpt func(to string) error
	OnData func(e Envelope) error // at DATA, before the letter comes
	OnDot  func(e Envelope) error // after the final dot; DropAccepted keeps the letter and cuts
}

// Drop and DropAccepted cut the connection instead of answering. After
// DropAccepted the letter is among Sent: the client cannot know.
var (
	Drop         = errors.New("drop the connection")
	DropAccepted = errors.New("accept, then drop the connection")
)

// Reply is an SMTP answer such as 550, "5.1.1", "no such user".
func Reply(code int, enhanced, text string) error { return errors.New(text) }

// Start starts both servers.
func Start(o Options) (*Sandbox, error) { return nil, errors.New("sandbox: not implemented") }

// Close stops both servers.
func (s *Sandbox) Close() error { return nil }

// Put appends a message with its INTERNALDATE.
func (s *Sandbox) Put(folder string, raw []byte, at time.Time) error { return nil }

// Sent lists what the SMTP side accepted, in order.
func (s *Sandbox) Sent() []Envelope { return nil }
