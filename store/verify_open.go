package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
)

// OpenToVerify opens the register at path only for reading: the proof must not change what it
// proves. A damaged file is opened as far as possible, so that the damage can be told. Only
// VerifyAll, Verify, VerifyChain and Head work on the result.
//
// ErrDamaged, ErrNotRegister: the file is no sound register at all, or empty.
// ErrNewerSchema: a newer pometka wrote it.
func OpenToVerify(ctx context.Context, path string) (*DB, error) {
	db := &DB{path: path}
	if err := db.openToVerify(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open register %s: %w", path, explain(err))
	}
	return db, nil
}

func (db *DB) openToVerify(ctx context.Context) (err error) {
	info, err := os.Stat(db.path)
	switch {
	case err != nil:
		return unwrapPath(err)
	case !info.Mode().IsRegular():
		return ErrNotRegister
	case info.Size() == 0:
		if log, err := os.Stat(db.path + "-wal"); errors.Is(err, fs.ErrNotExist) || err == nil && log.Size() == 0 {
			return fmt.Errorf("%w: the file is empty", ErrDamaged)
		}
	}
	if db.codec, err = newCodec(); err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(db.path, url.Values{"mode": {"ro"}, "_query_only": {"1"}}))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	db.read = newReader(pool)
	version, err := schemaVersion(ctx, pool)
	if err != nil || version == len(migrations()) {
		return err
	}
	// Somebody may have changed only the number: if the schema is ours, it can be verified.
	have, err := schemaOf(ctx, pool)
	if err != nil {
		return err
	}
	want, err := soundSchema()
	switch {
	case err != nil || maps.Equal(have, want):
		return err
	case version > len(migrations()):
		return newerSchema(version, len(migrations()))
	}
	return fmt.Errorf("%w: it has schema %d, and this pometka writes %d", ErrDamaged, version, len(migrations()))
}

// Head returns the number and the digest of the last event, and its instant;
// zero for a register without events.
func (db *DB) Head(ctx context.Context) (Event, error) {
	var e Event
	err := db.read.QueryRowContext(ctx, `SELECT (SELECT value FROM meta WHERE name = 'events'), (SELECT value FROM meta WHERE name = 'head'),
		(SELECT at FROM events ORDER BY seq DESC LIMIT 1)`).Scan(&e.Seq, asText[string]{&e.Digest}, asInstant{&e.At})
	if err != nil {
		return Event{}, fmt.Errorf("read head of history: %w", explain(err))
	}
	return e, nil
}
