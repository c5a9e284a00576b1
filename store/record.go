package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strconv"
)

// record is one row as SQLite keeps it, column by column.
type record struct {
	names  []string
	values []any
	order  []int // of the columns by name
	text   []byte
}

func newRecord(names []string) *record {
	r := &record{names: names, values: make([]any, len(names)), order: make([]int, len(names))}
	for i := range r.order {
		r.order[i] = i
	}
	sort.Slice(r.order, func(i, j int) bool { return names[r.order[i]] < names[r.order[j]] })
	return r
}

// digest is the digest of the row, without the columns that are left out: see
// the head of migrations/0001_init.sql for its form, which never changes.
func (r *record) digest(without ...string) string {
	sum := r.sum(without...)
	return hex.EncodeToString(sum[:])
}

// sum is digest in bytes.
func (r *record) sum(without ...string) [sha256.Size]byte {
	r.text = r.text[:0]
	for _, i := range r.order {
		if len(without) == 0 || !slices.Contains(without, r.names[i]) {
			r.text = appendColumn(r.text, r.names[i], r.values[i])
		}
	}
	return sha256.Sum256(r.text)
}

// columns returns a copy of the row without the columns that are left out.
func (r *record) columns(without ...string) *record {
	var names []string
	var values []any
	for i, name := range r.names {
		if !slices.Contains(without, name) {
			value := r.values[i]
			if b, ok := value.([]byte); ok {
				value = slices.Clone(b)
			}
			names, values = append(names, name), append(values, value)
		}
	}
	c := newRecord(names)
	c.values = values
	return c
}

// copied returns the row as it is now, to be kept when the next one is read.
func (r *record) copied() *record {
	return &record{names: r.names, order: r.order, values: slices.Clone(r.values)}
}

// set gives a column another value.
func (r *record) set(name string, value any) { r.values[slices.Index(r.names, name)] = asStored(value) }

// pick returns the values of some columns.
func (r *record) pick(names []string) []any {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = r.value(name)
	}
	return values
}

// asStored is a value in the form in which SQLite gives it back.
func asStored(value any) any {
	switch v := value.(type) {
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case int:
		return int64(v)
	case uint32:
		return int64(v)
	}
	return value
}

// value returns a column, nil where there is none of that name: in a damaged
// file it may have another.
//
//go:noinline
func (r *record) value(name string) any {
	if i := slices.Index(r.names, name); i >= 0 {
		return r.values[i]
	}
	return nil
}

// integer returns a column of that type, 0 if it is NULL or another.
//
//go:noinline
func (r *record) integer(name string) int64 {
	n, _ := r.value(name).(int64)
	return n
}

// string returns a column of that type, "" if it is NULL or another.
//
//go:noinline
func (r *record) string(name string) string {
	s, _ := r.value(name).(string)
	return s
}

// bytes returns a column of that type, nil if it is NULL or another.
func (r *record) bytes(name string) []byte {
	b, _ := r.value(name).([]byte)
	return b
}

func appendColumn(b []byte, name string, value any) []byte {
	switch v := value.(type) {
	case nil:
		return b
	case int64:
		var digits [20]byte
		return appendField(b, name, 'i', strconv.AppendInt(digits[:0], v, 10))
	case string:
		return appendField(b, name, 't', v)
	case []byte:
		return appendField(b, name, 'b', v)
	}
	// A column of another type is not ours; it must not pass for one that is.
	return appendField(b, name, '?', fmt.Sprintf("%T %v", value, value))
}

func appendField[T string | []byte](b []byte, name string, form byte, value T) []byte {
	b = append(b, name...)
	b = append(b, '\t', form, '\t')
	b = strconv.AppendInt(b, int64(len(value)), 10)
	b = append(b, '\t')
	b = append(b, value...)
	return append(b, '\n')
}

// digestOf computes the digest and the marks of a row as it stands in the
// database.
func digestOf(ctx context.Context, q querier, key rowKey) (digest string, marks []byte, err error) {
	rows, err := q.QueryContext(ctx, "SELECT * FROM "+key.table+" WHERE id = ?", key.id)
	if err != nil {
		return "", nil, err
	}
	err = eachRecord(rows, func(r *record) error {
		digest, marks = r.digest(), r.marks()
		return nil
	})
	if err == nil && digest == "" {
		err = fmt.Errorf("%w: %s has no row %d", ErrDamaged, key.table, key.id)
	}
	return digest, marks, err
}

// eachRecord calls f with each row and closes the rows. The record is used
// again for the next row.
func eachRecord(rows *sql.Rows, f func(*record) error) error {
	defer rows.Close()
	c, err := newCursor(rows)
	if err != nil {
		return err
	}
	for c.next() {
		if err := f(c.record); err != nil {
			return err
		}
	}
	return c.err
}

// cursor goes through rows one by one, beside other cursors.
type cursor struct {
	*record
	rows *sql.Rows
	into []any
	done bool
	err  error
}

func newCursor(rows *sql.Rows) (*cursor, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	c := &cursor{record: newRecord(names), rows: rows, into: make([]any, len(names))}
	for i := range c.values {
		c.into[i] = &c.values[i]
	}
	return c, nil
}

func (c *cursor) next() bool {
	if c.done {
		return false
	}
	if !c.rows.Next() {
		c.done, c.err = true, c.rows.Err()
		return false
	}
	if c.err = c.rows.Scan(c.into...); c.err != nil {
		c.done = true
		return false
	}
	return true
}
