package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// reader is the pool of connections for queries. Statements stay prepared, for
// parsing a small query takes longer than answering it.
//
// To prepare a statement takes a connection. So whoever holds a connection must not prepare,
// and whoever prepares must not hold the lock: if all connections were held by callers that
// wait for one more, all would wait for ever.
type reader struct {
	*sql.DB
	mu       sync.Mutex // never held while a connection is waited for
	prepared map[string]*sql.Stmt
	wanted   []string // queries of snapshots, to be prepared before the next one
}

// mostPrepared bounds what is kept: filters make queries of many forms.
const mostPrepared = 64

func newReader(pool *sql.DB) *reader { return &reader{DB: pool, prepared: map[string]*sql.Stmt{}} }

// statement returns the prepared query; nil when there are too many already.
func (r *reader) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	s, full := r.prepared[query], len(r.prepared) >= mostPrepared
	r.mu.Unlock()
	if s != nil || full {
		return s, nil
	}
	s, err := r.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return r.keep(query, s), nil
}

// keep files a prepared query, unless another was faster; it returns the one to
// be used.
func (r *reader) keep(query string, s *sql.Stmt) *sql.Stmt {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.prepared[query]; old != nil {
		s.Close()
		return old
	}
	r.prepared[query] = s
	return s
}

// known returns the query if it is prepared; nil: it is not, and wanted.
func (r *reader) known(query string) *sql.Stmt {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.prepared[query]
	if s == nil && len(r.prepared)+len(r.wanted) < mostPrepared && !slices.Contains(r.wanted, query) {
		r.wanted = append(r.wanted, query)
	}
	return s
}

// prepareWanted prepares the queries that snapshots wanted. The caller holds no connection. A
// query that cannot be prepared gives its error where it is run.
func (r *reader) prepareWanted(ctx context.Context) {
	r.mu.Lock()
	wanted := r.wanted
	r.wanted = nil
	r.mu.Unlock()
	for _, query := range wanted {
		if s, err := r.PrepareContext(ctx, query); err == nil {
			r.keep(query, s)
		}
	}
}

// QueryContext runs a query on any of the connections.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := r.statement(ctx, query)
	if err != nil || s == nil {
		return r.DB.QueryContext(ctx, query, args...) // carries the error, if it lasts
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext runs a query for one row.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := r.statement(ctx, query)
	if err != nil || s == nil {
		return r.DB.QueryRowContext(ctx, query, args...)
	}
	return s.QueryRowContext(ctx, args...)
}

// snapshot is a transaction that reads, on one connection and no other.
type snapshot struct {
	*sql.Tx
	r *reader
}

// snapshot begins one; the caller rolls it back.
func (r *reader) snapshot(ctx context.Context) (snapshot, error) {
	r.prepareWanted(ctx)
	return r.beginSnapshot(ctx)
}

// beginSnapshot is snapshot for a caller that may hold a connection already.
func (r *reader) beginSnapshot(ctx context.Context) (snapshot, error) {
	sqlTx, err := r.BeginTx(ctx, nil)
	return snapshot{sqlTx, r}, err
}

func (v snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := v.r.known(query); s != nil {
		return v.Tx.StmtContext(ctx, s).QueryContext(ctx, args...)
	}
	return v.Tx.QueryContext(ctx, query, args...)
}

func (v snapshot) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := v.r.known(query); s != nil {
		return v.Tx.StmtContext(ctx, s).QueryRowContext(ctx, args...)
	}
	return v.Tx.QueryRowContext(ctx, query, args...)
}
