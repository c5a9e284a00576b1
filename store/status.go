package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Counts is the state of the register in numbers.
type Counts struct {
	Ledger   map[rules.Verdict]int // messages ever seen, by verdict
	Outbox   map[MailState]int
	Requests map[Status]int
	Open     int // requests that are neither closed nor in review
	Review   int

	NextActBy   rules.Date // the earliest of what is not closed; zero if nothing is
	OldestQueue time.Time  // since when the longest waiting letter of ours is queued; zero if none
	LastPass    time.Time  // end of the last complete intake pass; zero before the first
	Events      int64      // length of the history
	Head        string     // digest of its last event, hex
	LastEvent   time.Time  // when that one was written; zero if there is none
}

// Names of the small facts that Meta and SetMeta keep. They are bookkeeping,
// no history, and not covered by the chain of events.
const (
	MetaLastPass       = "last_pass"
	MetaCalendarDigest = "calendar_digest"
	MetaLastRemind     = "last_remind"

	// MetaDeadlines holds the operator's deadline options by which the terms
	// of the open requests were computed.
	MetaDeadlines = "deadlines"

	// MetaRecounted is the number of the event up to which the terms of the open
	// requests are known to be counted by MetaCalendarDigest and MetaDeadlines.
	MetaRecounted = "recounted"

	// metaFolded is how often the log was folded by DB.Fold.
	metaFolded = "folded"

	// MetaScrub is set while what a purge removed may still lie in free pages.
	MetaScrub = "scrub"

	// MetaPolicy and the digest of a policy file name its text. The digest in
	// each request vouches for it.
	MetaPolicy = "policy:"
)

// Counts counts what is there. It reads the register as it is at one instant.
func (db *DB) Counts(ctx context.Context) (Counts, error) {
	f := Counts{Ledger: map[rules.Verdict]int{}, Outbox: map[MailState]int{}, Requests: map[Status]int{}}
	err := db.view(ctx, func(q querier) error {
		// Counting a million rows takes too long for a status: the last id is
		// the number of all, and what is of note has an index.
		if err := countBy(ctx, q, `SELECT verdict, count(*) FROM messages WHERE verdict <> 'none' GROUP BY verdict
			UNION ALL SELECT 'none', (SELECT coalesce(max(id), 0) FROM messages) -
				(SELECT count(*) FROM messages WHERE verdict <> 'none')`, f.Ledger); err != nil {
			return err
		}
		if err := countBy(ctx, q, `SELECT state, count(*) FROM outbox GROUP BY state`, f.Outbox); err != nil {
			return err
		}
		if err := countBy(ctx, q, `SELECT status, count(*) FROM requests GROUP BY status`, f.Requests); err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT (SELECT min(r.act_by) FROM requests r WHERE `+inWork+`),
			(SELECT min(queued_at) FROM outbox WHERE state = 'queued'),
			(SELECT value FROM meta WHERE name = 'last_pass'), (SELECT value FROM meta WHERE name = 'events'),
			(SELECT value FROM meta WHERE name = 'head'), (SELECT at FROM events WHERE seq = (SELECT max(seq) FROM events))`).
			Scan(asDate{&f.NextActBy}, asInstant{&f.OldestQueue}, asInstant{&f.LastPass}, &f.Events, &f.Head, asInstant{&f.LastEvent})
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

func countBy[K ~string](ctx context.Context, q querier, query string, into map[K]int) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var key string
		var n int
		err := rows.Scan(&key, &n)
		into[K(key)] = n
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

// Meta returns a small fact, "" if it was never set.
func (db *DB) Meta(ctx context.Context, name string) (string, error) {
	var value string
	err := db.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read %s: %w", name, explain(err))
	}
	return value, nil
}

// SetMeta keeps a small fact. What the store itself keeps there is refused.
func (db *DB) SetMeta(ctx context.Context, name, value string) error {
	return explain(db.writer.transact(ctx, func(ctx context.Context) error { return db.writer.setMeta(ctx, name, value) }))
}

func (w *writer) setMeta(ctx context.Context, name, value string) error {
	if name == "key" || name == "head" || name == "events" {
		return fmt.Errorf("write %s: it belongs to the history", name)
	}
	_, err := w.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
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
