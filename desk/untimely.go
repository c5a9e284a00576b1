package desk

import (
	"context"
	"encoding/json"
	"time"

	"license.kz/pometka/rules"
)

// untimely lists the reminders and digests that could not be sent while staff was at work and
// wait until it is again: the next digest is written in their place. Not those that tell of a
// last day that is over by then, nor those of today that were queued while nobody was at work,
// since they were meant for that hour.
func (d *Desk) untimely(ctx context.Context, now time.Time) (ids []int64, err error) {
	if d.atWork(now) {
		return nil, nil
	}
	list, err := d.Store.Unsent(ctx)
	if err != nil {
		return nil, err
	}
	today, opens := rules.DateIn(now, d.Zone), rules.DateIn(d.opens(now), d.Zone)
	for i := range list {
		m := &list[i]
		meant := !d.atWork(m.QueuedAt) && rules.DateIn(m.QueuedAt, d.Zone) == today
		if !meant && !endsBefore(m.Data, today, opens) {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// NextSend returns when the first letter of ours may be sent, the zero time if none waits: one
// to staff that waits for the office is not due before that opens.
func (d *Desk) NextSend(ctx context.Context) (time.Time, error) {
	now := d.Now()
	waiting, err := d.untimely(ctx, now)
	if err != nil {
		return time.Time{}, err
	}
	next, err := d.Store.NextAttempt(ctx, waiting)
	if err != nil || len(waiting) == 0 {
		return next, err
	}
	if opens := d.opens(now); next.IsZero() || opens.Before(next) {
		next = opens
	}
	return next, nil
}

// endsBefore reports whether a letter to staff tells of a last day from today on that is over
// on the day opens, or cannot be read.
func endsBefore(data string, today, opens rules.Date) bool {
	var m mailData
	var b bulletin
	if json.Unmarshal([]byte(data), &m) != nil || json.Unmarshal(m.Lines, &b) != nil {
		return true
	}
	for i := range b.Lines {
		x := &b.Lines[i]
		if x.Waits == 0 && !x.Last.IsZero() && !x.Last.Before(today) && x.Last.Before(opens) {
			return true
		}
	}
	return false
}
