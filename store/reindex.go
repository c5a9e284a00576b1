package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNoIndex says that the search index is missing, incomplete or unusable.
var ErrNoIndex = errors.New("the search index must be made anew")

// reindexed is how many requests one transaction indexes, so that nobody else must wait long.
const reindexed = 100

// MakeIndex makes the search index anew, or goes on where another process that
// made it was ended. told is called now and then with the number of requests
// that are indexed; it may be nil. Letters are taken in meanwhile.
func (db *DB) MakeIndex(ctx context.Context, told func(done int)) error {
	if err := db.beginIndex(ctx); err != nil {
		return fmt.Errorf("make search index: %w", explain(err))
	}
	last, done := int64(0), 0
	for {
		ids, err := db.requestsAfter(ctx, last)
		if err != nil {
			return fmt.Errorf("make search index: %w", err)
		}
		if len(ids) == 0 {
			break
		}
		if err := db.derive(ctx, func(ctx context.Context, t *tx) error {
			for _, id := range ids {
				if err := t.indexRequest(ctx, id); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return fmt.Errorf("make search index: %w", err)
		}
		last, done = ids[len(ids)-1], done+len(ids)
		if told != nil {
			told(done)
		}
	}
	err := db.derive(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `UPDATE meta SET value = ? WHERE name = ?`, indexWhole, metaSearch)
		return err
	})
	if err != nil {
		return fmt.Errorf("make search index: %w", err)
	}
	return nil
}

// beginIndex makes an empty index, unless one is being made.
func (db *DB) beginIndex(ctx context.Context) error {
	return db.derive(ctx, func(ctx context.Context, t *tx) error {
		state, err := indexState(ctx, t)
		if err != nil {
			return err
		}
		if state == indexMaking {
			if _, err := matching(ctx, t, `"x"`, 1); !unusable(err) {
				return err
			}
		}
		for _, step := range []string{
			`DROP TABLE IF EXISTS search`,
			`CREATE VIRTUAL TABLE search USING fts5 (words, detail = none, columnsize = 0, tokenize = 'ascii')`,
			`INSERT INTO search (search, rank) VALUES ('secure-delete', 1)`,
		} {
			if _, err := t.writer.conn.ExecContext(ctx, step); err != nil {
				return err
			}
		}
		_, err = t.ExecContext(ctx, `INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)`, metaSearch, indexMaking)
		return err
	})
}

// indexLatest brings into a whole index the requests that it still lacks: a pass is about to do
// so, or it was ended before. If somebody else keeps the register locked, they are left out.
func (db *DB) indexLatest(ctx context.Context) error {
	if state, err := indexState(ctx, db.read); err != nil || state != indexWhole {
		return explain(err)
	}
	latest, err := unindexed(ctx, db.read)
	if err != nil || len(latest) == 0 {
		return nil // an index that cannot be read is told of by whoever asks it
	}
	err = db.derive(ctx, func(ctx context.Context, t *tx) error {
		t.trails = true
		return t.indexWords(ctx)
	})
	if errors.Is(err, ErrBusy) {
		return nil
	}
	return err
}

// derive runs f in a write transaction that changes only what is derived from other rows, and
// therefore writes no event.
func (db *DB) derive(ctx context.Context, f func(ctx context.Context, t *tx) error) error {
	return explain(db.writer.transact(ctx, func(whole context.Context) error {
		return f(whole, &tx{writer: db.writer, at: time.Time{}, ended: ctx.Err, rows: map[rowKey]written{}, unsearched: map[int64]bool{}})
	}))
}

// requestsAfter returns the next ids of requests, in order.
func (db *DB) requestsAfter(ctx context.Context, last int64) ([]int64, error) {
	ids, err := queryIDs(ctx, db.read, `SELECT id FROM requests WHERE id > ? ORDER BY id LIMIT ?`, last, reindexed)
	return ids, explain(err)
}
