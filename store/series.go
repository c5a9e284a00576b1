package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// series is many events of one kind that are written at once: what tx.append
// writes one by one, in statements of many rows. The rows that they vouch for
// are written by the caller, with the number of their event, before append.
type series struct {
	*tx
	events []Event
	rows   [][]covered // of each event
}

// covered is a row that an event vouches for.
type covered struct {
	rowKey
	removed bool
	digest  string
	marks   []byte
}

// add takes an event in and returns its number.
func (s *series) add(e Event) int64 {
	s.events, s.rows = append(s.events, e), append(s.rows, nil)
	return s.seq + int64(len(s.events)) - 1
}

// cover says that the last event writes the row, uncover that it removes it.
func (s *series) cover(table string, id int64) { s.note(covered{rowKey: rowKey{table, id}}) }
func (s *series) uncover(table string, id int64) {
	s.note(covered{rowKey: rowKey{table, id}, removed: true})
}

func (s *series) note(c covered) {
	last := len(s.rows) - 1
	s.rows[last] = append(s.rows[last], c)
}

// append writes the events and what they vouch for.
func (s *series) append(ctx context.Context) error {
	if err := s.caller.Err(); err != nil {
		return err
	}
	if err := s.digests(ctx); err != nil {
		return fmt.Errorf("cover rows of events %s: %w", s.events[0].Code, err)
	}
	states, err := s.states(ctx)
	if err != nil {
		return fmt.Errorf("read states after events %s: %w", s.events[0].Code, err)
	}
	var events, entries, details [][]any
	seq, head := s.seq, s.head
	for i, e := range s.events {
		slices.SortFunc(s.rows[i], func(a, b covered) int { return a.compare(b.rowKey) })
		all := sha256.New()
		for _, row := range s.rows[i] {
			entries = append(entries, []any{seq, row.table, row.id, row.digest, row.marks})
			writeCover(all, row.table, row.id, row.digest, row.marks)
		}
		detail := ""
		if e.Detail != "" {
			salt := make([]byte, saltSize)
			rand.Read(salt)
			detail = detailDigest(salt, e.Detail)
			details = append(details, []any{seq, salt, e.Detail})
		}
		state := ""
		if changesRequest(slices.Values(s.rows[i])) {
			state = states[e.Number]
		}
		row := eventRow(seq, s.at, e, detail, state, hex.EncodeToString(all.Sum(nil)), head)
		head = row[len(row)-1].(string)
		events = append(events, row)
		seq++
	}
	for _, w := range []struct {
		into string
		rows [][]any
	}{
		{"event_rows (event, tbl, row, digest, marks)", entries},
		{"event_details (event, salt, body)", details},
		{"events (" + strings.Join(eventColumns, ", ") + ", marks, digest)", events},
	} {
		if err := s.execMany(ctx, "INSERT INTO "+w.into+" VALUES ", "", w.rows); err != nil {
			return fmt.Errorf("write events %s: %w", s.events[0].Code, err)
		}
	}
	s.tx.seq, s.tx.head = seq, head
	s.events, s.rows = nil, nil
	return nil
}

// states reads how the requests of the events stand, where events change them.
func (s *series) states(ctx context.Context) (map[string]string, error) {
	var numbers []string
	for i, e := range s.events {
		if e.Number != "" && changesRequest(slices.Values(s.rows[i])) {
			numbers = append(numbers, e.Number)
		}
	}
	return s.statesAfter(ctx, numbers)
}

// digests fills the digests of all rows, table by table.
func (s *series) digests(ctx context.Context) error {
	at := map[string]map[int64]*covered{}
	for i := range s.rows {
		for j := range s.rows[i] {
			c := &s.rows[i][j]
			if c.removed {
				c.marks = []byte{}
				continue
			}
			if at[c.table] == nil {
				at[c.table] = map[int64]*covered{}
			}
			at[c.table][c.id] = c
		}
	}
	for table, rows := range at {
		ids := make([]int64, 0, len(rows))
		for id := range rows {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		list, err := s.QueryContext(ctx, `SELECT t.* FROM json_each(?) k CROSS JOIN `+table+` t ON t.id = k.value`, jsonText(ids))
		if err != nil {
			return err
		}
		n := 0
		if err := eachRecord(list, func(r *record) error {
			c := rows[r.integer("id")]
			c.digest, c.marks = r.digest(), r.marks()
			n++
			return nil
		}); err != nil {
			return err
		}
		if n != len(ids) {
			return fmt.Errorf("%w: %s lacks %d rows", ErrDamaged, table, len(ids)-n)
		}
	}
	return nil
}

// rowsOnce is how many rows one statement of execMany writes.
const rowsOnce = 100

// execMany runs a statement with a list of rows as VALUES between its head and
// its tail, for many rows at once. The rows are of one width.
func (w *writer) execMany(ctx context.Context, head, tail string, rows [][]any) error {
	var args []any
	for len(rows) > 0 {
		n := 1 // few different statements stay prepared: of many rows, and of one
		if len(rows) >= rowsOnce {
			n = rowsOnce
		}
		args = args[:0]
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		one := "(?" + strings.Repeat(", ?", len(rows[0])-1) + ")"
		if _, err := w.ExecContext(ctx, head+one+strings.Repeat(", "+one, n-1)+tail, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
