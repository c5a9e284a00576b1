package desk

import (
	"context"
	"errors"

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

// deliver gives a letter to the server and writes down how that ended. If the program
// stumbles meanwhile, the letter is uncertain: it may be with its recipient.
func (b *batch) deliver(ctx context.Context, m *store.Mail) (out mailbox.Outcome, err error) {
	if !stumbles(func() {
		b.testOnlyStep("mail claimed")
		out = b.Sender.Send(ctx, mailbox.Envelope{From: rules.SentAddress(b.Bounce), To: rules.SentAddress(m.To), Raw: m.Raw, ID: envelopeID(m.MessageID)})
		b.testOnlyStep("mail sent")
		err = b.settle(ctx, m, out)
	}) {
		return out, err
	}
	out = mailbox.Outcome{Status: mailbox.StatusUncertain, Enhanced: mailbox.EnhancedStumbled, Phase: mailbox.PhaseDot}
	if err = b.settle(ctx, m, out); errors.Is(err, store.ErrStatus) { // how it ended was written down before
		err = nil
	}
	return out, err
}
