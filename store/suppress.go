package store

import (
	"context"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Suppression is an address that marketing must leave out.
type Suppression struct {
	SHA256 string // of the normalised address
	Number string // of the request that first asked for it
	Kind   rules.Kind
	Since  time.Time

	// Named are the addresses that the request and its letters still know, some of
	// them "" or twice; none after a purge. One of them has the digest.
	Named []string
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
		rows, err := q.QueryContext(ctx, `SELECT s.address, r.number, r.kind, s.since, (SELECT json_group_array(address) FROM (
				SELECT x.sender AS address FROM requests_private x WHERE x.id = r.id AND x.sender IS NOT NULL
				UNION ALL SELECT p.from_addr FROM request_letters rl CROSS JOIN letters_private p ON p.id = rl.letter WHERE rl.request = r.id
				UNION ALL SELECT p.reply_to FROM request_letters rl CROSS JOIN letters_private p ON p.id = rl.letter WHERE rl.request = r.id))
			FROM suppressions s JOIN requests r ON r.id = s.request `+tail, args...)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Suppression
			err := rows.Scan(&s.SHA256, &s.Number, &s.Kind, asInstant{&s.Since}, asJSON{&s.Named})
			list = append(list, s)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	return list, nil
}
