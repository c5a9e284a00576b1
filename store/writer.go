package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// writer is the one connection that writes. Transactions take turns on it
// here, in the process, where waiting can be cancelled; only another process
// is waited for inside SQLite. Its statements stay prepared.
type writer struct {
	turn     chan struct{}
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
	watch    func(point string) // see DB.WatchCommits
	patience time.Duration
	safety   safety // of the commits of the connection, as it stands
	stems    stems  // of the words that were indexed lately
	trails   bool   // the search index may lack the latest requests; for whoever has the turn
	*codec
}

// safety is how a commit waits for the disk: a value of PRAGMA synchronous.
type safety string

const (
	// synced: when its commit returns, the change is on the disk, and all before it.
	synced safety = "FULL"
	// behind: when its commit returns, the change may not be on the disk yet; the next
	// synced commit brings it there. It outlives the process. A power cut may lose it, with
	// everything after it.
	behind safety = "NORMAL"
)

func newWriter(ctx context.Context, pool *sql.DB, c *codec, patience time.Duration) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	// The page cache is small, since the operating system caches the file anyway. Temporary
	// data stays in memory, so that nothing of a letter gets into a temporary file. The log
	// is folded after 4000 pages rather than 1000: those that every letter changes are
	// written to the file a quarter as often. It shrinks again after a letter of many
	// megabytes. SQLite does not wait for a lock: begin does.
	for _, setting := range []string{"PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -256", "PRAGMA wal_autocheckpoint = 4000", "PRAGMA journal_size_limit = 20971520", "PRAGMA busy_timeout = 0"} {
		if _, err := conn.ExecContext(ctx, setting); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return &writer{turn: make(chan struct{}, 1), conn: conn, prepared: map[string]*sql.Stmt{}, watch: func(string) {}, patience: patience, safety: synced, trails: true, codec: c}, nil
}

// take waits for the turn of the caller, who leaves the connection behind.
func (w *writer) take(ctx context.Context) error {
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) leave() { <-w.turn }

// transact runs f between BEGIN IMMEDIATE and COMMIT, or ROLLBACK if f fails, and returns
// when the change is on the disk. A transaction that has begun is not interrupted by the end
// of ctx, so that it is never in doubt whether it took place; but f itself may give up.
func (w *writer) transact(ctx context.Context, f func(ctx context.Context) error) error {
	return w.transactAs(ctx, synced, f)
}

func (w *writer) transactAs(ctx context.Context, s safety, f func(ctx context.Context) error) (err error) {
	if err := w.take(ctx); err != nil {
		return err
	}
	defer w.leave()
	if err := w.begin(ctx, s); err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx)
	done := false
	defer func() {
		if !done { // f failed or panicked, or COMMIT did
			w.trails = true // what it indexed is undone
			_, e := w.conn.ExecContext(whole, "ROLLBACK")
			if e != nil && !w.idle(whole) {
				err = errors.Join(err, fmt.Errorf("undo: %w", e))
			}
		}
	}()
	if err := f(whole); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	w.watch("before " + s.commit())
	if _, err := w.conn.ExecContext(whole, "COMMIT"); err != nil {
		return err
	}
	done = true
	w.watch("after " + s.commit())
	return nil
}

// commit is what a commit of this safety is called where commits are watched.
func (s safety) commit() string {
	if s == behind {
		return "unsynced commit"
	}
	return "commit"
}

// WatchCommits calls f before and after every commit from now on. It is for
// tests, which end the process there.
func (db *DB) WatchCommits(f func(point string)) { db.writer.watch = f }

// Fold copies the write-ahead log into the file, as far as no reader needs the file as it was,
// and begins the log anew. Without it SQLite does that in the middle of some commit, when the
// log has grown to sixteen megabytes, and the first commit to a new log waits for the disk
// twice. Fold is called when nobody waits. Its own commit must change something, else SQLite
// writes nothing; so it counts.
func (db *DB) Fold(ctx context.Context) error {
	w := db.writer
	fold := func() error {
		if err := w.take(ctx); err != nil {
			return err
		}
		defer w.leave()
		var busy, log, done int
		return w.conn.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &done)
	}
	err := fold()
	if err == nil {
		err = w.transact(ctx, func(whole context.Context) error {
			_, err := w.ExecContext(whole, `INSERT INTO meta (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`, metaFolded)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("fold log: %w", explain(err))
	}
	return nil
}

// lookEvery is how a writer waits for one in another process: SQLite's own
// waiting, which looks more and more rarely, can starve beside a process that is
// never idle.
const lookEvery = 2 * time.Millisecond

// begin takes the write lock of the file. Neither of its statements waits, and neither is
// called off: of one that ctx ended upon, the driver does not say whether it took effect.
func (w *writer) begin(ctx context.Context, s safety) error {
	whole := context.WithoutCancel(ctx)
	if w.safety != s {
		if _, err := w.conn.ExecContext(whole, "PRAGMA synchronous = "+string(s)); err != nil {
			return err
		}
		w.safety = s
	}
	over := false
	enough := time.NewTimer(w.patience)
	defer enough.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := w.conn.ExecContext(whole, "BEGIN IMMEDIATE")
		var e *sqlite.Error
		if err == nil || over || !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-enough.C:
			over = true
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// idle reports whether no transaction is open: after some errors SQLite has
// undone it by itself.
func (w *writer) idle(ctx context.Context) bool {
	if _, err := w.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return false
	}
	_, err := w.conn.ExecContext(ctx, "ROLLBACK")
	return err == nil
}

func (w *writer) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := w.prepared[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.prepared[query] = s
	}
	return s, err
}

// ExecContext runs a statement that returns no rows.
func (w *writer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := w.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext runs a query; its rows are closed before the same query is run
// again.
func (w *writer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := w.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext runs a query for one row.
func (w *writer) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := w.statement(ctx, query)
	if err != nil {
		return w.conn.QueryRowContext(ctx, query, args...) // carries the error
	}
	return s.QueryRowContext(ctx, args...)
}

// Close waits for the transaction that is running and ends the use of the
// connection. Whoever comes later gets sql.ErrConnDone.
func (w *writer) Close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	for _, s := range w.prepared {
		s.Close()
	}
	clear(w.prepared)
	if err := w.conn.Close(); !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil // closed before
}
