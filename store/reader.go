package store

import (
	"context"
	"database/sql"
	"sync"
)

// reader is the pool of connections for queries. Statements stay prepared, for
// parsing a small query takes longer than answering it.
type reader struct {
	*sql.DB
	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

// mostPrepared bounds what is kept: filters make queries of many forms.
const mostPrepared = 64

func newReader(pool *sql.DB) *reader { return &reader{DB: pool, prepared: map[string]*sql.Stmt{}} }

// statement returns the prepared query; nil when there are too many already.
func (r *reader) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.prepared[query]; s != nil || len(r.prepared) == mostPrepared {
		return s, nil
	}
	s, err := r.PrepareContext(ctx, query)
	if err == nil {
		r.prepared[query] = s
	}
	return s, err
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

// snapshot is a transaction that reads.
type snapshot struct {
	*sql.Tx
	r *reader
}

func (v snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := v.r.statement(ctx, query)
	if err != nil || s == nil {
		return v.Tx.QueryContext(ctx, query, args...)
	}
	return v.Tx.StmtContext(ctx, s).QueryContext(ctx, args...)
}

func (v snapshot) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := v.r.statement(ctx, query)
	if err != nil || s == nil {
		return v.Tx.QueryRowContext(ctx, query, args...)
	}
	return v.Tx.StmtContext(ctx, s).QueryRowContext(ctx, args...)
}
