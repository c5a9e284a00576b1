package store

import (
	"context"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Purgeable is a closed request whose content a purge removes.
type Purgeable struct {
	Number  string
	Kind    rules.Kind
	Status  Status
	Since   time.Time // of its last change: it was closed then at the latest
	Letters int       // whose content is still there
	Mails   int       // of ours, likewise
	Bytes   int64     // of the letters as received

	id int64
}

// Purged counts what a purge or a forgetting removed.
type Purged struct{ Requests, Letters, Mails, Notes int }

// purgeable selects the closed requests that were last changed before an
// instant and still have content, unless one of their letters belongs to
// another request that is not as far, or a letter of ours about them is about
// to be sent.
const purgeable = `FROM requests r JOIN events e ON e.seq = r.event
	WHERE r.status IN ` + closed + ` AND e.at < ?1
	AND (EXISTS (SELECT 1 FROM request_letters rl JOIN letters_private p ON p.id = rl.letter WHERE rl.request = r.id)
		OR EXISTS (SELECT 1 FROM request_letters rl JOIN letter_chunks c ON c.owner = rl.letter WHERE rl.request = r.id)
		OR EXISTS (SELECT 1 FROM requests_private p WHERE p.id = r.id)
		OR EXISTS (SELECT 1 FROM notes n JOIN notes_private p ON p.id = n.id WHERE n.request = r.id)
		OR EXISTS (SELECT 1 FROM outbox_requests m JOIN outbox_private p ON p.id = m.mail WHERE m.request = r.id)
		OR EXISTS (SELECT 1 FROM events x JOIN event_details d ON d.event = x.seq
			WHERE x.number = r.number AND x.number <> '' AND x.code NOT IN ('purged', 'forgotten')))
	AND NOT EXISTS (SELECT 1 FROM request_letters a JOIN request_letters b ON b.letter = a.letter JOIN requests o ON o.id = b.request
		JOIN events oe ON oe.seq = o.event WHERE a.request = r.id AND (o.status NOT IN ` + closed + ` OR oe.at >= ?1))
	AND NOT EXISTS (SELECT 1 FROM outbox_requests m JOIN outbox o ON o.id = m.mail
		WHERE m.request = r.id AND o.state IN ('queued', 'sending'))`

// Purgeable lists what Purge would remove, the longest closed first.
func (db *DB) Purgeable(ctx context.Context, before time.Time) ([]Purgeable, error) {
	var list []Purgeable
	err := db.view(ctx, func(q querier) (err error) {
		list, err = loadPurgeable(ctx, q, purgeable, instant(before))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what can be purged: %w", err)
	}
	return list, nil
}

func loadPurgeable(ctx context.Context, q querier, from string, args ...any) ([]Purgeable, error) {
	rows, err := q.QueryContext(ctx, `SELECT r.id, r.number, r.kind, r.status, e.at,
		(SELECT count(*) FROM request_letters rl JOIN letters_private p ON p.id = rl.letter WHERE rl.request = r.id),
		(SELECT count(*) FROM outbox_requests m JOIN outbox_private p ON p.id = m.mail WHERE m.request = r.id),
		(SELECT total(l.size) FROM request_letters rl JOIN letters l ON l.id = rl.letter
			JOIN letters_private p ON p.id = l.id WHERE rl.request = r.id)
		`+from+` ORDER BY e.at, r.id`, args...)
	if err != nil {
		return nil, err
	}
	var list []Purgeable
	err = scanEach(rows, func() error {
		var p Purgeable
		err := rows.Scan(&p.id, &p.Number, &p.Kind, &p.Status, asInstant{&p.Since}, &p.Letters, &p.Mails, asTotal{&p.Bytes})
		list = append(list, p)
		return err
	})
	return list, err
}

// purgeOnce bounds what one transaction of a purge empties, in requests and in
// bytes of letters: a purge of years must not keep everybody else waiting.
const (
	purgeOnce      = 10
	purgeOnceBytes = 32 << 20
)

// portion is the beginning of a list, as much as one transaction empties.
func portion(list []Purgeable) []Purgeable {
	size := list[0].Bytes
	n := 1
	for ; n < min(len(list), purgeOnce) && size+list[n].Bytes <= purgeOnceBytes; n++ {
		size += list[n].Bytes
	}
	return list[:n]
}

// staffMail selects the letters to staff that were queued before an instant and still have
// content: digests speak of many requests, open ones among them.
const staffMail = `SELECT o.id FROM outbox o JOIN outbox_private p ON p.id = o.id
	WHERE o.purpose NOT IN ` + publicMail + ` AND o.queued_at < ? AND o.state NOT IN ('queued', 'sending')`

// Purge removes the content of every closed request that was last changed before an instant:
// letters, sent mail, names, addresses, texts, notes, attachments, words of the search, and
// the details of its events; and the content of old letters to staff. Number, kinds, dates,
// outcome and digests stay, and the history still verifies. Each request gets an event, and
// so does the purge as a whole.
//
// Afterwards the traces that deleted rows leave in the file and in the log are overwritten
// (see Scrub), also if there was nothing to purge but an earlier purge could not do that.
// progress may be nil.
func (db *DB) Purge(ctx context.Context, before time.Time, actor string, at time.Time, progress func(done, total int)) (Purged, error) {
	var sum Purged
	list, err := db.Purgeable(ctx, before)
	if err != nil {
		return sum, err
	}
	detail := jsonText(purgedDetail{Before: instant(before)})
	done := 0
	for done < len(list) {
		part := portion(list[done:])
		err := db.purging(ctx, at, func(ctx context.Context, p *purge) error {
			for _, r := range part {
				// Somebody may have reopened it since it was listed.
				still, err := loadPurgeable(ctx, p, purgeable+` AND r.id = ?2`, instant(before), r.id)
				if err != nil {
					return err
				}
				if len(still) == 0 {
					continue
				}
				if err := p.request(ctx, r, actor, Event{Actor: actor, Code: EventPurged, Number: r.Number, Detail: detail}); err != nil {
					return err
				}
			}
			return nil
		}, &sum)
		if err != nil {
			return sum, fmt.Errorf("purge: %w", err)
		}
		if done += len(part); progress != nil {
			progress(done, len(list))
		}
		if err := yield(ctx); err != nil {
			return sum, err
		}
	}
	err = db.purging(ctx, at, func(ctx context.Context, p *purge) error {
		old, err := queryIDs(ctx, p, staffMail, instant(before))
		if err != nil || len(old) == 0 && sum.Requests == 0 {
			return err
		}
		if err := p.mails(ctx, old, actor); err != nil {
			return err
		}
		return p.append(ctx, Event{Actor: actor, Code: EventPurged, Detail: jsonText(purgedDetail{instant(before), &sum.Requests})})
	}, &sum)
	if err != nil {
		return sum, fmt.Errorf("purge: %w", err)
	}
	return sum, db.Scrub(ctx)
}
