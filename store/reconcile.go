package store

import (
	"context"
	"fmt"
	"time"
)

// EachPlace calls f with every UID from from to to (both included) that has a
// ledger row, in order, and stops at the first error. So it does with those of letters that
// were moved there, where filed, the server's UIDVALIDITY, is not 0. It holds none of them in
// memory: the rows of messages that were expunged since may outnumber those in
// the mailbox by far. f must not take long, since it sees one state of the
// register.
func (db *DB) EachPlace(ctx context.Context, folder string, uidvalidity, filed, from, to uint32, f func(uid uint32) error) error {
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT m.uid FROM folders f CROSS JOIN messages m ON m.folder = f.id
			WHERE f.name = ?1 AND m.uidvalidity = ?2 AND m.uid BETWEEN ?4 AND ?5
			UNION ALL SELECT l.filed_uid FROM folders f CROSS JOIN letters l ON l.filed_folder = f.id
			WHERE f.name = ?1 AND l.filed_uid IS NOT NULL AND l.filed_validity = ?3 AND l.filed_uid BETWEEN ?4 AND ?5 AND ?3 > 0 ORDER BY 1`, folder, uidvalidity, filed, from, to)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var uid uint32
			if err := rows.Scan(&uid); err != nil {
				return err
			}
			return f(uid)
		})
	})
	if err != nil {
		return fmt.Errorf("read places of messages: %w", err)
	}
	return nil
}

// RecordMissed writes the ledger rows of messages that are no requests and that
// were found missing: one transaction, one event. The cursor stays where it is,
// which may be behind or before them. Rows that are there already are left as
// they are.
func (db *DB) RecordMissed(ctx context.Context, folder string, uidvalidity uint32, rows []Seen, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		id, err := t.folderID(ctx, folder)
		if err != nil {
			return err
		}
		if err := t.insertSeen(ctx, id, uidvalidity, rows); err != nil {
			return err
		}
		if len(t.rows) == 0 && t.ledger.first == 0 {
			return nil
		}
		return t.append(ctx, Event{Actor: Machine, Code: EventIntakeRepaired})
	})
	if err != nil {
		return fmt.Errorf("record missed messages: %w", err)
	}
	return nil
}
