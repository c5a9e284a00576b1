package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// step is one command of a transaction and the reply that lets it go on.
type step struct {
	phase, line string
	expect      int // as of textproto: a whole code or its first digits
}

// transact is the SMTP transaction (RFC 5321, 3.3).
func (s *Sender) transact(ctx context.Context, e Envelope) Outcome {
	steps, out, ok := s.steps(e)
	if !ok {
		return out
	}
	g := guard(ctx, s.w, s.o.Timeout)
	data, out, late := s.hand(steps, e)
	if out.Err = g.done(out.Err); data == nil || out.Err != nil {
		return s.sure(out, g.done(late))
	}
	// From here on the letter may have been taken, whatever happens.
	s.dot = true
	g = guard(ctx, s.w, s.o.DotTimeout)
	_ = data.Close() // whether the dot went out is seen by the wire
	code, reply, err := s.c.Text.ReadResponse(250)
	if err = g.done(err); err == nil {
		s.stale = false
		return Outcome{Status: StatusAccepted, Code: code, Phase: PhaseDot, Reply: reply}.split()
	}
	out = failed(PhaseDot, err)
	s.stale = out.Code == 0
	if out.Code == 0 && !s.w.failed.Load() {
		out.Status = StatusUncertain
	}
	return out
}

// sure looks at a refusal after which the replies to the rest did not come. A
// server may hang up after it. But one that just falls silent has left out a
// reply, so that nobody knows which command was refused.
func (s *Sender) sure(out Outcome, late error) Outcome {
	if errors.Is(late, errSilent) {
		return Outcome{Status: StatusDeferred, Phase: out.Phase, Err: late}
	}
	if late != nil && out.Err == nil {
		s.hangUp()
	}
	return out
}

// envelopeID is the form in which xtext and plain text are the same.
var envelopeID = lazily(`^[A-Za-z0-9.-]{1,100}$`)

// steps writes the commands for a letter. No NOOP comes before and no RSET
// after a good letter: each would be a round trip for nothing.
func (s *Sender) steps(e Envelope) ([]step, Outcome, bool) {
	mail, rcpt := "MAIL FROM:<"+e.From+">", "RCPT TO:<"+e.To+">"
	if ok, _ := s.c.Extension("8BITMIME"); ok {
		mail += " BODY=8BITMIME"
	}
	if !isASCIIString(e.From) || !isASCIIString(e.To) { // RFC 6531
		if ok, _ := s.c.Extension("SMTPUTF8"); !ok {
			return nil, Outcome{Status: StatusRejected, Enhanced: "5.6.7", Phase: PhaseMail,
				Reply: "the server does not take addresses outside ASCII (SMTPUTF8)"}, false
		}
		mail += " SMTPUTF8"
	}
	if ok, _ := s.c.Extension("DSN"); ok { // RFC 3461
		mail += " RET=HDRS"
		if envelopeID().MatchString(e.ID) {
			mail += " ENVID=" + e.ID
		}
		rcpt += " NOTIFY=FAILURE,DELAY"
	}
	steps := []step{{PhaseMail, mail, 250}, {PhaseRcpt, rcpt, 25}, {PhaseData, "DATA", 354}}
	if s.stale {
		steps = append([]step{{PhaseMail, "RSET", 250}}, steps...)
	}
	return steps, Outcome{}, true
}

// hand brings the letter as far as the dot; without a writer it went no
// further than the Outcome says. Where PIPELINING is offered (RFC 2920) all
// commands go out at once, and their replies are one round trip; late is what
// went wrong with the replies after the one that decided.
func (s *Sender) hand(steps []step, e Envelope) (data io.WriteCloser, out Outcome, late error) {
	together, _ := s.c.Extension("PIPELINING")
	text := s.c.Text
	if together {
		for _, st := range steps {
			fmt.Fprintf(text.W, "%s\r\n", st.line)
		}
	}
	for i, st := range steps {
		var err error
		if !together {
			err = text.PrintfLine("%s", st.line)
		} else if i == 0 {
			err = text.W.Flush()
		}
		if err == nil {
			_, _, err = text.ReadResponse(st.expect)
		}
		switch {
		case err == nil && st.phase != PhaseData:
			s.stale = st.line != "RSET"
		case err == nil && out.Status == "":
			data, out = s.body(e)
			return data, out, nil
		case err == nil: // DATA was taken although nobody is to get the letter
			return nil, out, s.emptyDot()
		case out.Status == "":
			out = failed(st.phase, err)
		case !answered(err):
			return nil, out, err
		}
		if out.Err != nil || out.Status != "" && !together {
			return nil, out, nil
		}
	}
	return nil, out, nil
}

// body sends the letter up to its dot.
func (s *Sender) body(e Envelope) (io.WriteCloser, Outcome) {
	w := s.c.Text.DotWriter()
	_, err := w.Write(e.Raw)
	if err == nil {
		err = s.c.Text.W.Flush()
	}
	if err != nil {
		return nil, failed(PhaseData, err)
	}
	return w, Outcome{Status: StatusDeferred, Phase: PhaseData}
}

// emptyDot ends a transaction without a recipient, as RFC 2920, 3.1, wants it;
// the server then refuses.
func (s *Sender) emptyDot() error {
	s.stale = false
	_ = s.c.Text.DotWriter().Close()
	if _, _, err := s.c.Text.ReadResponse(0); !answered(err) {
		return err
	}
	return nil
}

func isASCIIString(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
