package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrUnsound says that a copy of the register does not hold what its history
// says, so that nobody can rely on it.
var ErrUnsound = errors.New("the register is not what its history says; see pometka audit verify")

// Copied describes a copy of the register that was proved.
type Copied struct {
	Bytes  int64
	Events int64 // length of the history in it
}

// Backup writes a copy of the register at path to the new file to, while
// daemon and staff go on working: the copy is one state of the register. It is
// written under another name, flushed to the disk, proved (Prove) and only
// then gets its name, with mode 0660 less the umask; a copy that could not be
// finished leaves nothing behind.
//
// Pages that a purge has freed are not in it (VACUUM INTO).
//
// Errors: fs.ErrExist when to is there already, ErrUnsound, ErrFull, and those
// of Open.
func Backup(ctx context.Context, path, to string) (Copied, error) {
	if err := checkHead(path); err != nil {
		return Copied{}, &fs.PathError{Op: "back up", Path: path, Err: err}
	}
	c, err := sql.Open("sqlite", dsn(path, nil))
	if err != nil {
		return Copied{}, fmt.Errorf("back up register: %w", err)
	}
	defer c.Close()
	c.SetMaxOpenConns(1)
	version, err := schemaVersion(ctx, c)
	if err != nil {
		return Copied{}, fmt.Errorf("back up register %s: %w", path, explain(err))
	}
	if known := len(migrations()); version > known {
		return Copied{}, fmt.Errorf("back up register %s: %w", path, newerSchema(version, known))
	}
	return copyTo(ctx, to, func(part string) error {
		_, err := c.ExecContext(ctx, "VACUUM INTO ?", part)
		return explain(err)
	})
}

// copyTo makes the file to by filling a file beside it, proving that, and
// giving it the name.
func copyTo(ctx context.Context, to string, fill func(part string) error) (done Copied, err error) {
	if _, err := os.Lstat(to); err == nil {
		return Copied{}, writing(to, fs.ErrExist)
	}
	folder := filepath.Dir(to)
	part := filepath.Join(folder, "."+filepath.Base(to)+".part")
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o660)
	switch {
	case errors.Is(err, fs.ErrExist):
		return Copied{}, writing(part, ErrCopying)
	case errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err):
		return Copied{}, writing(to, unwrapPath(err))
	case err != nil:
		return Copied{}, writing(to, spoolError(unwrapPath(err)))
	}
	defer f.Close()
	defer os.Remove(part)
	if err := fill(part); err != nil {
		return Copied{}, writing(to, err)
	}
	if err := f.Sync(); err != nil {
		return Copied{}, writing(to, spoolError(err))
	}
	if done, err = Prove(ctx, part); err != nil {
		return Copied{}, err
	}
	if err := giveName(part, to); err != nil {
		return Copied{}, writing(to, err)
	}
	return done, syncFolder(folder)
}

func writing(file string, err error) error { return &fs.PathError{Op: "write", Path: file, Err: err} }

// giveName gives a finished file its name. Link, unlike Rename, never replaces
// what came there meanwhile; where a disk knows no links, one look must do.
func giveName(part, to string) error {
	err := os.Link(part, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return os.Rename(part, to)
}

// syncFolder makes a new name last.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("flush folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, fs.ErrInvalid) {
		return fmt.Errorf("flush folder: %w", err)
	}
	return nil
}

// Prove shows that a register that nobody works on is sound: its file, its
// history, every row that the history vouches for and every stored letter. One
// of an older schema is proved as to its file alone, since only after the
// migration can this program read the rest.
//
// Errors: ErrUnsound with the first fault, and those of Open.
func Prove(ctx context.Context, path string) (Copied, error) {
	fail := func(err error) (Copied, error) {
		return Copied{}, fmt.Errorf("prove %s: %w", path, explain(err))
	}
	info, err := os.Stat(path)
	if err != nil {
		return Copied{}, &fs.PathError{Op: "prove", Path: path, Err: unwrapPath(err)}
	}
	db, err := openToRead(ctx, path)
	if err != nil {
		return fail(err)
	}
	defer db.Close()
	version, err := schemaVersion(ctx, db.read)
	if err != nil {
		return fail(err)
	}
	known := len(migrations())
	if version > known {
		return fail(newerSchema(version, known))
	}
	if version == 0 {
		return fail(ErrNotRegister)
	}
	damage, err := integrity(ctx, db.read)
	if err != nil {
		return fail(err)
	}
	if len(damage) > 0 {
		return fail(fmt.Errorf("%w (%s)", ErrDamaged, damage[0]))
	}
	done := Copied{Bytes: info.Size()}
	if version < known {
		return done, nil
	}
	breaks, err := db.Verify(ctx)
	if err != nil {
		return fail(err)
	}
	if len(breaks) > 0 {
		b := breaks[0]
		return fail(fmt.Errorf("%w (%s %s, row %d)", ErrUnsound, b.Table, b.What, b.Row))
	}
	if err := db.read.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'events'").Scan(&done.Events); err != nil {
		return fail(err)
	}
	return done, nil
}

// checkHead refuses what is no SQLite file, without asking to write it.
func checkHead(path string) error {
	if notAFile(path) {
		return ErrNotRegister
	}
	f, err := os.Open(path)
	if err != nil {
		return unwrapPath(err)
	}
	defer f.Close()
	return readHead(f)
}
