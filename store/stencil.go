package store

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// stencil makes the digests and marks of rows that differ only in a few columns: what the other
// columns contribute is computed once. For each row, the columns that differ are set first.
type stencil struct {
	*record
	lines [][]byte // of each column, in the order of the digest; nil where rows differ
	fixed [][]byte // the marks of the same columns
}

func newStencil(r *record, differ ...string) *stencil {
	s := &stencil{record: r, lines: make([][]byte, len(r.order)), fixed: make([][]byte, len(r.order))}
	for n, i := range r.order {
		if !slices.Contains(differ, r.names[i]) {
			s.lines[n] = appendColumn([]byte{}, r.names[i], r.values[i])
			s.fixed[n] = []byte{}
			if r.values[i] != nil {
				s.fixed[n] = slices.Clone(r.markOf(i))
			}
		}
	}
	return s
}

// covers returns the row as an event vouches for it.
func (s *stencil) covers(key rowKey) covered {
	s.text = s.text[:0]
	for n, i := range s.order {
		if s.lines[n] != nil {
			s.text = append(s.text, s.lines[n]...)
		} else {
			s.text = appendColumn(s.text, s.names[i], s.values[i])
		}
	}
	sum := sha256.Sum256(s.text)
	c := covered{rowKey: key, digest: hex.EncodeToString(sum[:]), marks: make([]byte, 0, 2*len(s.order))}
	for n, i := range s.order {
		switch {
		case s.fixed[n] != nil:
			c.marks = append(c.marks, s.fixed[n]...)
		case s.values[i] != nil:
			c.marks = append(c.marks, s.markOf(i)...)
		}
	}
	return c
}

// repeated makes the marks of rows of which each has many values of the row before.
type repeated struct {
	*record
	before []any // the values whose marks are known
	known  [][]byte
}

func newRepeated(names []string) *repeated {
	return &repeated{newRecord(names), make([]any, len(names)), make([][]byte, len(names))}
}

func (r *repeated) nextMarks() []byte {
	marks := make([]byte, 0, 2*len(r.order))
	for _, i := range r.order {
		if r.values[i] == nil {
			continue
		}
		if r.values[i] != r.before[i] {
			r.before[i], r.known[i] = r.values[i], append(r.known[i][:0], r.markOf(i)...)
		}
		marks = append(marks, r.known[i]...)
	}
	return marks
}
