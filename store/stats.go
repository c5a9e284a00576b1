package store

import (
	"context"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Span is how long one request took, and how long it might.
type Span struct {
	Kind       rules.Kind // "" in status review
	Status     Status
	Outcome    string // the code of why it was closed
	ReceivedOn rules.Date
	ClosedAt   time.Time  // since when it is done or refused; zero else
	PolicyDue  rules.Date // the earliest term of the policy; zero: none runs
	LawDue     rules.Date // and of the law
}

// Spans calls f with every request received on a day from first to last, both
// included, in the order of receipt.
func (db *DB) Spans(ctx context.Context, first, last rules.Date, f func(Span) error) error {
	due := func(source string) string {
		return `(SELECT min(t.due) FROM terms t WHERE t.` + termsOf("r.id") + ` AND t.source = '` + source + `')`
	}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.kind, r.status, coalesce(r.outcome_code, ''), r.received_on, CASE WHEN r.status IN ('done', 'refused') THEN
				(SELECT e.at FROM events e WHERE e.number = r.number AND e.number <> '' AND e.state <> '' AND e.seq > coalesce((
				SELECT x.seq FROM events x WHERE x.number = r.number AND x.number <> '' AND x.state <> ''
				AND json_extract(x.state, '$.status') NOT IN `+closed+` ORDER BY x.seq DESC LIMIT 1), 0) ORDER BY e.seq LIMIT 1) END,
				`+due("policy")+`, `+due("law")+`
			FROM requests r WHERE r.received_on BETWEEN ? AND ? ORDER BY r.received_on`, first.String(), last.String())
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Span
			if err := rows.Scan(&s.Kind, &s.Status, &s.Outcome, asDate{&s.ReceivedOn}, asInstant{&s.ClosedAt}, asDate{&s.PolicyDue}, asDate{&s.LawDue}); err != nil {
				return err
			}
			return f(s)
		})
	})
	if err != nil {
		return fmt.Errorf("read spans: %w", err)
	}
	return nil
}
