package store

import (
	"context"
	"fmt"
	"time"
)

// Unsent returns the reminders and digests that wait to be sent, the oldest first, without
// their bytes.
func (db *DB) Unsent(ctx context.Context) (list []Mail, err error) {
	err = db.view(ctx, func(q querier) (err error) {
		list, err = loadMail(ctx, q, `WHERE o.state = 'queued' AND o.purpose IN ('reminder', 'digest') ORDER BY o.id`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list unsent reminders: %w", err)
	}
	return list, nil
}

// giveWay drops the reminders and digests that were queued before an instant and have not
// gone out. Nobody was told of their stages, unless a letter in their place speaks of the
// same request: then what has passed meanwhile is told by that.
func (t *tx) giveWay(ctx context.Context, anew time.Time) error {
	rows, err := t.QueryContext(ctx, `SELECT id, 0 FROM outbox WHERE state = 'queued' AND purpose IN ('reminder', 'digest') AND queued_at < ?1
		UNION ALL SELECT o.id, m.id FROM outbox o JOIN outbox_requests r ON r.mail = o.id JOIN reminders m ON m.request = r.request AND m.mail = o.id
		WHERE o.state = 'queued' AND o.purpose IN ('reminder', 'digest') AND o.queued_at < ?1 AND NOT EXISTS (SELECT 1 FROM outbox_requests x
			JOIN outbox n ON n.id = x.mail WHERE x.request = r.request AND n.queued_at >= ?1 AND n.purpose IN ('reminder', 'digest'))
		ORDER BY 1, 2 DESC`, instant(anew))
	if err != nil {
		return err
	}
	var old [][2]int64
	if err := scanEach(rows, func() error {
		var x [2]int64
		err := rows.Scan(&x[0], &x[1])
		old = append(old, x)
		return err
	}); err != nil {
		return err
	}
	for _, x := range old {
		if x[1] != 0 {
			err = t.remove(ctx, "reminders", x[1])
		} else {
			err = t.decide(ctx, x[0], MailDropped, Machine, EventDropped, MailQueued)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// LostSince returns when the first reminder or digest was lost after an instant: it failed,
// or nobody knows whether it went out. Zero: none was.
func (db *DB) LostSince(ctx context.Context, since time.Time) (first time.Time, err error) {
	err = db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT min(e.at) FROM outbox o JOIN events e ON e.seq = o.event
			WHERE o.purpose IN ('reminder', 'digest') AND o.queued_at >= ? AND o.state IN ('failed', 'uncertain') AND e.at >= ?`,
			instant(since.Add(-longestLost)), instant(since)).Scan(asInstant{&first})
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look for lost reminders: %w", err)
	}
	return first, nil
}

// longestLost is more than a letter to staff is tried before it fails.
const longestLost = 10 * 24 * time.Hour

// Unheard counts how many reminders and digests to an address (folded, as in MailKeys) were
// lost in a row up to now: refused, and without a certain end. A dozen is as many as it tells of.
func (db *DB) Unheard(ctx context.Context, address string) (failed, uncertain int, err error) {
	err = db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT state FROM outbox WHERE address_key = ? AND purpose IN ('reminder', 'digest')
			AND state IN ('sent', 'failed', 'uncertain') ORDER BY created_at DESC, id DESC LIMIT 12`, keyed(db.key, address))
		if err != nil {
			return err
		}
		heard := false
		return scanEach(rows, func() error {
			var state MailState
			err := rows.Scan(&state)
			switch heard = heard || state == MailSent; {
			case heard:
			case state == MailFailed:
				failed++
			default:
				uncertain++
			}
			return err
		})
	})
	if err != nil {
		return 0, 0, fmt.Errorf("look how reminders ended: %w", err)
	}
	return failed, uncertain, nil
}
