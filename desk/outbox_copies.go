package desk

import (
	"context"

	"license.kz/pometka/mailbox"
)

// copiesOnce is how many copies are saved together: that takes as many round trips as one
// copy, and a crash loses no more copies than these.
const copiesOnce = 20

// saveSent puts copies of letters to the public into the Sent folder, as far as that can
// be done: the outbox is the record, the copy is for convenience, and trouble with it does
// not touch the letter. A copy that the provider made itself is known by its Message-ID. A
// server that does not answer is not asked again in this batch, so that the other letters
// need not wait.
func (b *batch) saveSent(ctx context.Context) {
	if len(b.unkept) == 0 {
		return
	}
	err := mailbox.Survive(func() (err error) {
		if b.copiesTo == "" {
			if b.copiesTo, err = b.Sent.SentFolder(ctx); err != nil || b.copiesTo == "" {
				return err
			}
		}
		return b.Sent.Keep(ctx, b.copiesTo, b.unkept)
	})
	if mailbox.FaultOf(err) == mailbox.FaultSilent {
		b.report.Silent = err
	}
	if err != nil {
		b.copies = false
		b.Log.WarnContext(ctx, "copies in the Sent folder not saved", "letters", len(b.unkept))
	}
	b.unkept = nil
}
