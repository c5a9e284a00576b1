package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Entry is how a request stood at an instant, told by the history alone:
// whatever happened afterwards, a purge among it, changes nothing of it.
type Entry struct {
	Number       string
	RegisteredAt time.Time
	ClosedAt     time.Time // since when it was closed; zero while it was not
	State
}

// EntryQuery selects entries: as of an instant (excluded), received on days
// from From to To, both included. Zero: no bound.
type EntryQuery struct {
	Until    time.Time
	From, To rules.Date
}

// EachEntry calls f with the entries that q selects, by number, some at a time,
// and stops at its first error. It does not hold them in memory, and while f runs it
// holds no state of the register: whoever reads an export slowly keeps nobody else
// from emptying the log.
func (db *DB) EachEntry(ctx context.Context, q EntryQuery, f func([]Entry) error) error {
	until := "9999"
	if !q.Until.IsZero() {
		until = instant(q.Until)
	}
	for last := ""; ; {
		part, end, err := db.entries(ctx, last, until)
		if err != nil {
			return fmt.Errorf("read register: %w", err)
		}
		switch {
		case end == "":
			return nil
		case end <= last: // the same would come again and again
			return fmt.Errorf("read register: %w: the numbers are out of order", ErrDamaged)
		}
		last = end
		kept := part[:0]
		for i := range part {
			if on := part[i].ReceivedOn; (q.From.IsZero() || !on.Before(q.From)) && (q.To.IsZero() || !on.After(q.To)) {
				kept = append(kept, part[i])
			}
		}
		part = kept
		if len(part) == 0 {
			continue
		}
		if err := f(part); err != nil {
			return err
		}
	}
}

// entries reads how the next requests behind a number stood before an instant; end is
// the number of the last, "" if there was none to look at.
func (db *DB) entries(ctx context.Context, behind, until string) (part []Entry, end string, err error) {
	err = db.view(ctx, func(v querier) error {
		rows, err := v.QueryContext(ctx, `SELECT r.number, e.at, e.state FROM (SELECT number FROM requests WHERE number > ? ORDER BY number LIMIT ?) r
			LEFT JOIN events e ON e.number = r.number AND e.number <> '' AND e.state <> '' AND e.at < ? ORDER BY r.number, e.seq`, behind, batch, until)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var text string
			var at time.Time
			if err := rows.Scan(&end, asInstant{&at}, asText[string]{&text}); err != nil || text == "" {
				return err // it was registered later
			}
			if len(part) == 0 || part[len(part)-1].Number != end {
				part = append(part, Entry{Number: end, RegisteredAt: at})
			}
			return part[len(part)-1].became(text, at)
		})
	})
	return part, end, err
}

// became takes the next state of the request over.
func (e *Entry) became(text string, at time.Time) error {
	e.State = State{}
	if err := json.Unmarshal([]byte(text), &e.State); err != nil {
		return fmt.Errorf("%w: state of %s: %w", ErrDamaged, e.Number, err)
	}
	switch {
	case !e.Status.Closed():
		e.ClosedAt = time.Time{}
	case e.ClosedAt.IsZero():
		e.ClosedAt = at
	}
	return nil
}
