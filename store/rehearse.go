package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Rehearse does to the register what a letter and its acknowledgement do, and undoes it:
// the statements stay prepared, the pages that they need stay in memory, and what a commit
// needs is there, so that the first letter waits for none of that. Nothing else is left of
// it, neither a number nor a line of the history.
func (db *DB) Rehearse(ctx context.Context, a Admission, at time.Time, render Render) error {
	err := db.changeAs(ctx, behind, at, func(ctx context.Context, t *tx) error {
		// What undoes a whole transaction forgets the pages with it. What is undone
		// within one is written to the log as it was.
		if _, err := t.ExecContext(ctx, "SAVEPOINT rehearsal"); err != nil {
			return err
		}
		played := *t
		played.rows, played.unsearched = maps.Clone(t.rows), maps.Clone(t.unsearched)
		err := played.rehearse(ctx, a, render)
		for _, undo := range []string{"ROLLBACK TO rehearsal", "RELEASE rehearsal"} {
			if _, e := t.ExecContext(ctx, undo); e != nil {
				return errors.Join(err, e)
			}
		}
		t.trails = true // what it indexed was undone, too
		return err
	})
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	return nil
}

func (t *tx) rehearse(ctx context.Context, a Admission, render Render) error {
	done, err := t.admit(ctx, a)
	if err != nil {
		return err
	}
	if err := t.indexWords(ctx); err != nil {
		return err
	}
	if done.MailID == 0 {
		return nil
	}
	m, err := t.claim(ctx, done.MailID, render)
	if err != nil || m == nil {
		return err
	}
	return t.settle(ctx, *m, Settlement{State: MailSent})
}
