package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// file lets SQLite look at every page of the database: what is damaged below
// the rows is found here, and indexes that would make a reader miss a row.
func (v *verifier) file(ctx context.Context) error {
	v.Progress(StageFile, 0, 0)
	// On a connection of its own: one that has searched before looks at the
	// search index of that time, and calls the present one damaged.
	pool, err := sql.Open("sqlite", dsn(v.db.path, url.Values{"mode": {"ro"}, "_query_only": {"1"}}))
	if err != nil {
		return err
	}
	defer pool.Close()
	rows, err := pool.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		for line := range strings.SplitSeq(text, "\n") {
			if line != "ok" && line != "" && !strings.HasPrefix(line, "***") {
				v.found(Break{Name: line, What: Broken})
			}
		}
		return nil
	})
}

// schema compares tables, indexes and triggers with those that this program
// makes: a trigger could change what is written from now on.
func (v *verifier) schema(ctx context.Context) error {
	want, err := soundSchema()
	if err != nil {
		return err
	}
	have, err := schemaOf(ctx, v.db.read)
	if err != nil {
		v.schemaBroken = true
		return err
	}
	note := func(name string, what Damage) {
		v.schemaBroken = true
		v.found(Break{Table: "sqlite_schema", Name: name, What: what})
	}
	var version int
	if err := v.db.read.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version != len(migrations()) {
		v.found(Break{Table: "sqlite_schema", Name: "user_version", What: Changed})
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch there, ok := have[name]; {
		case !ok && ofSearch(name):
		case !ok:
			note(name, Removed)
		case there != want[name]:
			note(name, Changed)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[name]; !ok {
			note(name, Added)
		}
	}
	return nil
}

// ofSearch reports whether a part of the schema belongs to the search index,
// which is made when it is first used and is derived from covered rows.
func ofSearch(name string) bool {
	return name == "table search" || strings.HasPrefix(name, "table search_")
}

// soundSchema is the schema of a new register.
var soundSchema = sync.OnceValues(func() (map[string]string, error) {
	ctx := context.Background()
	c, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.SetMaxOpenConns(1)
	for _, step := range migrations() {
		if _, err := c.ExecContext(ctx, step); err != nil {
			return nil, fmt.Errorf("make schema to compare with: %w", err)
		}
	}
	return schemaOf(ctx, c)
})

// schemaOf returns the parts of a schema as they were written.
func schemaOf(ctx context.Context, q querier) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT type || ' ' || name, tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema`)
	if err != nil {
		return nil, err
	}
	parts := map[string]string{}
	err = scanEach(rows, func() error {
		var name, text string
		err := rows.Scan(&name, &text)
		parts[name] = text
		return err
	})
	return parts, err
}

// facts checks the texts of the policy editions, which carry their digest as
// their name; each that a request names must be there. The other small facts
// that the history does not cover are bookkeeping: see docs/audit.md.
func (v *verifier) facts(ctx context.Context, q querier) error {
	rows, err := q.QueryContext(ctx, `SELECT name, value FROM meta WHERE name LIKE 'policy:%'`)
	if err != nil {
		return err
	}
	if err := eachRecord(rows, func(r *record) error {
		sum := sha256.Sum256([]byte(r.string("value")))
		if name := r.string("name"); name != MetaPolicy+hex.EncodeToString(sum[:]) {
			v.found(Break{Table: "meta", Name: name, Columns: []string{"value"}, What: Changed})
		}
		return nil
	}); err != nil {
		return err
	}
	rows, err = q.QueryContext(ctx, `SELECT policy_digest, (SELECT e.event FROM event_rows e
			WHERE e.tbl = 'requests' AND e.row = r.first ORDER BY e.event LIMIT 1) AS event
		FROM (SELECT policy_digest, min(id) AS first FROM requests GROUP BY policy_digest) r
		WHERE length(policy_digest) = ? AND NOT EXISTS (SELECT 1 FROM meta WHERE name = ? || policy_digest) LIMIT ?`,
		2*sha256.Size, MetaPolicy, maxBreaks)
	if err != nil {
		return err
	}
	var gone []Break
	err = eachRecord(rows, func(r *record) error {
		gone = append(gone, Break{Table: "meta", Name: MetaPolicy + r.string("policy_digest"), Event: r.integer("event"), What: Removed})
		return nil
	})
	for _, b := range gone {
		if err := v.foundAt(ctx, q, b); err != nil {
			return err
		}
	}
	return err
}
