package store

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The errors that a caller can ask for with errors.Is. The error around them names the
// request or the file.
var (
	ErrNotFound    = errors.New("not in the register")
	ErrAmbiguous   = errors.New("more than one request has this number")
	ErrStatus      = errors.New("not allowed in this status")
	ErrStale       = errors.New("changed meanwhile by somebody else")
	ErrNewerSchema = errors.New("the register was written by a newer pometka")
	ErrReadOnly    = errors.New("the register cannot be written; whoever runs pometka needs write access to the file and its folder")
	ErrNotRegister = errors.New("the file is no register of pometka")
	ErrDamaged     = errors.New("the register is damaged; restore it from a backup")
	ErrBusy        = errors.New("another program keeps the register locked; try again")
	ErrNoRegister  = errors.New("there is no register yet; pometka run makes it")
	ErrNoFolder    = errors.New("there is no folder for the register")
	ErrFull        = errors.New("no space left for the register")
	ErrDisk        = errors.New("the disk cannot be read or written")
	ErrCopying     = errors.New("another copy is being made, or one was interrupted: if none is, remove this file")
)

// About is an error and what it is about, apart, for callers that word it anew.
type About struct {
	What string
	Err  error
}

func (e *About) Error() string { return e.Err.Error() + ": " + e.What }
func (e *About) Unwrap() error { return e.Err }

// explain gives an error of the database the sentinel that says what to do
// about it.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	var kind error
	switch code := e.Code(); code & 0xff {
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		kind = ErrReadOnly
	case sqlite3.SQLITE_NOTADB:
		kind = ErrNotRegister
	case sqlite3.SQLITE_CORRUPT:
		kind = ErrDamaged
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		kind = ErrBusy
	case sqlite3.SQLITE_IOERR:
		kind = ErrDisk
		if code == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for the -shm file, which is made at the start
			kind = ErrFull
		}
	case sqlite3.SQLITE_FULL:
		kind = ErrFull
	}
	if kind == nil || errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w (%w)", kind, err)
}

// isUnique reports whether a row with the same key was there already.
func isUnique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

func isReadOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }
