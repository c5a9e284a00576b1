package store

import (
	"context"
	"fmt"
	"strings"
)

// rows compares every covered row with the digest that its event kept, table
// by table: each sees one state of the register.
func (v *verifier) rows(ctx context.Context) error {
	var done, total int64
	for _, table := range coveredTables {
		var n int64
		if err := v.db.read.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			if err := v.unreadable(err); err != nil {
				return err
			}
		}
		total += n
	}
	for _, table := range coveredTables {
		err := v.viewed(func(ctx context.Context, q querier) error {
			return v.rowsOf(ctx, q, table, func() {
				if done++; done%1000 == 0 {
					v.Progress(StageRows, done, total)
				}
			})
		})(ctx)
		if err := v.unreadable(err); err != nil {
			return err
		}
	}
	v.Progress(StageRows, total, total)
	return nil
}

func (v *verifier) rowsOf(ctx context.Context, q querier, table string, tick func()) error {
	rows, err := q.QueryContext(ctx, `SELECT t.*, e.digest AS kept_digest, e.marks AS kept_marks FROM `+table+` t
		LEFT JOIN event_rows e ON e.event = t.event AND e.tbl = '`+table+`' AND e.row = t.id ORDER BY t.id`)
	if err != nil {
		return err
	}
	var strays []stray
	err = eachRecord(rows, func(r *record) error {
		tick()
		s := stray{Break: Break{Table: table, Row: r.integer("id"), Event: r.integer("event"), What: Changed}}
		switch kept := r.string("kept_digest"); {
		case len(strays) >= maxBreaks, kept == r.digest("kept_digest", "kept_marks"):
			return nil
		case kept == "":
			s.What = Added
		default: // the event that it names wrote the row, but maybe not last
			s.Columns = r.differs(r.bytes("kept_marks"), "kept_digest", "kept_marks")
		}
		if len(strays) < maxSought {
			s.row = r.columns("kept_digest", "kept_marks")
		}
		strays = append(strays, s)
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range strays {
		if err := v.placeStray(ctx, q, &s); err != nil {
			return err
		}
		if err := v.foundAt(ctx, q, s.Break); err != nil {
			return err
		}
	}
	return nil
}

// stray is a row for which the event that it names does not vouch.
type stray struct {
	Break
	row *record // only of the first
}

// maxSought bounds how many rows are looked up among all entries, since each
// costs a walk through them.
const maxSought = 20

// placeStray finds the event that wrote the row of a stray last, if any did:
// then the row is not new, and that event tells what was changed.
func (v *verifier) placeStray(ctx context.Context, q querier, s *stray) error {
	if v.sought++; v.sought > maxSought || s.row == nil {
		return nil
	}
	rows, err := q.QueryContext(ctx, `SELECT event, digest, marks FROM event_rows WHERE tbl = ? AND row = ? ORDER BY event DESC LIMIT 1`, s.Table, s.Row)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(e *record) error {
		if s.What == Changed && s.Event == e.integer("event") {
			return nil
		}
		s.Event = e.integer("event")
		if e.string("digest") == "" {
			s.What, s.Columns = Added, nil // it was removed, and is here again
			return nil
		}
		marks, _ := e.values[2].([]byte)
		s.What, s.Columns = Changed, s.row.differs(marks)
		return nil
	})
}

// block is how many events one query of entries looks at.
const block = 5000

// vouchedRows looks for rows that events vouch for and that are gone or older than
// their last event: an entry needs its row, written by that event or a later
// one, or an event after it that removed the row; a removed row stays away.
func (v *verifier) vouchedRows(ctx context.Context) error {
	query := entriesQuery()
	for from := int64(0); from <= v.Events; from += block {
		v.Progress(StageHistory, from, v.Events)
		err := v.viewed(func(ctx context.Context, q querier) error {
			rows, err := q.QueryContext(ctx, query, from, from+block, maxBreaks)
			if err != nil {
				return err
			}
			var wrong []Break
			err = eachRecord(rows, func(r *record) error {
				b := Break{Table: r.string("tbl"), Row: r.integer("row"), Event: r.integer("event"), What: Reverted}
				switch {
				case r.string("digest") == "":
					b.What = Added
				case r.integer("there") == 0:
					b.What = Removed
				}
				wrong = append(wrong, b)
				return nil
			})
			for _, b := range wrong {
				if err := v.foundAt(ctx, q, b); err != nil {
					return err
				}
			}
			return err
		})(ctx)
		if err := v.unreadable(err); err != nil {
			return err
		}
		if len(v.Breaks) >= maxBreaks {
			break
		}
	}
	v.Progress(StageHistory, v.Events, v.Events)
	return nil
}

func entriesQuery() string {
	var at strings.Builder
	for _, table := range coveredTables {
		fmt.Fprintf(&at, " WHEN '%s' THEN (SELECT t.event FROM %s t WHERE t.id = e.row)", table, table)
	}
	at.WriteString(` WHEN 'event_details' THEN (SELECT t.event FROM event_details t WHERE t.event = e.row)
		WHEN 'letter_chunks' THEN (SELECT max(t.owner) FROM letter_chunks t WHERE t.owner = e.row)
		WHEN 'outbox_chunks' THEN (SELECT max(t.owner) FROM outbox_chunks t WHERE t.owner = e.row)`)
	return `SELECT event, tbl, row, digest, present IS NOT NULL AS there FROM (
			SELECT e.event, e.tbl, e.row, e.digest, CASE e.tbl` + at.String() + ` END AS present FROM event_rows e
				WHERE e.event > ? AND e.event <= ?) e
		WHERE CASE WHEN digest = '' THEN (present <= event OR tbl IN ('event_details', 'letter_chunks', 'outbox_chunks') AND present IS NOT NULL)
			ELSE (present IS NULL OR present < event) AND NOT EXISTS (SELECT 1 FROM event_rows x
				WHERE x.digest = '' AND x.tbl = e.tbl AND x.row = e.row AND x.event > e.event) END
		ORDER BY event LIMIT ?`
}
