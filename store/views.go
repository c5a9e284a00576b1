package store

import "context"

// tries is how often views looks for one state on all its connections.
const tries = 20

// views is view on n connections that see the same state of the register, so that n goroutines
// can read it at once. If another process writes too fast to find such a state, all n are one
// connection, on which the goroutines take turns.
func (db *DB) views(ctx context.Context, n int, f func(q []querier) error) error {
	db.many.Lock() // else two callers could each hold connections that the other waits for
	defer db.many.Unlock()
	var open []snapshot
	defer func() {
		for _, v := range open {
			v.Rollback()
		}
	}()
	for try := 0; ; try++ {
		var heads []string
		for len(open) < n {
			v, err := db.read.beginSnapshot(ctx)
			if err != nil {
				return explain(err)
			}
			open = append(open, v)
		}
		for _, v := range open {
			var head string
			if err := v.QueryRowContext(ctx, `SELECT coalesce(group_concat(name || ' ' || value), '') FROM
				(SELECT name, value FROM meta WHERE name IN ('events', 'head') ORDER BY name)`).Scan(&head); err != nil {
				return explain(err)
			}
			heads = append(heads, head)
		}
		same := make([]querier, n)
		alike := true
		for i := range open {
			same[i], alike = open[i], alike && heads[i] == heads[0]
		}
		if !alike && try == tries {
			for i := range same {
				same[i] = open[0]
			}
		}
		if alike || try == tries {
			return explain(f(same))
		}
		for _, v := range open {
			v.Rollback()
		}
		open = open[:0]
	}
}
