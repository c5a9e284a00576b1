package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"license.kz/pometka/rules"
)

// Stage is one reminder of one request: each is given once.
type Stage struct {
	Number     string
	Stage      string     // "10", "5", … "0", "-1", …, "review:1", "new"
	ClockStart rules.Date // a moved clock starts the stages anew
}

// Reminded returns the stages of the requests that were reminded of already.
func (db *DB) Reminded(ctx context.Context, numbers []string) (map[Stage]bool, error) {
	done := map[Stage]bool{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.number, m.stage, m.clock_start FROM requests r JOIN reminders m ON m.request = r.id
			WHERE r.number IN (SELECT value FROM json_each(?))`, jsonText(numbers))
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Stage
			err := rows.Scan(&s.Number, &s.Stage, asDate{&s.ClockStart})
			done[s] = true
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read reminders: %w", err)
	}
	return done, nil
}

// Remind queues a letter to staff and writes down the stages that it is about,
// an event for each. ErrStale: one of them was reminded of already, and nothing
// was done. ErrNotFound: there is no such request.
func (db *DB) Remind(ctx context.Context, stages []Stage, m NewMail, at time.Time) (int64, error) {
	var id int64
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		var requests []requestRow
		ids := map[string]int64{}
		for _, s := range stages {
			if _, there := ids[s.Number]; there {
				continue
			}
			r, err := t.findRequest(ctx, s.Number)
			if err != nil {
				return err
			}
			ids[s.Number] = r.ID
			requests = append(requests, r)
		}
		var err error
		if id, err = t.enqueue(ctx, m, requests, Machine); err != nil {
			return err
		}
		for _, s := range stages {
			_, err := t.insert(ctx, "reminders", fields{
				"request": ids[s.Number], "stage": s.Stage, "clock_start": s.ClockStart.String(), "mail": id, "at": instant(t.at),
			})
			if isUnique(err) {
				return fmt.Errorf("%s, stage %s: %w", s.Number, s.Stage, ErrStale)
			}
			if err != nil {
				return err
			}
			if err := t.append(ctx, Event{Actor: Machine, Code: EventReminded, Number: s.Number,
				Detail: jsonText(map[string]any{"stage": s.Stage, "clock_start": s.ClockStart, "mail": id})}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remind: %w", err)
	}
	return id, nil
}

// Recomputed is a request whose terms were counted again.
type Recomputed struct {
	Number string
	Terms  []Term
	ActBy  rules.Date
}

// Recompute replaces the terms of requests that are not closed, after the
// calendar changed: one transaction, an event for each request that moved. Those
// whose terms are as they were stay as they are. cause is for the history.
func (db *DB) Recompute(ctx context.Context, rows []Recomputed, cause string, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		for _, row := range rows {
			r, err := t.findRequest(ctx, row.Number)
			if err != nil {
				return err
			}
			same := r.ActBy == row.ActBy && slices.EqualFunc(r.Terms, row.Terms, func(a, b Term) bool { return reflect.DeepEqual(a, b) })
			if r.Status.Closed() || same {
				continue
			}
			if err := t.apply(ctx, r, Change{Terms: append([]Term{}, row.Terms...), ActBy: row.ActBy, Event: Event{
				Actor: Machine, Code: EventRecomputed, Detail: jsonText(map[string]any{"cause": cause}),
			}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recompute terms: %w", err)
	}
	return nil
}
