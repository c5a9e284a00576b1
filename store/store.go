// Package store keeps the register: requests, their terms and letters, the
// ledger of every message ever seen, the outbox and the append-only history,
// in one SQLite file. It is the only room with SQL.
//
// A method that changes the register does so in one transaction; the long ones (Purge,
// Forget, MakeIndex, Scrub) take many small ones, and can be begun again. The package never
// reads a clock: every instant is an argument. Nothing here decides a rule or words a text.
//
// The schema, migrations/0001_init.sql, is the place to begin. The files, then, by
// what they are for:
//
//   - What everything is written through: tx.go, the transaction whose rows the next
//     event vouches for; chain.go, the events; record.go and marks.go, the digest of
//     a row; writer.go, the one connection that writes, and reader.go, those that
//     read.
//   - A letter comes in: ledger.go (Record), cursor.go, admission.go with admit.go (Admit),
//     register.go (numbers and terms), chunks.go (its bytes); threads.go finds what it
//     belongs to.
//   - A person decides: apply.go (Change) and link.go (Link).
//   - A letter of ours goes out: queue.go (Enqueue and what staff do with it), send.go
//     (Claim and Settle); bounce.go, what comes back; reminder.go, letters to staff.
//   - It is read: query.go and select.go (requests), load.go (their rows), search.go
//     with index.go (words), ledger_read.go and ledger_letters.go, status.go,
//     export.go.
//   - It is forgotten: purge.go, forget.go; purge_scrub.go and the page files overwrite
//     what SQLite leaves behind.
//   - It is proved: the verify files, casefile.go; backup.go and restore.go.
//   - The calendar changes: recompute.go, and recount.go, which makes many events at
//     once (series.go, stencil.go).
package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// DB is the register. It is safe for concurrent use, also by several
// processes on one file.
type DB struct {
	path   string
	write  *sql.DB // the pool that holds the one connection of writer
	writer *writer
	read   *reader
	many   sync.Mutex // held while one caller reads on several connections at once
	key    []byte     // see Key

	patience time.Duration // with another process that keeps the file locked
	*codec
}

// readers is the number of connections for queries beside the one that writes.
const readers = 4

// readerCache is the page cache of each of them, in the form of PRAGMA cache_size: the
// twenty pages for which SQLite allocates memory at once. Every further page would take
// 8 KB of memory for 4 KB of file, and the operating system caches it anyway.
const readerCache = "-84"

// Open opens the register at path, and makes it if there is none: with mode
// 0660 less the process's umask, in a folder that must exist. A register of an
// older schema is saved beside itself and then brought up to date.
//
// Errors: ErrNewerSchema, ErrReadOnly, ErrNotRegister (some other file),
// ErrDamaged, ErrBusy, ErrFull, or the trouble with the folder.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := makeFile(path); err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	return opened(ctx, path, usualPatience)
}

// usualPatience is how long the daemon waits for another process that is writing.
const usualPatience = 15 * time.Second

// OpenFor opens a register that is there, for somebody who waits for the answer: opening
// and every later call give up with ErrBusy once the file has been locked for as long as
// patience. It makes none: an empty one, where a name is misspelt, would be taken for
// the register. Errors: ErrNoRegister, and those of Open.
func OpenFor(ctx context.Context, path string, patience time.Duration) (*DB, error) {
	if err := checkFolder(path); err != nil {
		return nil, fmt.Errorf("open register: %w", err)
	}
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil, fmt.Errorf("open register %s: %w", path, ErrNoRegister)
	}
	return opened(ctx, path, patience)
}

func opened(ctx context.Context, path string, patience time.Duration) (*DB, error) {
	removeSpools(filepath.Dir(path))
	db := &DB{path: path, patience: patience}
	if err := db.open(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open register %s: %w", path, explain(err))
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) (err error) {
	if err := checkFile(db.path); err != nil {
		return err
	}
	timeout := strconv.FormatInt(db.patience.Milliseconds(), 10)
	db.write, err = sql.Open("sqlite", dsn(db.path, url.Values{
		"_busy_timeout": {timeout}, "_txlock": {"immediate"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"},
	}))
	if err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if err := checkPragmas(ctx, db.write, map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": timeout,
	}); err != nil {
		return err
	}
	if err := migrate(ctx, db.write, db.path, migrations()); err != nil {
		return err
	}
	if db.key, err = loadKey(ctx, db.write); err != nil {
		return err
	}
	if db.codec, err = newCodec(); err != nil {
		return err
	}
	if db.writer, err = newWriter(ctx, db.write, db.codec, db.patience); err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", dsn(db.path, url.Values{"_busy_timeout": {timeout}, "_query_only": {"1"}, "_pragma": {"cache_size(" + readerCache + ")"}}))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	db.read = newReader(pool)
	return checkPragmas(ctx, pool, map[string]string{"query_only": "1", "foreign_keys": "1", "cache_size": readerCache})
}

// dsn names the database file for the driver, with settings for a short read unless more
// overrides them. Only parameters that the driver checks are used: it accepts a misspelt
// _pragma without a word.
func dsn(path string, more url.Values) string {
	v := url.Values{"_busy_timeout": {"1700"}, "_foreign_keys": {"1"}, "_dqs": {"0"}, "_defensive": {"1"}}
	for name, values := range more {
		v[name] = values
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func checkPragmas(ctx context.Context, c *sql.DB, want map[string]string) error {
	for name, value := range want {
		var got string
		if err := c.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return fmt.Errorf("read setting %s: %w", name, err)
		}
		if got != value {
			return fmt.Errorf("setting %s is %s where %s was asked for: is the file on a network drive?", name, got, value)
		}
	}
	return nil
}

// makeFile sees that the database file exists, so that its mode is ours and
// not the library's; SQLite gives -wal and -shm the same.
func makeFile(path string) error {
	if err := checkFolder(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o660)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err):
		return fmt.Errorf("%w: make %s: %w", ErrReadOnly, path, unwrapPath(err))
	}
	return fmt.Errorf("make %s: %w", path, unwrapPath(err))
}

// checkFolder refuses a path whose folder is none.
func checkFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("folder %s: %w: %w; make it first, writable for whoever runs pometka", folder, ErrNoFolder, unwrapPath(err))
	}
	if !info.IsDir() {
		return fmt.Errorf("%w: %s is not a folder", ErrNoFolder, folder)
	}
	return nil
}

// notAFile reports whether what is there is a folder, a device or a pipe. To open a
// pipe would be to wait for ever.
func notAFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && !fi.Mode().IsRegular()
}

// checkFile refuses, before anything touches it, a file that cannot be written or is no
// register: SQLite would say so late and in other words.
func checkFile(path string) error {
	if notAFile(path) {
		return ErrNotRegister
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err) {
			return fmt.Errorf("%w: %w", ErrReadOnly, unwrapPath(err))
		}
		return unwrapPath(err)
	}
	defer f.Close()
	return readHead(f)
}

// fileHead is how every SQLite database begins.
const fileHead = "SQLite format 3\x00"

func readHead(f *os.File) error {
	head := make([]byte, len(fileHead))
	if n, _ := io.ReadFull(f, head); n > 0 && string(head[:n]) != fileHead {
		return ErrNotRegister
	}
	return nil
}

// unwrapPath leaves out the operation and path that os puts before an error,
// where the sentence around it names them already.
//
//go:noinline
func unwrapPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Close ends the use of the register; the last process to leave folds the
// write-ahead log into the file.
func (db *DB) Close() error {
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.Close())
	}
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	if db.codec != nil {
		db.unpack.Close()
	}
	return errors.Join(errs...)
}

// Key returns the 32 random bytes that were made with the database: the secret
// of the tokens in Message-IDs.
func (db *DB) Key() []byte { return append([]byte(nil), db.key...) }

func loadKey(ctx context.Context, c *sql.DB) ([]byte, error) {
	var text string
	if err := c.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'key'").Scan(&text); err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%w: key is not 32 bytes", ErrDamaged)
	}
	return key, nil
}
