package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"license.kz/pometka/rules"
)

// Stage is one reminder of one request: each is given once.
type Stage struct {
	Number     string
	Stage      string     // "10", "5", … "0", "-1", …, "review:1", "new"
	ClockStart rules.Date // the day from which the term runs: if it moves, the stages begin anew
	ActBy      rules.Date // the day to act by: the same; zero: the stage does not depend on it
}

// Reminded returns the stages of the requests that were reminded of already.
func (db *DB) Reminded(ctx context.Context, numbers []string) (map[Stage]bool, error) {
	done := map[Stage]bool{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.number, m.stage, m.clock_start, m.act_by FROM requests r JOIN reminders m ON m.request = r.id
			WHERE r.number IN (SELECT value FROM json_each(?))`, jsonText(numbers))
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Stage
			err := rows.Scan(&s.Number, &s.Stage, asDate{&s.ClockStart}, asDate{&s.ActBy})
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
	Stages    []Stage  // the stages that it is the first to tell of
	Numbers   []string // the other requests that it speaks of
	Escalated []string // those of all these requests of which it tells the privacy officer

	// Supersede says that the letter repeats all that reminders and digests to the same
	// address say which are still queued. They are dropped, so that after an outage of
	// the mail server everybody gets one letter and not one for each day.
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
		requests, err := t.spokenOf(ctx, notices)
		if err != nil {
			return err
		}
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

// numbers are those of all requests that the notice speaks of, in order.
func (n Notice) numbers() []string {
	numbers := slices.Clone(n.Numbers)
	for _, s := range n.Stages {
		numbers = append(numbers, s.Number)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// spokenOf reads which requests the notices speak of, by number: there may be thousands,
// and only what ties them to a letter of ours is needed.
func (t *tx) spokenOf(ctx context.Context, notices []Notice) (map[string]requestRow, error) {
	var numbers []string
	for _, n := range notices {
		numbers = append(numbers, n.numbers()...)
	}
	rows, err := t.QueryContext(ctx, `SELECT r.id, r.number, r.letter FROM json_each(?) k CROSS JOIN requests r ON r.number = k.value`, jsonText(numbers))
	if err != nil {
		return nil, err
	}
	requests := map[string]requestRow{}
	return requests, scanEach(rows, func() error {
		var r requestRow
		err := rows.Scan(&r.ID, &r.Number, &r.letter)
		requests[r.Number] = r
		return err
	})
}

// notify queues one notice about some of the requests.
func (t *tx) notify(ctx context.Context, n Notice, requests map[string]requestRow) (int64, error) {
	var about []requestRow
	for _, number := range n.numbers() {
		r, found := requests[number]
		if !found {
			return 0, fmt.Errorf("request %s: %w", number, ErrNotFound)
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
		if err := t.append(ctx, Event{Actor: Machine, Code: EventEscalated, Number: number, Detail: Detail{Mail: id}.Text()}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// reached writes down that a request was reminded of.
func (t *tx) reached(ctx context.Context, s Stage, request, mail int64) error {
	_, err := t.insert(ctx, "reminders", fields{
		"request": request, "stage": s.Stage, "clock_start": s.ClockStart.String(), "act_by": s.ActBy.String(), "mail": mail, "at": instant(t.at),
	})
	if isUnique(err) {
		return fmt.Errorf("%s, stage %s: %w", s.Number, s.Stage, ErrStale)
	}
	if err != nil {
		return err
	}
	return t.append(ctx, Event{Actor: Machine, Code: EventReminded, Number: s.Number,
		Detail: Detail{ActBy: &s.ActBy, ClockStart: &s.ClockStart, Mail: mail, Stage: s.Stage}.Text()})
}

// Digested reports whether a digest to the address was queued since an instant.
func (db *DB) Digested(ctx context.Context, to string, since time.Time) (had bool, err error) {
	err = db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outbox o JOIN outbox_private p ON p.id = o.id
			WHERE o.purpose = 'digest' AND o.queued_at >= ? AND p.recipient = ?)`, instant(since), to).Scan(&had)
	})
	if err != nil {
		return false, fmt.Errorf("look for digests: %w", err)
	}
	return had, nil
}

// supersede drops the reminders and digests to the same address that have not
// gone out.
func (t *tx) supersede(ctx context.Context, m NewMail) error {
	old, err := loadMail(ctx, t, `WHERE o.state = 'queued' AND o.purpose IN ('reminder', 'digest') AND o.address_key = ? ORDER BY o.id`, keyed(t.key, m.Keys.Address))
	if err != nil {
		return err
	}
	for _, o := range old {
		if fold(o.To) != fold(m.To) { // another tag behind the plus sign: another reader
			continue
		}
		if err := t.decide(ctx, o.ID, MailDropped, Machine, EventDropped, MailQueued); err != nil {
			return err
		}
	}
	return nil
}
