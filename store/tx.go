package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
)

// querier is what a query runs on: a connection pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx is a write transaction with its place in the history. Rows are written
// with insert, set and remove only, so that the next event vouches for them.
type tx struct {
	*writer
	at    time.Time
	ended func() error // of the caller's context; not nil: the transaction is given up before the next event
	seq   int64        // number that the next event gets
	head  string       // digest of the last event
	key   []byte       // of the register

	rows   map[rowKey]written // since the last event
	ledger ledgerRows         // since the last event

	unsearched map[int64]bool // requests whose words must be brought into the search index
	wordsLater bool           // by the next change, if they are new
}

// written is a row that the next event vouches for.
type written struct {
	removed bool
	row     fields // its columns but those that are NULL; nil: what is in the database counts
}

// ledgerRows are rows of the ledger that the next event vouches for.
type ledgerRows struct {
	first   int64  // the id of the first; 0: there are none
	digests []byte // of all, LF after each; nil: what is in the database counts
}

type rowKey struct {
	table string
	id    int64
}

// compare gives the order in which an event names its rows.
func (k rowKey) compare(other rowKey) int {
	return cmp.Or(cmp.Compare(k.table, other.table), cmp.Compare(k.id, other.id))
}

// fields are the columns of a row and their values.
type fields map[string]any

// change runs f in a write transaction and commits it. What f wrote must be
// covered by events when it returns.
//
//go:noinline
func (db *DB) change(ctx context.Context, at time.Time, f func(ctx context.Context, t *tx) error) error {
	return db.changeAs(ctx, synced, at, f)
}

func (db *DB) changeAs(ctx context.Context, s safety, at time.Time, f func(ctx context.Context, t *tx) error) error {
	return explain(db.writer.transactAs(ctx, s, func(whole context.Context) error {
		t := &tx{writer: db.writer, at: at, ended: ctx.Err, key: db.key, rows: map[rowKey]written{}, unsearched: map[int64]bool{}}
		if err := t.QueryRowContext(whole, `SELECT (SELECT value FROM meta WHERE name = 'events') + 1,
			(SELECT value FROM meta WHERE name = 'head')`).Scan(&t.seq, &t.head); err != nil {
			return fmt.Errorf("read head of history: %w", err)
		}
		first := t.seq
		if err := f(whole, t); err != nil {
			return err
		}
		if len(t.rows) > 0 || t.ledger.first != 0 {
			return errors.New("rows written without an event")
		}
		if t.seq == first {
			return nil
		}
		if err := t.indexWords(whole); err != nil {
			return fmt.Errorf("index words: %w", err)
		}
		if _, err := t.ExecContext(whole, `UPDATE meta SET value = CASE name WHEN 'events' THEN ? ELSE ? END
			WHERE name IN ('events', 'head')`, fmt.Sprint(t.seq-1), t.head); err != nil {
			return fmt.Errorf("write head of history: %w", err)
		}
		return nil
	}))
}

// view runs f on one state of the register; what is written meanwhile is not seen.
func (db *DB) view(ctx context.Context, f func(q querier) error) error {
	v, err := db.read.snapshot(ctx)
	if err != nil {
		return explain(err)
	}
	defer v.Rollback()
	return explain(f(v))
}

// ask runs a query on the connection that writes, and f with each of its rows. It is for what
// is asked of each letter before it is taken in: what the letter before has changed is at hand
// there, and every reader would fetch it from the file. No caller is inside a transaction.
func (db *DB) ask(ctx context.Context, query string, args []any, f func(rows *sql.Rows) error) error {
	if err := db.writer.take(ctx); err != nil {
		return err
	}
	defer db.writer.leave()
	rows, err := db.writer.QueryContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return explain(err)
	}
	return explain(scanEach(rows, func() error { return f(rows) }))
}

// insert adds a row, f, and returns its id; private rows get their salt here. No column has
// a default: what f does not name is NULL.
func (t *tx) insert(ctx context.Context, table string, f fields) (int64, error) {
	f["event"] = t.seq
	if strings.HasSuffix(table, "_private") {
		salt := make([]byte, saltSize)
		rand.Read(salt)
		f["salt"] = salt
	}
	names, values := f.sorted()
	res, err := t.ExecContext(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES (?"+
		strings.Repeat(", ?", len(names)-1)+")", values...)
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", table, err)
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", table, err)
	}
	f["id"] = id
	t.rows[rowKey{table, id}] = written{row: f}
	if request, ok := f["request"].(int64); ok && (table == "request_letters" || table == "notes") {
		t.unsearched[request] = true
	}
	return id, nil
}

// set changes columns of a row that must be there.
func (t *tx) set(ctx context.Context, table string, id int64, f fields) error {
	f["event"] = t.seq
	names, values := f.sorted()
	res, err := t.ExecContext(ctx, "UPDATE "+table+" SET "+strings.Join(names, " = ?, ")+" = ? WHERE id = ?",
		append(values, id)...)
	if err != nil {
		return fmt.Errorf("change %s: %w", table, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%w: %s has no row %d", ErrDamaged, table, id)
	}
	w := t.rows[rowKey{table, id}]
	if w.removed = false; w.row != nil {
		for name, value := range f {
			w.row[name] = value
		}
	}
	t.rows[rowKey{table, id}] = w
	return nil
}

// setPrivate is set for a row that a purge may have removed: then nothing is written.
func (t *tx) setPrivate(ctx context.Context, table string, id int64, f fields) error {
	var there int
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM "+table+" WHERE id = ?", id).Scan(&there); err != nil || there == 0 {
		return err
	}
	return t.set(ctx, table, id, f)
}

// remove deletes a row.
func (t *tx) remove(ctx context.Context, table string, id int64) error {
	if _, err := t.ExecContext(ctx, "DELETE FROM "+table+" WHERE id = ?", id); err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
	}
	t.rows[rowKey{table, id}] = written{removed: true}
	return nil
}

// record is the row that consists of these columns.
func (f fields) record() *record {
	names, values := f.sorted()
	r := &record{names: names, values: values, order: make([]int, len(names))}
	for i, value := range values {
		r.order[i], values[i] = i, asStored(value)
	}
	return r
}

// sorted gives the columns in an order that does not change, so that equal
// statements have equal text.
func (f fields) sorted() (names []string, values []any) {
	for name := range f {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		values = append(values, f[name])
	}
	return names, values
}
