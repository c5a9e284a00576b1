package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// spoolPattern hides the files of spools from backups of the folder.
const spoolPattern = ".spool-*"

// Spool holds one letter's bytes in a file of mode 0600 in the database's
// folder while they come from the network: a network read never happens
// inside a write transaction. It is an io.Writer.
//
// The file has no name from the moment it is open, so that nothing is left of
// it however the process ends.
type Spool struct {
	f      *os.File
	size   int64
	digest hash.Hash
}

// Spool makes an empty spool. The caller discards it.
func (db *DB) Spool() (*Spool, error) {
	f, err := os.CreateTemp(filepath.Dir(db.path), spoolPattern) // mode 0600
	if err != nil {
		return nil, spoolError(err)
	}
	// Another process may have tidied the name away already.
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.Close()
		return nil, spoolError(err)
	}
	return &Spool{f: f, digest: sha256.New()}, nil
}

func spoolError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("spool letter: %w", ErrFull)
	}
	return fmt.Errorf("spool letter: %w", err)
}

// removeSpools removes the files of processes that ended after they had made a spool and before
// they had taken its name away. If that fails, it is no reason not to start.
func removeSpools(folder string) {
	left, _ := filepath.Glob(filepath.Join(folder, spoolPattern))
	for _, path := range left {
		os.Remove(path)
	}
}

// Write appends to the letter.
func (s *Spool) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	s.digest.Write(p[:n])
	s.size += int64(n)
	if err != nil {
		return n, spoolError(err)
	}
	return n, nil
}

// Size is the number of bytes written so far.
func (s *Spool) Size() int64 { return s.size }

// SHA256 is the digest of the bytes written so far, hex.
func (s *Spool) SHA256() string { return hex.EncodeToString(s.digest.Sum(nil)) }

// Open reads the bytes written so far from their beginning. Several readers
// may be open at once; they end with Discard.
func (s *Spool) Open() (io.ReadSeekCloser, error) {
	if s.f == nil {
		return nil, fmt.Errorf("read spooled letter: %w", os.ErrClosed)
	}
	return spoolReader{io.NewSectionReader(s.f, 0, s.size)}, nil
}

type spoolReader struct{ *io.SectionReader }

func (spoolReader) Close() error { return nil }

// Discard gives the file back. It may be called more than once.
func (s *Spool) Discard() error {
	if s.f == nil {
		return nil
	}
	f := s.f
	s.f = nil
	return f.Close()
}
