package store

import (
	"context"
	"database/sql"
	"errors"
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

// Telling is how a stage was told of.
type Telling struct {
	State MailState // of the letter that is the first to tell of it
	Since time.Time // when that was queued
}

// Lost reports whether the letter may have reached nobody, and will not by itself.
func (t Telling) Lost() bool { return t.State == MailFailed || t.State == MailUncertain }

// Reminded returns the stages of the requests that a letter was queued about.
func (db *DB) Reminded(ctx context.Context, numbers []string) (map[Stage]Telling, error) {
	done := map[Stage]Telling{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.number, m.stage, m.clock_start, m.act_by, o.state, o.queued_at
			FROM requests r JOIN reminders m ON m.request = r.id JOIN outbox o ON o.id = m.mail
			WHERE r.number IN (SELECT value FROM json_each(?))`, jsonText(numbers))
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Stage
			var by Telling
			err := rows.Scan(&s.Number, &s.Stage, asDate{&s.ClockStart}, asDate{&s.ActBy}, &by.State, asInstant{&by.Since})
			done[s] = by
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
	Escalated []Stage  // what it tells the privacy officer of, in the order of the requests; stages of their own
}

// Remind queues letters to staff and writes down the stages that they are
// about, an event for each, all in one transaction; it returns the ids of the
// letters. ErrStale: one of the stages was reminded of already, and nothing
// was done. ErrNotFound: there is no such request.
//
// Reminders and digests that were queued before the instant anew and have not gone out are
// dropped, whomever they are for: of requests of which the letters do not speak, nobody was
// told. So everybody gets one letter after an outage of the mail server, not one for each day.
func (db *DB) Remind(ctx context.Context, notices []Notice, anew, at time.Time) ([]int64, error) {
	var ids []int64
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		ids = ids[:0]
		requests, err := t.spokenOf(ctx, notices)
		if err != nil {
			return err
		}
		for _, n := range notices {
			id, err := t.notify(ctx, n, requests, anew)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return t.giveWay(ctx, anew)
	})
	if err != nil {
		return nil, fmt.Errorf("remind: %w", err)
	}
	return ids, nil
}

// numbers are those of all requests that the notice speaks of, in order.
func (n Notice) numbers() []string {
	numbers := slices.Clone(n.Numbers)
	for _, s := range slices.Concat(n.Stages, n.Escalated) {
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
func (t *tx) notify(ctx context.Context, n Notice, requests map[string]requestRow, anew time.Time) (int64, error) {
	var about []requestRow
	for _, number := range n.numbers() {
		r, found := requests[number]
		if !found {
			return 0, fmt.Errorf("request %s: %w", number, ErrNotFound)
		}
		about = append(about, r)
	}
	id, err := t.enqueue(ctx, n.Mail, about, Machine)
	if err != nil {
		return 0, err
	}
	for _, s := range n.Stages {
		if err := t.reached(ctx, s, requests[s.Number].ID, id, anew); err != nil {
			return 0, err
		}
	}
	for i, s := range n.Escalated {
		if _, err := t.mark(ctx, s, requests[s.Number].ID, id, anew); err != nil {
			return 0, err
		}
		if i+1 < len(n.Escalated) && n.Escalated[i+1].Number == s.Number {
			continue // one event is enough
		}
		if err := t.append(ctx, Event{Actor: Machine, Code: EventEscalated, Number: s.Number, Detail: Detail{Mail: id}.Text()}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// reached writes down that a request was reminded of.
func (t *tx) reached(ctx context.Context, s Stage, request, mail int64, anew time.Time) error {
	event, err := t.mark(ctx, s, request, mail, anew)
	if err != nil || !event {
		return err
	}
	return t.append(ctx, Event{Actor: Machine, Code: EventReminded, Number: s.Number,
		Detail: Detail{ActBy: &s.ActBy, ClockStart: &s.ClockStart, Mail: mail, Stage: s.Stage}.Text()})
}

// mark names the letter that tells of a stage. event: one is to be written; otherwise the
// letter takes the place of one that is dropped, and the event of that one will vouch.
func (t *tx) mark(ctx context.Context, s Stage, request, mail int64, anew time.Time) (event bool, err error) {
	row := fields{"request": request, "stage": s.Stage, "clock_start": s.ClockStart.String(), "act_by": s.ActBy.String(), "mail": mail, "at": instant(t.at)}
	var id int64
	var by Telling
	err = t.QueryRowContext(ctx, `SELECT m.id, o.state, o.queued_at FROM reminders m JOIN outbox o ON o.id = m.mail
		WHERE m.request = ? AND m.stage = ? AND m.clock_start = ? AND m.act_by = ?`,
		request, s.Stage, row["clock_start"], row["act_by"]).Scan(&id, &by.State, asInstant{&by.Since})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = t.insert(ctx, "reminders", row)
		return true, err
	case err != nil:
		return false, err
	case by.Lost():
		return true, t.set(ctx, "reminders", id, row)
	case by.State == MailQueued && by.Since.Before(anew):
		return false, t.set(ctx, "reminders", id, row)
	}
	return false, fmt.Errorf("%s, stage %s: %w", s.Number, s.Stage, ErrStale)
}

// DigestsSince returns the digests that were queued since an instant, in that order.
func (db *DB) DigestsSince(ctx context.Context, since time.Time) (list []Mail, err error) {
	err = db.view(ctx, func(q querier) (err error) {
		list, err = loadMail(ctx, q, `WHERE o.purpose = 'digest' AND o.queued_at >= ? ORDER BY o.queued_at, o.id`, instant(since))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for digests: %w", err)
	}
	return list, nil
}
