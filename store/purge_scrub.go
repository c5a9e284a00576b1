package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"
)

// Scrub takes out of the file and of its log what was deleted, where a purge or
// a forgetting has left that to be done: every byte that belongs to no row is
// overwritten with zeros, in free pages as between the rows, and the log is
// emptied. A VACUUM would do that too, but write the whole register anew while
// nobody else can write. Here the register is read without a lock, and only what
// has something to overwrite is written, in small steps with others in between.
//
// ErrBusy: another process keeps reading; whoever calls Scrub or Purge next
// does it. ErrFull: there is not enough room for the log.
func (db *DB) Scrub(ctx context.Context) error {
	pending, err := db.Meta(ctx, MetaScrub)
	if err != nil || pending == "" {
		return err
	}
	if err := db.scrub(ctx); err != nil {
		return fmt.Errorf("overwrite what was removed: %w", explain(err))
	}
	// A purge that came meanwhile has left more to do.
	return explain(db.writer.transact(ctx, func(ctx context.Context) error {
		_, err := db.writer.ExecContext(ctx, `UPDATE meta SET value = '' WHERE name = ? AND value = ?`, MetaScrub, pending)
		return err
	}))
}

// scrubRounds bounds how often the register is read through, since pages may change between
// being found and being overwritten. If there was anything to overwrite, it is read at least
// twice: what was moved into another page in the meantime is found the second time.
const scrubRounds = 10

func (db *DB) scrub(ctx context.Context) error {
	w, err := db.pageWriter(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	for round := 1; ; {
		found, whole, err := db.leftovers(ctx)
		if err != nil {
			return err
		}
		changed := 0
		for start := 0; start < len(found); start += scrubOnce {
			n, err := w.blank(ctx, found[start:min(start+scrubOnce, len(found))])
			if err != nil {
				return err
			}
			changed += n
			if err := yield(ctx); err != nil {
				return err
			}
		}
		switch {
		case !whole && changed < len(found):
			continue
		case whole && (len(found) == 0 || round > 1 && changed == 0):
			return db.emptyLog(ctx)
		case round == scrubRounds:
			return fmt.Errorf("%w: it changes too much", ErrBusy)
		}
		round++
	}
}

// yield lets whoever waits to write do so before the next step.
func yield(ctx context.Context) error {
	select {
	case <-time.After(3 * lookEvery):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// scrubOnce is how many pages are overwritten in one transaction.
const scrubOnce = 256

// pageWriter writes pages of the file as they are. It has a connection of its
// own, for the others refuse that, and takes turns with them.
type pageWriter struct {
	*writer
	pool *sql.DB
}

func (db *DB) pageWriter(ctx context.Context) (*pageWriter, error) {
	pool, err := sql.Open("sqlite", dsn(db.path, url.Values{"_defensive": {"0"}, "_synchronous": {"FULL"}}))
	if err != nil {
		return nil, err
	}
	w, err := newWriter(ctx, pool, db.codec, usualPatience)
	if err != nil {
		pool.Close()
		return nil, err
	}
	w.turn, w.watch = db.writer.turn, db.writer.watch
	return &pageWriter{w, pool}, nil
}

func (w *pageWriter) close() {
	w.Close()
	w.pool.Close()
}

// blank overwrites what was found in some pages, and returns how many of them
// may be something else by now: those are left alone.
func (w *pageWriter) blank(ctx context.Context, found []leftover) (changed int, err error) {
	err = w.transact(ctx, func(ctx context.Context) error {
		pages, others := make([][]byte, len(found)), map[int64]*leftover{}
		for i, l := range found {
			page, err := readPage(ctx, w, l.no)
			if err != nil {
				return err
			}
			if pages[i] = page; sha256.Sum256(page) != l.sum {
				others[l.no] = &found[i]
			}
		}
		still, err := stillThere(ctx, w, others)
		if err != nil {
			return err
		}
		for i, l := range found {
			if others[l.no] != nil && !still[l.no] {
				changed++
				continue
			}
			if err := blank(pages[i], l.no, l.kind, l.used); err != nil {
				return fmt.Errorf("page %d: %w", l.no, err)
			}
			if _, err := w.ExecContext(ctx, `UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?`, pages[i], l.no); err != nil {
				return err
			}
		}
		return nil
	})
	return changed, err
}

// emptyLog brings the log into the file and cuts it to nothing, which needs a
// moment in which nobody reads an older state.
func (db *DB) emptyLog(ctx context.Context) error {
	for try := 1; ; try++ {
		busy, err := db.cutLog(ctx)
		if err != nil {
			return err
		}
		if !busy {
			return nil
		}
		if try == logTries {
			return fmt.Errorf("%w: another process reads it", ErrBusy)
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// The cutting of the log is tried for a minute: others read and write meanwhile,
// and one moment without them is enough.
const (
	lookAgain = 100 * time.Millisecond
	logTries  = 600
)

// CutLog gives back the room that the write-ahead log takes on the disk, unless somebody reads
// or writes just now.
func (db *DB) CutLog(ctx context.Context) error {
	_, err := db.cutLog(ctx)
	return explain(err)
}

// cutLog tries once. The first command brings the log into the file and keeps
// nobody waiting; the second, while nobody can write, what was written since.
func (db *DB) cutLog(ctx context.Context) (busy bool, err error) {
	w := db.writer
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-w.turn }()
	for _, mode := range []string{"PASSIVE", "TRUNCATE"} {
		var log, done int
		if err := w.conn.QueryRowContext(context.WithoutCancel(ctx), `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &log, &done); err != nil {
			return false, err
		}
	}
	info, err := os.Stat(db.path + "-wal")
	return busy || err == nil && info.Size() > 0, nil
}
