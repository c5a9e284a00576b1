package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Break is one place at which the register is not what its history says.
type Break struct {
	Table  string    // of the row, or "events" for the chain itself
	Row    int64     // its id; 0 where no single row can be named
	Event  int64     // the event that vouches for the row; 0 if none does
	Since  time.Time // the instant of that event: it was sound then
	Number string    // of the request, where the event names one
	What   Damage
}

// Damage says what was done to a row.
type Damage string

// The sorts of damage.
const (
	Changed   Damage = "changed"
	Removed   Damage = "removed"
	Added     Damage = "added"     // no event knows the row
	Reordered Damage = "reordered" // the event does not follow the one before it
	Cut       Damage = "cut"       // the history ends before its head
)

// maxBreaks is after how many breaks Verify stops: by then the question is no
// longer which row.
const maxBreaks = 1000

// coveredTables are the tables whose rows events vouch for one by one. The
// ledger is covered event by event, chunks and details by digests in other rows.
var coveredTables = []string{
	"counters", "folders", "letters", "letters_private", "notes", "notes_private", "outbox", "outbox_private",
	"outbox_requests", "reminders", "request_letters", "requests", "requests_private", "suppressions", "terms",
}

// Verify recomputes the history and everything it vouches for: the chain of
// events, every covered row, every stored letter and sent mail. It returns
// what is not as it was written, at most 1000 places; nothing for a sound
// register. Its memory does not grow with the register. An error means that
// it could not finish, not that something is wrong.
func (db *DB) Verify(ctx context.Context) ([]Break, error) { return db.verify(ctx, false) }

// VerifyChain is Verify without the rows and the bytes of letters: the chain of
// events, their details, the ledger and the head.
func (db *DB) VerifyChain(ctx context.Context) ([]Break, error) { return db.verify(ctx, true) }

func (db *DB) verify(ctx context.Context, chainOnly bool) ([]Break, error) {
	v := &verifier{}
	steps := []func(context.Context, querier) error{v.chain}
	if !chainOnly {
		steps = append(steps, v.rows, v.entries)
	}
	for _, step := range steps {
		// Each step sees one state of the register; what is written between
		// two steps is sound in both.
		if err := db.view(ctx, func(q querier) error { return step(ctx, q) }); err != nil {
			return v.breaks, fmt.Errorf("verify register: %w", err)
		}
	}
	if !chainOnly {
		if err := v.bytes(ctx, db); err != nil {
			return v.breaks, fmt.Errorf("verify stored letters: %w", explain(err))
		}
	}
	return v.breaks, nil
}

type verifier struct {
	breaks []Break
	named  map[rowKey]bool
}

// found notes a break, once for each row.
func (v *verifier) found(b Break) {
	key := rowKey{b.Table, b.Row}
	if v.named[key] || len(v.breaks) >= maxBreaks {
		return
	}
	if v.named == nil {
		v.named = map[rowKey]bool{}
	}
	v.named[key] = true
	v.breaks = append(v.breaks, b)
}

// foundAt is found with the event looked up.
func (v *verifier) foundAt(ctx context.Context, q querier, b Break) error {
	rows, err := q.QueryContext(ctx, `SELECT at, number FROM events WHERE seq = ?`, b.Event)
	if err != nil {
		return err
	}
	err = eachRecord(rows, func(r *record) error {
		b.Number = r.string("number")
		b.Since, _ = time.Parse(instantForm, r.string("at"))
		return nil
	})
	v.found(b)
	return err
}

// rows compares every covered row with the digest that its event kept.
func (v *verifier) rows(ctx context.Context, q querier) error {
	for _, table := range coveredTables {
		rows, err := q.QueryContext(ctx, `SELECT t.*, e.digest AS kept_digest FROM `+table+` t
			LEFT JOIN event_rows e ON e.event = t.event AND e.tbl = '`+table+`' AND e.row = t.id ORDER BY t.id`)
		if err != nil {
			return err
		}
		var wrong []Break
		err = eachRecord(rows, func(r *record) error {
			b := Break{Table: table, Row: r.integer("id"), Event: r.integer("event"), What: Changed}
			kept := r.string("kept_digest")
			if kept == "" {
				b.What = Added
			}
			if kept != r.digest("kept_digest") && len(wrong) < maxBreaks {
				wrong = append(wrong, b)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, b := range wrong {
			if err := v.foundAt(ctx, q, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// entries looks for rows that events vouch for and that are gone or older than
// their last event: an entry needs its row, written by that event or a later
// one, or an event after it that removed the row; a removed row stays away.
func (v *verifier) entries(ctx context.Context, q querier) error {
	var at strings.Builder
	for _, table := range coveredTables {
		fmt.Fprintf(&at, " WHEN '%s' THEN (SELECT t.event FROM %s t WHERE t.id = e.row)", table, table)
	}
	at.WriteString(` WHEN 'event_details' THEN (SELECT t.event FROM event_details t WHERE t.event = e.row)
		WHEN 'letter_chunks' THEN (SELECT max(t.owner) FROM letter_chunks t WHERE t.owner = e.row)
		WHEN 'outbox_chunks' THEN (SELECT max(t.owner) FROM outbox_chunks t WHERE t.owner = e.row)`)
	rows, err := q.QueryContext(ctx, `SELECT event, tbl, row, digest, present FROM (
			SELECT e.event, e.tbl, e.row, e.digest, CASE e.tbl`+at.String()+` END AS present FROM event_rows e) e
		WHERE CASE WHEN digest = '' THEN (present <= event OR tbl IN ('event_details', 'letter_chunks', 'outbox_chunks') AND present IS NOT NULL)
			ELSE (present IS NULL OR present < event) AND NOT EXISTS (SELECT 1 FROM event_rows x
				WHERE x.digest = '' AND x.tbl = e.tbl AND x.row = e.row AND x.event > e.event) END
		ORDER BY event LIMIT ?`, maxBreaks)
	if err != nil {
		return err
	}
	var wrong []Break
	err = eachRecord(rows, func(r *record) error {
		b := Break{Table: r.string("tbl"), Row: r.integer("row"), Event: r.integer("event"), What: Removed}
		if r.string("digest") == "" {
			b.What = Added
		}
		wrong = append(wrong, b)
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range wrong {
		if err := v.foundAt(ctx, q, b); err != nil {
			return err
		}
	}
	return nil
}
