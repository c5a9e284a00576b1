package store

import (
	"context"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// LedgerRow is one row of the ledger with its place.
type LedgerRow struct {
	Place Place
	Seen  Seen
}

// LedgerFilter selects rows of the ledger. The zero LedgerFilter selects all.
type LedgerFilter struct {
	Verdict      rules.Verdict // "": any
	Since, Until time.Time     // of INTERNALDATE, Until excluded; zero: no bound
	Limit        int           // 0: no limit
}

// Ledger calls f with each row that the filter selects, the newest first by
// when it was seen, and stops at the first error. It does not hold the rows in
// memory; f must not take long, since it sees one state of the register.
func (db *DB) Ledger(ctx context.Context, filter LedgerFilter, f func(LedgerRow) error) error {
	where, args := `WHERE 1`, []any{}
	if filter.Verdict != "" {
		where, args = where+` AND m.verdict = ?`, append(args, string(filter.Verdict))
		if filter.Verdict != rules.None {
			where += ` AND m.verdict <> 'none'` // as the index says
		}
	}
	if !filter.Since.IsZero() {
		where, args = where+` AND m.internal_date >= ?`, append(args, instant(filter.Since))
	}
	if !filter.Until.IsZero() {
		where, args = where+` AND m.internal_date < ?`, append(args, instant(filter.Until))
	}
	where += ` ORDER BY m.id DESC`
	if filter.Limit > 0 {
		where, args = where+` LIMIT ?`, append(args, filter.Limit)
	}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT f.name, m.uidvalidity, `+seenColumns+` FROM messages m
			CROSS JOIN folders f ON f.id = m.folder `+where, args...)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var row LedgerRow
			if err := rows.Scan(append([]any{&row.Place.Folder, &row.Place.UIDValidity}, row.Seen.columns()...)...); err != nil {
				return err
			}
			row.Place.UID = row.Seen.UID
			return f(row)
		})
	})
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	return nil
}
