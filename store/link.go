package store

import (
	"context"
	"fmt"
	"time"
)

// Link gives the letters of one request to another: into and from say what
// becomes of each beside that, and both happen or none. It returns the request
// that has the letters now, and how many it got; none are no error. The one
// they came from keeps them too: it was made by them, and may be opened again
// (see Change.Unlink). ErrNotFound and ErrStale as of Change.
func (db *DB) Link(ctx context.Context, into, from Change, at time.Time) (Request, int, error) {
	n := 0
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		to, err := t.changeable(ctx, into)
		if err != nil {
			return err
		}
		of, err := t.changeable(ctx, from)
		if err != nil {
			return err
		}
		if n, err = t.shareLetters(ctx, of.ID, to.ID); err != nil || n == 0 {
			return err
		}
		if err := t.apply(ctx, to, into); err != nil {
			return err
		}
		return t.apply(ctx, of, from)
	})
	if err != nil {
		return Request{}, 0, fmt.Errorf("link requests: %w", err)
	}
	r, err := db.Request(ctx, into.Number)
	return r, n, err
}

// changeable finds the request of a change, as the actor saw it.
func (t *tx) changeable(ctx context.Context, c Change) (requestRow, error) {
	r, err := t.findRequest(ctx, c.Number)
	if err != nil {
		return r, err
	}
	if c.Revision != 0 && c.Revision != r.Revision {
		return r, fmt.Errorf("%s: %w", r.Number, ErrStale)
	}
	if c.Is != nil && c.Revision == 0 {
		return r, fmt.Errorf("%s: nobody says what it was", r.Number)
	}
	return r, nil
}

// shareLetters adds to one request the letters of another that it does not have.
func (t *tx) shareLetters(ctx context.Context, of, to int64) (int, error) {
	ids, err := queryIDs(ctx, t, `SELECT letter FROM request_letters WHERE request = ? AND letter NOT IN
		(SELECT letter FROM request_letters WHERE request = ?) ORDER BY pos`, of, to)
	if err != nil {
		return 0, err
	}
	var pos int
	if err := t.QueryRowContext(ctx, `SELECT max(pos) FROM request_letters WHERE request = ?`, to).Scan(&pos); err != nil {
		return 0, err
	}
	for i, letter := range ids {
		if _, err := t.insert(ctx, "request_letters", fields{"request": to, "pos": pos + 1 + i, "letter": letter}); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// closeRanks numbers the letters of a request anew where some were taken out: the
// last position is how many they are.
func (t *tx) closeRanks(ctx context.Context, request int64) error {
	ids, err := queryIDs(ctx, t, `SELECT id FROM (SELECT id, pos, row_number() OVER (ORDER BY pos) AS rank FROM request_letters WHERE request = ?)
		WHERE pos <> rank ORDER BY pos`, request)
	if err != nil || len(ids) == 0 {
		return err
	}
	pos := 0
	err = t.QueryRowContext(ctx, `SELECT count(*) FROM request_letters WHERE request = ?`, request).Scan(&pos)
	for i, id := range ids {
		if err == nil {
			err = t.set(ctx, "request_letters", id, fields{"pos": pos - len(ids) + 1 + i})
		}
	}
	return err
}

// unlink takes from a request the letters that it got from another by a link: those
// of the other that did not make it itself. c is what becomes of it by that.
func (t *tx) unlink(ctx context.Context, of int64, c Change) error {
	r, err := t.changeable(ctx, c)
	if err != nil {
		return err
	}
	ids, err := queryIDs(ctx, t, `SELECT id FROM request_letters WHERE request = ? AND pos > 1 AND letter IN
		(SELECT letter FROM request_letters WHERE request = ?) ORDER BY id`, r.ID, of)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		if err := t.remove(ctx, "request_letters", id); err != nil {
			return err
		}
	}
	if err := t.closeRanks(ctx, r.ID); err != nil {
		return err
	}
	if err := t.searchAnew(ctx, r.ID); err != nil {
		return err
	}
	return t.apply(ctx, r, c)
}
