package store

import (
	"bytes"
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

// smallLetter is the size in bytes up to which a spool needs no file, as for nine
// letters of ten that make a request.
const smallLetter = 16 << 10

// Spool holds one letter's bytes while they come from the network: a network read
// never happens inside a write transaction. It is an io.Writer.
//
// What is larger than smallLetter lies in a file of mode 0600 in the database's
// folder. The file has no name from the moment it is open, so that nothing is left of
// it however the process ends.
type Spool struct {
	small  []byte   // the letter, while it is
	f      *os.File // else; nil before
	folder string   // "" behind Discard
	size   int64
	digest hash.Hash
}

// Spool makes an empty spool. The caller discards it.
func (db *DB) Spool() *Spool {
	return &Spool{folder: filepath.Dir(db.path), digest: sha256.New()}
}

// spill brings what is here into a file.
func (s *Spool) spill() error {
	f, err := os.CreateTemp(s.folder, spoolPattern) // mode 0600
	if err != nil {
		return err
	}
	// Another process may have tidied the name away already.
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.Close()
		return err
	}
	if _, err := f.Write(s.small); err != nil {
		f.Close()
		return err
	}
	s.f, s.small = f, nil
	return nil
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
func (s *Spool) Write(p []byte) (n int, err error) {
	switch {
	case s.folder == "":
		return 0, fmt.Errorf("spool letter: %w", os.ErrClosed)
	case s.f == nil && len(s.small)+len(p) <= smallLetter:
		s.small, n = append(s.small, p...), len(p)
	default:
		if s.f == nil {
			if err := s.spill(); err != nil {
				return 0, spoolError(err)
			}
		}
		n, err = s.f.Write(p)
	}
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
	switch {
	case s.folder == "":
		return nil, fmt.Errorf("read spooled letter: %w", os.ErrClosed)
	case s.f == nil:
		return spoolReader{bytes.NewReader(s.small)}, nil
	}
	return spoolReader{io.NewSectionReader(s.f, 0, s.size)}, nil
}

type spoolReader struct{ io.ReadSeeker }

func (spoolReader) Close() error { return nil }

// Discard gives back what the letter took. It may be called more than once.
func (s *Spool) Discard() error {
	f := s.f
	s.f, s.small, s.folder = nil, nil, ""
	if f == nil {
		return nil
	}
	return f.Close()
}
