package store

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Scrub takes out of the file and of its log what was deleted, where a purge or
// a forgetting has left that to be done: the file is written anew without its
// free pages and without what stands between the rows, and the log is emptied.
// It needs about twice the size of the register on the disk meanwhile, and
// others wait to write.
//
// ErrBusy: another process keeps reading; whoever calls Scrub or Purge next
// does it. ErrFull: there is not enough room.
func (db *DB) Scrub(ctx context.Context) error {
	pending, err := db.Meta(ctx, MetaScrub)
	if err != nil || pending == "" {
		return err
	}
	select {
	case db.writer.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	err = db.rewrite(ctx)
	<-db.writer.turn
	if err != nil {
		return fmt.Errorf("empty the free pages of the register: %w", explain(err))
	}
	if err := db.SetMeta(ctx, MetaScrub, ""); err != nil {
		return err
	}
	return nil
}

// rewrite writes the file anew. What the writer keeps in memory otherwise is
// the whole register here, and goes into a file.
func (db *DB) rewrite(ctx context.Context) error {
	c := db.writer.conn
	defer c.ExecContext(context.WithoutCancel(ctx), `PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 0`)
	for _, step := range []string{`PRAGMA secure_delete = OFF`, `PRAGMA busy_timeout = 15000`, `PRAGMA temp_store = FILE`, `VACUUM`} {
		if _, err := c.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	for try := 0; ; try++ {
		var busy, log, done int
		if err := c.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil {
			return err
		}
		if busy == 0 {
			break
		}
		if try == scrubTries {
			return fmt.Errorf("%w: another process reads it", ErrBusy)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if info, err := os.Stat(db.path + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("%w: its log is not empty", ErrBusy)
	}
	return nil
}

// scrubTries is how often the emptying of the log is tried again, each try
// waiting as long as any writer.
const scrubTries = 3
