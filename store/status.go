package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Counts is the state of the register in numbers.
type Counts struct {
	Ledger   map[rules.Verdict]int // letters ever seen, by verdict; one that came again counts once
	Outbox   map[MailState]int
	Requests map[Status]int
	Open     int // requests that are neither closed nor in review
	Review   int

	NextActBy   rules.Date // the earliest of what is not closed; zero if nothing is
	OldestQueue time.Time  // since when the longest waiting letter of ours is queued, also if it is being sent by now; zero if none
	Sending     time.Time  // since when a letter of ours is being sent; zero if none is
	LastPass    time.Time  // end of the last complete intake pass; zero before the first
	Events      int64      // length of the history
	Head        string     // digest of its last event, hex
	LastEvent   time.Time  // when that one was written; zero if there is none
}

// Counts counts what is there. It reads the register as it is at one instant.
func (db *DB) Counts(ctx context.Context) (Counts, error) {
	f := Counts{Ledger: map[rules.Verdict]int{}, Outbox: map[MailState]int{}, Requests: map[Status]int{}}
	err := db.view(ctx, func(q querier) error {
		// Counting a million rows takes too long for a status: the last id is
		// the number of all, and what is of note has an index.
		if err := countBy(ctx, q, `SELECT verdict, count(*) FROM messages WHERE verdict <> 'none' GROUP BY verdict
			UNION ALL SELECT 'none', (SELECT coalesce(max(id), 0) FROM messages) -
				(SELECT count(*) FROM messages WHERE verdict <> 'none')
			UNION ALL SELECT substr(name, length(?1) + 1), -value FROM meta WHERE name GLOB ?1 || '*'`, f.Ledger, metaAgain); err != nil {
			return err
		}
		if err := countBy(ctx, q, `SELECT state, count(*) FROM outbox GROUP BY state`, f.Outbox); err != nil {
			return err
		}
		if err := countBy(ctx, q, `SELECT status, count(*) FROM requests GROUP BY status`, f.Requests); err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT (SELECT min(r.act_by) FROM requests r WHERE `+inWork+`),
			(SELECT min(queued_at) FROM outbox WHERE state IN ('queued', 'sending')),
			(SELECT min(e.at) FROM outbox o JOIN events e ON e.seq = o.event WHERE o.state = 'sending'),
			(SELECT value FROM meta WHERE name = 'last_pass'), (SELECT value FROM meta WHERE name = 'events'),
			(SELECT value FROM meta WHERE name = 'head'), (SELECT at FROM events WHERE seq = (SELECT max(seq) FROM events))`).
			Scan(asDate{&f.NextActBy}, asInstant{&f.OldestQueue}, asInstant{&f.Sending}, asInstant{&f.LastPass}, &f.Events, &f.Head, asInstant{&f.LastEvent})
	})
	if err != nil {
		return Counts{}, fmt.Errorf("read status: %w", err)
	}
	for status, n := range f.Requests {
		switch {
		case status == StatusReview:
			f.Review += n
		case !status.Closed():
			f.Open += n
		}
	}
	return f, nil
}

func countBy[K ~string](ctx context.Context, q querier, query string, into map[K]int, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var key string
		var n int
		err := rows.Scan(&key, &n)
		into[K(key)] += n
		return err
	})
}

// SetPass notes the end of a complete intake pass.
func (db *DB) SetPass(ctx context.Context, at time.Time) error {
	return db.SetMeta(ctx, MetaLastPass, instant(at))
}

// LastPass is the end of the last complete intake pass; zero before the first.
func (db *DB) LastPass(ctx context.Context) (time.Time, error) {
	text, err := db.Meta(ctx, MetaLastPass)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(instantForm, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s is %q", ErrDamaged, MetaLastPass, text)
	}
	return t, nil
}

// InReview reports whether a letter with that trouble made a request on which nobody has
// decided yet.
func (db *DB) InReview(ctx context.Context, trouble string) (found bool, err error) {
	err = db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM requests r JOIN letters l ON l.id = r.letter
			JOIN json_each(l.troubles) t ON t.value = ? WHERE r.status = 'review')`, trouble).Scan(&found)
	})
	if err != nil {
		return false, fmt.Errorf("look for letters in review: %w", err)
	}
	return found, nil
}

// EditionAt names the newest edition of the policy that is in the register and not dated
// behind a day, but for that with this digest; false: there is none. Of two editions of one
// date it is the one used last.
func (db *DB) EditionAt(ctx context.Context, day rules.Date, but string) (p PolicyRef, ok bool, err error) {
	err = db.ask(ctx, `SELECT policy, policy_edition, policy_digest FROM requests
		WHERE EXISTS (SELECT 1 FROM meta WHERE name GLOB ?1 || '*' AND name <> ?1 || ?2)
		AND policy_edition <= ?3 AND policy_digest <> ?2 ORDER BY policy_edition DESC, id DESC LIMIT 1`,
		[]any{MetaPolicy, but, day.String()}, func(rows *sql.Rows) error {
			ok = true
			return rows.Scan(&p.Name, asDate{&p.Edition}, &p.Digest)
		})
	if err != nil {
		return PolicyRef{}, false, fmt.Errorf("find policy edition: %w", err)
	}
	return p, ok, nil
}

// StrangeKind is a kind of requests that the policy does not know.
type StrangeKind struct {
	Kind   rules.Kind
	Policy PolicyRef // of the latest request of the kind
	Open   bool      // not all of them are closed
}

// StrangeKinds lists the kinds of requests that are none of these. Where no other edition
// of the policy than that with this digest was ever in force, it looks at no request.
func (db *DB) StrangeKinds(ctx context.Context, known []rules.Kind, digest string) (list []StrangeKind, err error) {
	err = db.ask(ctx, `SELECT kind, policy, policy_edition, policy_digest, sum(status NOT IN `+closed+`) > 0, max(id) FROM requests
		WHERE EXISTS (SELECT 1 FROM meta WHERE name GLOB ?1 || '*' AND name <> ?1 || ?2)
		AND kind NOT IN (SELECT value FROM json_each(?3)) AND kind <> '' GROUP BY kind ORDER BY kind`,
		[]any{MetaPolicy, digest, jsonText(known)}, func(rows *sql.Rows) error {
			var s StrangeKind
			var last int64
			err := rows.Scan(&s.Kind, &s.Policy.Name, asDate{&s.Policy.Edition}, &s.Policy.Digest, &s.Open, &last)
			list = append(list, s)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list kinds: %w", err)
	}
	return list, nil
}
