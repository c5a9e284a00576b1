package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// unsent selects the reminders and digests that wait to be sent.
const unsent = `WHERE o.state = 'queued' AND o.purpose IN ('reminder', 'digest')`

// Unsent returns the reminders and digests that wait to be sent, the oldest first, without
// their bytes.
func (db *DB) Unsent(ctx context.Context) (list []Mail, err error) {
	err = db.view(ctx, func(q querier) (err error) {
		list, err = loadMail(ctx, q, unsent+` ORDER BY o.id`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list unsent reminders: %w", err)
	}
	return list, nil
}

// superseded lists the letters in whose place the notices are written.
func (t *tx) superseded(ctx context.Context, notices []Notice, anew time.Time) (old []Mail, err error) {
	if anew.IsZero() && (len(notices) == 0 || !notices[0].Supersede) { // a digest, and so are all
		return nil, nil
	}
	list, err := loadMail(ctx, t, unsent+` ORDER BY o.id`)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		if o.QueuedAt.Before(anew) || heir(notices, o) >= 0 {
			old = append(old, o)
		}
	}
	return old, nil
}

// heir is the index of the notice that is written in place of a letter; -1: none is.
// Another tag behind the plus sign is another reader.
func heir(notices []Notice, m Mail) int {
	for i, n := range notices {
		if n.Supersede && fold(n.Mail.To) == fold(m.To) {
			return i
		}
	}
	return -1
}

// giveWay drops a letter that has not gone out. What the letter in its place says, too, was
// told by that one from now on. Of the rest nobody was told, which freed reports of a letter
// that is not older than anew.
func (t *tx) giveWay(ctx context.Context, old Mail, notices []Notice, ids []int64, anew time.Time) (freed bool, err error) {
	rows, err := t.QueryContext(ctx, `SELECT m.id, r.number, m.stage, m.clock_start, m.act_by FROM outbox_requests o
		JOIN reminders m ON m.request = o.request JOIN requests r ON r.id = m.request WHERE o.mail = ?1 AND m.mail = ?1 ORDER BY m.id`, old.ID)
	if err != nil {
		return false, err
	}
	var told []Stage
	var at []int64
	if err := scanEach(rows, func() error {
		var s Stage
		var id int64
		err := rows.Scan(&id, &s.Number, &s.Stage, asDate{&s.ClockStart}, asDate{&s.ActBy})
		told, at = append(told, s), append(at, id)
		return err
	}); err != nil {
		return false, err
	}
	by := heir(notices, old)
	for i, s := range told {
		if by >= 0 && notices[by].repeats(s) {
			err = t.set(ctx, "reminders", at[i], fields{"mail": ids[by]})
		} else {
			freed, err = !old.QueuedAt.Before(anew), t.remove(ctx, "reminders", at[i])
		}
		if err != nil {
			return false, err
		}
	}
	return freed, t.decide(ctx, old.ID, MailDropped, Machine, EventDropped, MailQueued)
}

func (n *Notice) repeats(s Stage) bool {
	if n.Repeats != nil {
		return n.Repeats(s)
	}
	return slices.Contains(n.numbers(), s.Number)
}
