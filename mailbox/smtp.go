package mailbox

import (
	"context"
	"log/slog"
)

// Envelope is one letter on its way: one sender, one recipient, and the bytes
// as they were stored. From may be empty: the null reverse-path.
type Envelope struct {
	From, To string
	Raw      []byte
}

// Status is what became of a letter handed to the server.
type Status string

// The four ends of Send.
const (
	StatusAccepted  Status = "accepted"  // the server said 250 after the dot
	StatusDeferred  Status = "deferred"  // not taken; the same bytes may be sent again
	StatusRejected  Status = "rejected"  // refused for good (5xx)
	StatusUncertain Status = "uncertain" // lost after the dot: perhaps taken, perhaps not
)

// The phases in which a letter can stop.
const (
	PhaseDial  = "dial"
	PhaseTLS   = "tls"
	PhaseLogin = "login"
	PhaseMail  = "mail"
	PhaseRcpt  = "rcpt"
	PhaseData  = "data"
	PhaseDot   = "dot"
)

// Outcome says what became of one letter.
type Outcome struct {
	Status   Status
	Code     int    // SMTP reply code; 0 when there was no reply
	Enhanced string // RFC 3463, as "5.1.1"; empty when the server gave none
	Phase    string
	Reply    string // the server's words; may hold personal data, never log it
	Err      error  // trouble of the machine: it concerns the whole connection, not this letter
}

// SenderOptions is what a Sender needs to know.
type SenderOptions struct {
	Server
	LocalName string // our name in EHLO; empty: "localhost"
	Log       *slog.Logger
}

// Sender submits letters over one kept connection.
type Sender struct{ o SenderOptions }

// NewSender connects at first use. A Sender is not for concurrent use.
func NewSender(o SenderOptions) *Sender { return &Sender{o: o} }

// Send hands one letter to the server.
func (s *Sender) Send(ctx context.Context, e Envelope) Outcome {
	return Outcome{Status: StatusDeferred, Phase: PhaseDial, Err: errNotYet}
}

// Release ends the batch with QUIT.
func (s *Sender) Release() error { return nil }
