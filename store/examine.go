package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Examination is what can be said of a register without changing it.
type Examination struct {
	Missing bool     // there is no such file yet
	Schema  int      // of the file; 0: it is empty
	Known   int      // the newest schema that this program knows
	Journal string   // "wal" as this program leaves it
	Damage  []string // what SQLite finds wrong with the file
	Breaks  []Break  // in the history (VerifyChain)
	Traces  bool     // what was purged may still lie in free pages: see Scrub

	Reasons map[string]int // of the newest rows of the ledger, how many have which reason code
}

// newestLetters is how many letters Examination.Reasons counts.
const newestLetters = 1000

// mostDamage is how many faults of the file are named.
const mostDamage = 5

// Examine looks at a register without migrating or changing it, whether a
// daemon works on it or not. What it had found before an error is returned
// beside it. Errors are those of Open.
func Examine(ctx context.Context, path string) (Examination, error) {
	e := Examination{Known: len(migrations())}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		e.Missing = true
		return e, nil
	}
	db, err := openToRead(ctx, path)
	if err == nil {
		defer db.Close()
		err = db.examine(ctx, &e)
	}
	if err != nil {
		return e, fmt.Errorf("examine register %s: %w", path, explain(err))
	}
	return e, nil
}

func (db *DB) examine(ctx context.Context, e *Examination) (err error) {
	if e.Schema, err = schemaVersion(ctx, db.read); err != nil {
		return err
	}
	if e.Schema > e.Known {
		return newerSchema(e.Schema, e.Known)
	}
	if err := db.read.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&e.Journal); err != nil {
		return err
	}
	if e.Damage, err = integrity(ctx, db.read); err != nil || len(e.Damage) > 0 || e.Schema < e.Known {
		return err
	}
	if e.Breaks, err = db.VerifyChain(ctx); err != nil {
		return err
	}
	pending, err := db.Meta(ctx, MetaScrub)
	e.Traces = pending != ""
	if err != nil {
		return err
	}
	e.Reasons = map[string]int{}
	rows, err := db.read.QueryContext(ctx, `SELECT reason_code, count(*) FROM (SELECT reason_code FROM messages ORDER BY id DESC LIMIT ?) GROUP BY 1`, newestLetters)
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var code string
		var n int
		err := rows.Scan(&code, &n)
		e.Reasons[code] = n
		return err
	})
}

// Glance returns the instant of the last event of a register and the end of its
// last complete intake pass, each zero if there is none, without changing
// anything. Errors are those of Open.
func Glance(ctx context.Context, path string) (event, pass time.Time, err error) {
	db, err := openToRead(ctx, path)
	if err == nil {
		defer db.Close()
		var texts [2]sql.NullString
		err = db.read.QueryRowContext(ctx, `SELECT (SELECT at FROM events ORDER BY seq DESC LIMIT 1),
			(SELECT value FROM meta WHERE name = ?)`, MetaLastPass).Scan(&texts[0], &texts[1])
		event, _ = time.Parse(instantForm, texts[0].String)
		pass, _ = time.Parse(instantForm, texts[1].String)
	}
	if err != nil {
		return event, pass, fmt.Errorf("look at register %s: %w", path, explain(err))
	}
	return event, pass, nil
}

// IsRegister reports whether the head of a file says that it is a register of
// pometka, be it whole or not, without opening it.
func IsRegister(path string) bool {
	if notAFile(path) {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	const mark = 68 // where SQLite keeps the application_id
	head := make([]byte, mark+4)
	_, err = io.ReadFull(f, head)
	return err == nil && string(head[:len(fileHead)]) == fileHead && binary.BigEndian.Uint32(head[mark:]) == applicationID
}

// openToRead opens a register that is there for reading only: nothing is
// made, migrated or written. Close ends its use.
func openToRead(ctx context.Context, path string) (db *DB, err error) {
	if err := checkHead(path); err != nil {
		return nil, err
	}
	db = &DB{path: path}
	if db.codec, err = newCodec(); err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", dsn(path, url.Values{"_query_only": {"1"}}))
	if err != nil {
		db.Close()
		return nil, err
	}
	pool.SetMaxOpenConns(readers)
	db.read = newReader(pool)
	if err := checkPragmas(ctx, pool, map[string]string{"query_only": "1"}); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// integrity asks SQLite whether the file is sound, as to its pages, its
// indexes and the references between rows.
func integrity(ctx context.Context, c querier) (damage []string, err error) {
	rows, err := c.QueryContext(ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", mostDamage))
	if err != nil {
		return nil, err
	}
	var line string
	if err := scanEach(rows, func() error {
		err := rows.Scan(&line)
		if err == nil && line != "ok" {
			damage = append(damage, line)
		}
		return err
	}); err != nil {
		return damage, err
	}
	var orphans int
	if err := c.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&orphans); err != nil {
		return damage, err
	}
	if orphans > 0 {
		damage = append(damage, fmt.Sprintf("%d rows name rows that are gone", orphans))
	}
	return damage, nil
}

// probeSize is written for real to find out whether there is room; enough for
// one ordinary letter.
const probeSize = 256 << 10

// TryWrite finds out whether the register could be written: it begins a
// transaction and gives it up, and writes and removes a file beside the
// register. Errors are those of Open.
func TryWrite(ctx context.Context, path string) error {
	if err := tryRoom(filepath.Dir(path)); err != nil {
		return fmt.Errorf("try to write in %s: %w", filepath.Dir(path), err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := checkFile(path); err != nil {
		return fmt.Errorf("try to write %s: %w", path, err)
	}
	c, err := sql.Open("sqlite", dsn(path, url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return err
	}
	defer c.Close()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("try to write %s: %w", path, explain(err))
	}
	return tx.Rollback()
}

func tryRoom(folder string) error {
	f, err := os.CreateTemp(folder, spoolPattern)
	switch {
	case errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err):
		return fmt.Errorf("%w: %w", ErrReadOnly, unwrapPath(err))
	case err != nil:
		return spoolError(unwrapPath(err))
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(make([]byte, probeSize)); err != nil {
		return spoolError(unwrapPath(err))
	}
	if err := f.Sync(); err != nil {
		return spoolError(unwrapPath(err))
	}
	return nil
}
