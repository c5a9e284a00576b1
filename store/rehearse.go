package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("rehearsed")

// Rehearse does to the register what a letter and its acknowledgement do, in one
// transaction that is undone: the statements stay prepared, and the first letter
// does not wait for that. Nothing else is left of it, neither a number nor a line
// of the history.
func (db *DB) Rehearse(ctx context.Context, a Admission, at time.Time, render Render) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		done, err := t.admit(ctx, a)
		if err != nil {
			return err
		}
		if err := t.indexWords(ctx); err != nil {
			return err
		}
		if done.MailID != 0 {
			m, err := t.claim(ctx, done.MailID, render)
			if err != nil {
				return err
			}
			if m != nil {
				if err := t.settle(ctx, *m, Settlement{State: MailSent}); err != nil {
					return err
				}
			}
		}
		return errRehearsed
	})
	if !errors.Is(err, errRehearsed) {
		return fmt.Errorf("rehearse: %w", err)
	}
	return nil
}
