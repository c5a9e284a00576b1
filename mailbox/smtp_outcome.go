package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"
)

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
	PhaseDial  = "dial" // reaching the server, up to its greeting and EHLO
	PhaseTLS   = "tls"
	PhaseLogin = "login"
	PhaseMail  = "mail"
	PhaseRcpt  = "rcpt"
	PhaseData  = "data" // DATA and the letter itself
	PhaseDot   = "dot"  // the final dot and after
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

// failed classifies an error of the library. A reply decides by its code. No
// reply means that the connection is lost: nothing was taken so far.
func failed(phase string, err error) Outcome {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return Outcome{Status: StatusDeferred, Phase: phase, Err: err}
	}
	out := Outcome{Status: StatusDeferred, Code: reply.Code, Phase: phase, Reply: reply.Msg}.split()
	switch {
	case reply.Code == 421: // RFC 5321, 3.8: the server closes the connection
		out.Err = fmt.Errorf("the server is closing the connection (421): %w", io.EOF)
	case reply.Code >= 500 && reply.Code < 600:
		out.Status = StatusRejected
	case reply.Code < 400 || reply.Code >= 600: // a reply that does not belong here
		out.Err = outOfTurn(reply.Code)
		out.Code = 0
	}
	return out
}

// outOfTurn is a reply that does not belong where it came.
type outOfTurn int

func (o outOfTurn) Error() string { return fmt.Sprintf("the server answered %d out of turn", int(o)) }

// EnhancedStumbled is the code of a letter over which this program stumbled (RFC
// 3463, 3.4: undefined status of the system). No server said it, so there is no Code.
const EnhancedStumbled = "5.3.0"

// outlive, deferred, makes an Outcome of a mistake of this program over a letter: to
// send it again would be the same mistake again. Behind the dot nobody knows whether
// the server took it.
func (s *Sender) outlive(out *Outcome) {
	v := recover()
	if v == nil {
		return
	}
	stumbled(v)
	if s.w != nil {
		s.hangUp()
	}
	*out = Outcome{Status: StatusRejected, Enhanced: EnhancedStumbled, Phase: PhaseData}
	if s.dot {
		out.Status, out.Phase = StatusUncertain, PhaseDot
	}
}

var enhanced = lazily(`^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)`)

// split moves the enhanced code (RFC 2034) out of the reply.
func (o Outcome) split() Outcome {
	if m := enhanced().FindStringSubmatch(o.Reply); m != nil {
		o.Enhanced = m[1]
		o.Reply = strings.TrimSpace(o.Reply[len(m[1]):])
	}
	o.Reply = plain(o.Reply, 500)
	return o
}

// lostIdle: the connection broke before the server saw anything of the letter,
// or the server announced its end then.
func (o Outcome) lostIdle() bool {
	return o.Phase == PhaseMail && (o.Code == 421 || o.Code == 0 && o.Err != nil && !errors.Is(o.Err, errSilent))
}

// openError words what happened before any letter.
func (s *Sender) openError(ctx context.Context, phase string, err error, secret string) error {
	var reply *textproto.Error
	var bearer tokenRefused
	switch {
	case errors.As(err, &bearer):
		return s.o.refused(protoSMTP, secret, "", string(bearer), Code(bearer))
	case !errors.As(err, &reply):
		return s.o.explain(ctx, protoSMTP, err)
	case phase == PhaseLogin && reply.Code >= 500 && reply.Code < 600 && !aboutSecret[reply.Code] && putsOff(reply.Msg):
		said := textproto.Error{Code: reply.Code, Msg: s.o.veiled(secret, reply.Msg)}
		return s.o.putOff(protoSMTP, said.Error(), &said)
	case phase == PhaseLogin && reply.Code >= 500 && reply.Code < 600:
		return s.o.refused(protoSMTP, secret, "", fmt.Sprintf("%d %s", reply.Code, reply.Msg), Code(reply))
	case phase == PhaseLogin:
		return s.o.fault(protoSMTP, fmt.Sprintf("log in to %s: the server is out of order (%d): try later", s.o.addr(), reply.Code), err)
	}
	format := fmt.Sprintf("connect to %s: the server turned us away (%%s): try later, or check smtp.host and smtp.port", s.o.addr())
	return s.o.quoting(protoSMTP, format, fmt.Sprintf("%d %s", reply.Code, reply.Msg), Code(reply), err)
}

// checkEnvelope refuses what would break out of the command line, before
// anything is sent. The limits are those of RFC 5321, 4.5.3.1.
func checkEnvelope(e Envelope) (Outcome, bool) {
	refuse := func(phase, enhanced, why string) (Outcome, bool) {
		return Outcome{Status: StatusRejected, Enhanced: enhanced, Phase: phase, Reply: why}, false
	}
	switch {
	case e.From != "" && !plainAddress(e.From):
		return refuse(PhaseMail, "5.1.7", "bad sender address")
	case !plainAddress(e.To):
		return refuse(PhaseRcpt, "5.1.3", "bad recipient address")
	}
	return Outcome{}, true
}

// plainAddress accepts local@domain without anything that means something to
// SMTP. Quoted local parts are refused: no person's address needs them.
func plainAddress(a string) bool {
	at := strings.LastIndexByte(a, '@')
	if at < 1 || at > 64 || at == len(a)-1 || len(a) > 254 {
		return false
	}
	return !strings.ContainsFunc(a, func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r <= 0xa0 || strings.ContainsRune("<>()[],;:\\\"", r) || r == 0xfffd
	}) && strings.Count(a, "@") == 1
}
