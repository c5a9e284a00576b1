package store

import "io"

// Spool holds one letter's bytes in a file of mode 0600 in the database's
// folder while they come from the network: a network read never happens
// inside a write transaction. It is an io.Writer.
type Spool struct{}

// Write appends to the letter.
func (s *Spool) Write(p []byte) (int, error) { return 0, errPending }

// Size is the number of bytes written so far.
func (s *Spool) Size() int64 { return 0 }

// SHA256 is the digest of the bytes written so far, hex.
func (s *Spool) SHA256() string { return "" }

// Open reads the bytes from their beginning. Several readers may be open at
// once; they end with Discard.
func (s *Spool) Open() (io.ReadSeekCloser, error) { return nil, errPending }

// Discard gives the file back. It may be called more than once.
func (s *Spool) Discard() error { return errPending }
