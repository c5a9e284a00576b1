package mailbox

import (
	"context"
	"errors"
)

// Reception is what a server says to the beginning of a letter.
type Reception struct {
	From Outcome
	To   []Outcome // in the order of the recipients; none where From was refused
}

// Accepted reports whether the server took this command of the envelope.
func (o Outcome) Accepted() bool { return o.Status == StatusAccepted }

// Try names a sender and recipients to the server and then gives the letter
// up: nothing is sent. It tells what a letter would meet before its DATA; some
// servers look at more than that.
func (s *Sender) Try(ctx context.Context, from string, to ...string) (r Reception, err error) {
	for _, addr := range append([]string{from}, to...) {
		if _, ok := checkEnvelope(Envelope{From: from, To: addr, Raw: []byte("x")}); !ok {
			return Reception{}, errors.New("try an envelope: an address is none")
		}
	}
	if err := s.connect(ctx); err != nil {
		return Reception{}, err
	}
	g := guard(ctx, s.w, s.o.Timeout)
	err = g.done(func() (err error) {
		if r.From, err = s.offer(PhaseMail, "MAIL FROM:<"+from+">", 250); err != nil || !r.From.Accepted() {
			return err
		}
		s.stale = true
		for _, addr := range to {
			out, err := s.offer(PhaseRcpt, "RCPT TO:<"+addr+">", 25)
			if err != nil {
				return err
			}
			r.To = append(r.To, out)
		}
		out, err := s.offer(PhaseMail, "RSET", 250)
		s.stale = !out.Accepted()
		return err
	}())
	if err != nil {
		s.hangUp()
		return r, s.o.lost(ctx, protoSMTP, err)
	}
	return r, nil
}

// offer sends one command. An error means that the connection is lost.
func (s *Sender) offer(phase, line string, expect int) (Outcome, error) {
	if err := s.c.Text.PrintfLine("%s", line); err != nil {
		return Outcome{}, err
	}
	code, reply, err := s.c.Text.ReadResponse(expect)
	if err == nil {
		return Outcome{Status: StatusAccepted, Code: code, Phase: phase, Reply: reply}.split(), nil
	}
	out := failed(phase, err)
	return out, out.Err
}
