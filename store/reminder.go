package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

// Notice is one letter to staff about requests.
type Notice struct {
	Mail      NewMail
	Stages    []Stage  // that it is the first to tell of
	Numbers   []string // what else it speaks of
	Escalated []string // of all these, what the privacy officer is told of by it

	// Supersede says that it tells all that letters to the same address tell
	// which are still queued: they are dropped, so that an outage of the mail
	// server ends with one letter a person and not with one for every day.
	Supersede bool
}

// Remind queues letters to staff and writes down the stages that they are
// about, an event for each, all in one transaction; it returns the ids of the
// letters. ErrStale: one of the stages was reminded of already, and nothing
// was done. ErrNotFound: there is no such request.
func (db *DB) Remind(ctx context.Context, notices []Notice, at time.Time) ([]int64, error) {
	var ids []int64
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		ids = ids[:0]
		requests := map[string]requestRow{}
		for _, n := range notices {
			id, err := t.notify(ctx, n, requests)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("remind: %w", err)
	}
	return ids, nil
}

// notify queues one notice. requests holds those that were read before.
func (t *tx) notify(ctx context.Context, n Notice, requests map[string]requestRow) (int64, error) {
	numbers := slices.Clone(n.Numbers)
	for _, s := range n.Stages {
		numbers = append(numbers, s.Number)
	}
	slices.Sort(numbers)
	var about []requestRow
	for _, number := range slices.Compact(numbers) {
		r, read := requests[number]
		if !read {
			var err error
			if r, err = t.findRequest(ctx, number); err != nil {
				return 0, err
			}
			requests[number] = r
		}
		about = append(about, r)
	}
	if n.Supersede {
		if err := t.supersede(ctx, n.Mail); err != nil {
			return 0, err
		}
	}
	id, err := t.enqueue(ctx, n.Mail, about, Machine)
	if err != nil {
		return 0, err
	}
	for _, s := range n.Stages {
		if err := t.reached(ctx, s, requests[s.Number].ID, id); err != nil {
			return 0, err
		}
	}
	for _, number := range n.Escalated {
		if err := t.append(ctx, Event{Actor: Machine, Code: EventEscalated, Number: number, Detail: jsonText(map[string]any{"mail": id})}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// reached writes down that a request was reminded of.
func (t *tx) reached(ctx context.Context, s Stage, request, mail int64) error {
	_, err := t.insert(ctx, "reminders", fields{
		"request": request, "stage": s.Stage, "clock_start": s.ClockStart.String(), "mail": mail, "at": instant(t.at),
	})
	if isUnique(err) {
		return fmt.Errorf("%s, stage %s: %w", s.Number, s.Stage, ErrStale)
	}
	if err != nil {
		return err
	}
	return t.append(ctx, Event{Actor: Machine, Code: EventReminded, Number: s.Number,
		Detail: jsonText(map[string]any{"stage": s.Stage, "clock_start": s.ClockStart, "mail": mail})})
}

// supersede drops the reminders and digests to the same address that have not
// gone out.
func (t *tx) supersede(ctx context.Context, m NewMail) error {
	old, err := loadMail(ctx, t, `WHERE o.state = 'queued' AND o.purpose IN ('reminder', 'digest') AND o.address_key = ? ORDER BY o.id`, m.Keys.Address)
	if err != nil {
		return err
	}
	for _, o := range old {
		if err := t.decide(ctx, o.ID, MailDropped, Machine, EventDropped, MailQueued); err != nil {
			return err
		}
	}
	return nil
}

// Recomputed is a request whose terms were counted again.
type Recomputed struct {
	Number   string
	Revision int64 // the request as it was counted; another revision is ErrStale. 0: any
	Terms    []Term
	ActBy    rules.Date
	Trace    json.RawMessage // how the terms were counted, for the history; nil: nothing is kept
}

// Recompute replaces the terms of requests that are not closed, after the
// calendar changed: one transaction, an event for each request that moved. Those
// whose terms are as they were stay as they are. cause is for the history.
// ErrStale: somebody changed one of them meanwhile, and nothing was done.
func (db *DB) Recompute(ctx context.Context, rows []Recomputed, cause string, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		for part := range slices.Chunk(rows, batch) {
			present, err := t.requestsByNumber(ctx, part)
			if err != nil {
				return err
			}
			for _, row := range part {
				r, there := present[row.Number]
				if !there {
					return fmt.Errorf("request %s: %w", row.Number, ErrNotFound)
				}
				if err := t.recompute(ctx, r, row, cause); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recompute terms: %w", err)
	}
	return nil
}

// requestsByNumber reads the requests of the rows with their terms.
func (t *tx) requestsByNumber(ctx context.Context, rows []Recomputed) (map[string]requestRow, error) {
	numbers := make([]string, len(rows))
	for i, row := range rows {
		numbers[i] = row.Number
	}
	list, err := loadRequests(ctx, t, `WHERE r.number IN (SELECT value FROM json_each(?))`, jsonText(numbers))
	if err != nil {
		return nil, err
	}
	if err := loadTerms(ctx, t, list); err != nil {
		return nil, err
	}
	present := make(map[string]requestRow, len(list))
	for _, r := range list {
		present[r.Number] = r
	}
	return present, nil
}

func (t *tx) recompute(ctx context.Context, r requestRow, row Recomputed, cause string) error {
	if row.Revision != 0 && row.Revision != r.Revision {
		return fmt.Errorf("%s: %w", r.Number, ErrStale)
	}
	if r.Status.Closed() || r.ActBy == row.ActBy && slices.Equal(r.Terms, row.Terms) {
		return nil
	}
	detail := jsonText(map[string]any{"cause": cause})
	if row.Trace != nil {
		detail = strings.TrimSuffix(detail, "}") + `,"trace":` + string(row.Trace) + `}`
	}
	return t.apply(ctx, r, Change{Terms: append([]Term{}, row.Terms...), ActBy: row.ActBy, Event: Event{
		Actor: Machine, Code: EventRecomputed, Detail: detail,
	}})
}
