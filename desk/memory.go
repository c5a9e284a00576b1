package desk

import (
	"context"
	"fmt"

	"license.kz/pometka/store"
)

// learner is an Inbox that finds out, in the course of several passes, which letters make
// their server fall silent; *mailbox.Reader is one. Where each pass is a process of its own
// (run --once), what it found out must be kept: otherwise it would never get past such a
// letter.
type learner interface {
	Memory() string
	Remember(text string)
}

// remember gives the inbox, before its first pass, what earlier ones had learned. It
// returns a function that writes down what this pass has learned.
func (d *Desk) remember(ctx context.Context) (keep func() error, err error) {
	l, ok := d.Inbox.(learner)
	if !ok {
		return func() error { return nil }, nil
	}
	if !d.recalled {
		if d.learned, err = d.Store.Meta(ctx, store.MetaMailbox); err != nil {
			return nil, err
		}
		d.recalled = true
		if d.learned != "" {
			l.Remember(d.learned)
		}
	}
	return func() error {
		now := l.Memory()
		if now == d.learned {
			return nil
		}
		if err := d.Store.SetMeta(context.WithoutCancel(ctx), store.MetaMailbox, now); err != nil {
			return fmt.Errorf("keep what was learned of the mailbox: %w", err)
		}
		d.learned = now
		return nil
	}, nil
}
