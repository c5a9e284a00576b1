package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// feed reads rows ahead of who needs them, on a goroutine and a connection of
// its own, and makes of each what is needed.
type feed[T any] struct {
	parts chan []T
	now   []T    // what is not used yet of the part at hand
	ended func() // waits for the goroutine
	err   error  // why it ended early; read once it has ended
}

// feedSize is how many rows are handed over at once, and feedAhead how many such
// parts wait: more would not be faster.
const (
	feedSize  = 256
	feedAhead = 4
)

// startFeed begins to read the rows of a query. It ends with ctx.
func startFeed[T any](ctx context.Context, q querier, query string, of func(*record) T) *feed[T] {
	f := &feed[T]{parts: make(chan []T, feedAhead)}
	f.ended = apart(func() {
		defer close(f.parts)
		f.err = f.read(ctx, q, query, of)
	})
	return f
}

func (f *feed[T]) read(ctx context.Context, q querier, query string, of func(*record) T) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	part := make([]T, 0, feedSize)
	hand := func() error {
		select {
		case f.parts <- part:
			part = make([]T, 0, feedSize)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err = eachRecord(rows, func(r *record) error {
		if part = append(part, of(r)); len(part) == feedSize {
			return hand()
		}
		return nil
	})
	if err == nil && len(part) > 0 {
		err = hand()
	}
	return err
}

// head returns the next row without taking it; there is none after the last.
func (f *feed[T]) head() (row T, more bool) {
	if len(f.now) == 0 {
		if f.now, more = <-f.parts; !more {
			f.ended()
			return row, false
		}
	}
	return f.now[0], true
}

func (f *feed[T]) next() { f.now = f.now[1:] }

// failed returns why there is no next row, if it is not that it was the last.
func (f *feed[T]) failed() error {
	if _, more := f.head(); more {
		return nil
	}
	return f.err
}

// wait returns when nothing is read any more; what was not used is lost.
func (f *feed[T]) wait() error {
	for range f.parts {
	}
	f.ended()
	return f.err
}

// entry is one row of event_rows as the walk needs it.
type entry struct {
	event int64
	line  []byte // as the digest of its event has it
}

func entryOf(r *record) entry {
	e := entry{event: r.integer("event")}
	e.line = appendCover(make([]byte, 0, 160), r.string("tbl"), r.integer("row"), r.string("digest"), r.bytes("marks"))
	return e
}

// seenRow is one row of the ledger as the walk needs it.
type seenRow struct {
	id, event int64
	line      [2*sha256.Size + 1]byte // as the digest of its event has it
}

// seenRowOf makes one of a row of the ledger.
func seenRowOf(r *record) seenRow {
	s := seenRow{id: r.integer("id"), event: r.integer("event")}
	sum := r.sum()
	hex.Encode(s.line[:], sum[:])
	s.line[len(s.line)-1] = '\n'
	return s
}
