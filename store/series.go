package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"time"
)

// series is many events that are written at once: what tx.append writes one by
// one, in statements of many rows. The rows that they vouch for are written by
// the caller, with the number of their event. It is made without the database,
// so that it can be made while another one is written.
type series struct {
	at   time.Time
	seq  int64  // number that the next event gets
	head string // digest of the last event

	events, entries, details [][]any
}

// covered is a row that an event vouches for; without a digest it is removed.
type covered struct {
	rowKey
	digest string
	marks  []byte
}

// add takes an event in, with the state of its request after it ("" if it did
// not change) and the rows that it vouches for.
func (s *series) add(e Event, state string, rows []covered) {
	sort.Slice(rows, func(i, j int) bool { return rows[i].compare(rows[j].rowKey) < 0 })
	all := sha256.New()
	for _, row := range rows {
		if row.digest == "" {
			row.marks = []byte{}
		}
		s.entries = append(s.entries, []any{s.seq, row.table, row.id, row.digest, row.marks})
		writeCover(all, row.table, row.id, row.digest, row.marks)
	}
	detail := ""
	if e.Detail != "" {
		salt := make([]byte, saltSize)
		rand.Read(salt)
		detail = detailDigest(salt, e.Detail)
		s.details = append(s.details, []any{s.seq, salt, e.Detail})
	}
	row := eventRow(s.seq, s.at, e, detail, state, hex.EncodeToString(all.Sum(nil)), s.head)
	s.events = append(s.events, row)
	s.head = row[len(row)-1].(string)
	s.seq++
}

// cut returns the events so far; the series goes on after them, empty.
func (s *series) cut() series {
	done := *s
	s.events, s.entries, s.details = nil, nil, nil
	return done
}

// appendAll writes a series, which began where the history of t ends.
func (t *tx) appendAll(ctx context.Context, s series) error {
	if err := t.ended(); err != nil {
		return err
	}
	for _, w := range []struct {
		into string
		rows [][]any
	}{
		{insertEntries, s.entries},
		{"INSERT INTO event_details (event, salt, body) VALUES ", s.details},
		{"INSERT INTO events (" + strings.Join(eventColumns, ", ") + ", marks, digest) VALUES ", s.events},
	} {
		if err := t.execMany(ctx, w.into, "", w.rows); err != nil {
			return fmt.Errorf("write events: %w", err)
		}
	}
	t.seq, t.head = s.seq, s.head
	return nil
}

// rowsOnce is how many rows one statement of execMany writes, and fewRows how many where
// there are not so many: an event of a request has seven.
const (
	rowsOnce = 100
	fewRows  = 8
)

// execMany runs a statement with a list of rows as VALUES between its head and
// its tail, for many rows at once. The rows are of one width.
func (w *writer) execMany(ctx context.Context, head, tail string, rows [][]any) error {
	var args []any
	for len(rows) > 0 {
		n := min(len(rows), fewRows) // few different statements stay prepared
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
