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

// RegisterQuery selects entries: as of an instant (excluded), received on days
// from From to To, both included. Zero: no bound.
type RegisterQuery struct {
	Until    time.Time
	From, To rules.Date
}

// Register calls f with the entries that q selects, by number, some at a time,
// and stops at its first error. It does not hold them in memory.
func (db *DB) Register(ctx context.Context, q RegisterQuery, f func([]Entry) error) error {
	until := "9999"
	if !q.Until.IsZero() {
		until = instant(q.Until)
	}
	var part []Entry
	pass := func(e Entry, least int) error {
		if e.Number != "" && (q.From.IsZero() || !e.ReceivedOn.Before(q.From)) && (q.To.IsZero() || !e.ReceivedOn.After(q.To)) {
			part = append(part, e)
		}
		if len(part) == 0 || len(part) < least {
			return nil
		}
		list := part
		part = nil
		return f(list)
	}
	err := db.view(ctx, func(v querier) error {
		rows, err := v.QueryContext(ctx, `SELECT number, at, state FROM events
			WHERE number <> '' AND state <> '' AND at < ? ORDER BY number, seq`, until)
		if err != nil {
			return err
		}
		var e Entry
		err = scanEach(rows, func() error {
			var number, text string
			var at time.Time
			if err := rows.Scan(&number, asInstant{&at}, &text); err != nil {
				return err
			}
			if number != e.Number {
				if err := pass(e, batch); err != nil {
					return err
				}
				e = Entry{Number: number, RegisteredAt: at}
			}
			return e.became(text, at)
		})
		if err != nil {
			return err
		}
		return pass(e, 0)
	})
	if err != nil {
		return fmt.Errorf("read register: %w", err)
	}
	return nil
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
