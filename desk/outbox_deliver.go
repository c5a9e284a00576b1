package desk

import (
	"context"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// renderGuarded is Desk.render that survives a mistake of this program; a letter that
// cannot be made is failed by the store.
func (b *batch) renderGuarded(m store.Mail, l store.Letter, requests []store.Request) ([]byte, error) {
	var raw []byte
	err := mailbox.Survive(func() (err error) {
		raw, err = b.Desk.render(m, l, requests)
		return err
	})
	if err != nil {
		b.fail(m)
	}
	return raw, err
}

// claim takes the letter whose turn it is. If the program stumbles over it, the store has
// made it failed, and the next one is taken.
func (b *batch) claim(ctx context.Context) (m *store.Mail, err error) {
	for range mostStumbles {
		if !stumbles(func() { m, err = b.Store.Claim(ctx, b.Now(), b.renderGuarded, b.waiting, b.expired) }) {
			return m, err
		}
		b.lost[-int64(len(b.lost))-1] = true
	}
	return nil, mailbox.ErrStumbled
}

// mostStumbles is over how many letters in a row the program may stumble: if there are
// more, the fault is not in the letters.
const mostStumbles = 20

// sending is a letter on its way to the server.
type sending struct {
	mail *store.Mail
	out  mailbox.Outcome // once done is closed
	done chan struct{}
	late bool // out could not be written down
}

// hand begins to give a letter to the server. With Patience that goes on beside the caller:
// the network alone, which knows neither the register nor the desk. If the program stumbles
// meanwhile, the letter is uncertain: it may be with its recipient.
func (b *batch) hand(ctx context.Context, m *store.Mail) {
	s := &sending{mail: m, done: make(chan struct{})}
	b.sending = s
	sender, bounce, step := b.Sender, b.Bounce, b.testOnlyStep
	give := func() {
		defer close(s.done)
		if stumbles(func() {
			step("mail claimed")
			s.out = sender.Send(ctx, mailbox.Envelope{From: rules.SentAddress(bounce), To: rules.SentAddress(m.To), Raw: m.Raw, ID: envelopeID(m.MessageID)})
			step("mail sent")
		}) {
			s.out = stumbled
		}
	}
	if b.Patience > 0 {
		go give()
	} else {
		give()
	}
}

// stumbled is how a letter ended over which the program stumbled.
var stumbled = mailbox.Outcome{Status: mailbox.StatusUncertain, Enhanced: mailbox.EnhancedStumbled, Phase: mailbox.PhaseDot}

// conclude writes down how the letter under way ended, once it has. over: no other must be
// sent now; if there is no error, this one waits for its answer still. What cannot be written
// down, on a full disk, is kept for the next call: only a start would settle it otherwise, as
// a letter of which nobody knows whether it was sent.
func (b *batch) conclude(ctx context.Context) (over bool, err error) {
	s := b.sending
	if !b.ended(s) {
		return true, nil
	}
	if stumbles(func() { err = b.settle(ctx, s.mail, s.out) }) {
		s.out = stumbled
		err = b.settle(ctx, s.mail, s.out)
	}
	if s.late = err != nil; s.late {
		return true, err
	}
	b.sending = nil
	return b.judge(s.out)
}

// ended waits for the end of a letter: as long as it takes where nothing else is to be done,
// else until the patience of this call is over.
func (b *batch) ended(s *sending) bool {
	var enough <-chan time.Time
	if b.Patience > 0 && !b.Stopping() {
		enough = time.After(time.Until(b.until))
	}
	select {
	case <-s.done:
		return true
	case <-enough:
	}
	return s.over()
}

func (s *sending) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Awaited is closed when the letter that Flush left under way has ended, so that Flush has
// something to write down; nil: there is none, or it could not be written down just now.
func (d *Desk) Awaited() <-chan struct{} {
	if d.underWay == nil || d.underWay.sending.late {
		return nil
	}
	return d.underWay.sending.done
}

// Answered reports whether that is so.
func (d *Desk) Answered() bool { return d.Awaited() != nil && d.underWay.sending.over() }

// TakeOver goes on with the letter that another desk, which this one replaces, has under
// way. The Sender of that one must not be used for anything else before the letter has ended.
func (d *Desk) TakeOver(from *Desk) {
	if from.underWay == nil {
		return
	}
	d.underWay, from.underWay = from.underWay, nil
	d.underWay.copies, d.underWay.copiesTo = d.Sent != nil, ""
}
