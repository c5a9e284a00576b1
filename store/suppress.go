package store

import (
	"context"
	"fmt"
	"time"
)

// Suppression is an address that marketing must leave out.
type Suppression struct {
	SHA256 string // of the normalised address
	Number string // of the request that first asked for it
	Since  time.Time
	Addr   string // as the letter named it; "" after a purge
}

// Suppressions returns all suppressed addresses, the earliest first.
func (db *DB) Suppressions(ctx context.Context) ([]Suppression, error) {
	return db.suppressions(ctx, `ORDER BY s.id`)
}

// Suppressed returns those of the digests that are suppressed.
func (db *DB) Suppressed(ctx context.Context, digests []string) (map[string]Suppression, error) {
	list, err := db.suppressions(ctx, `WHERE s.address IN (SELECT value FROM json_each(?))`, jsonText(digests))
	found := make(map[string]Suppression, len(list))
	for _, s := range list {
		found[s.SHA256] = s
	}
	return found, err
}

func (db *DB) suppressions(ctx context.Context, tail string, args ...any) ([]Suppression, error) {
	var list []Suppression
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT s.address, r.number, s.since, p.from_addr FROM suppressions s
			JOIN requests r ON r.id = s.request LEFT JOIN letters_private p ON p.id = r.letter `+tail, args...)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Suppression
			err := rows.Scan(&s.SHA256, &s.Number, asInstant{&s.Since}, asText[string]{&s.Addr})
			list = append(list, s)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	return list, nil
}
