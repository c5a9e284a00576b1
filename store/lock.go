package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrLocked says that another daemon works on the same database.
var ErrLocked = errors.New("another pometka run works on this database")

// Lock is the right to take in and to send: one process at a time holds it.
// Staff commands do not need it.
type Lock struct{ f *os.File }

// Acquire takes the lock beside the database at path without waiting, and
// returns ErrLocked when another process holds it. The lock ends with the
// process, however that ends.
func Acquire(path string) (*Lock, error) {
	f, err := os.OpenFile(beside(path, ".lock"), os.O_RDWR|os.O_CREATE, 0o660)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &Lock{f: f}, nil
}

// beside names a file that lies beside the register at path. Where path is a symbolic link
// that is beside the register itself, as for the files of SQLite: whoever comes by another
// way must meet the same lock.
func beside(path, suffix string) string {
	if register, err := filepath.EvalSymlinks(path); err == nil {
		path = register
	}
	return path + suffix
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.f.Close() }
