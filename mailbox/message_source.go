package mailbox

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// source reads a letter once, front to back, through a fixed window. It knows
// the boundaries of all multiparts that are open at the moment, so that depth
// costs nothing and a missing end of an inner multipart is found by the
// boundary of an outer one. go-message's reader nests a reader per level,
// which is quadratic, sets no limit, and refuses a part for one bad line of
// its header; hence this one.
type source struct {
	r      io.Reader
	window *[sourceWindow]byte
	buf    []byte // of the window
	lo, hi int    // unread bytes of buf
	limit  int64  // what may be read
	left   int64  // what of it may still be read
	eof    bool
	err    error // other than io.EOF

	start   bool // lo stands at the beginning of a line
	returns bool // lines end in a carriage return alone
	open    []boundary
	guess   bool // take a line that looks like a boundary for one
	misses  int  // lines that begin like a boundary and are none
	lines   int  // header lines
}

// boundary is the boundary of an open multipart: the declared one, and the one
// that was found in its place.
type boundary struct{ declared, found string }

// stop says where a part ended: at a boundary of the open multipart of that
// level, or, for a level below 0, at the end of the letter.
type stop struct {
	level int
	last  bool // closing boundary
}

var atEnd = stop{level: -1}

const (
	sourceWindow = 32 << 10
	maxMisses    = 50000
	maxLines     = 100000
	maxBoundary  = 10000 // longest line that can be a boundary
	usualHeader  = 256   // of a part
)

var sourceWindows = sync.Pool{New: func() any { return new([sourceWindow]byte) }}

func newSource(r io.Reader, limit int64) *source {
	w := sourceWindows.Get().(*[sourceWindow]byte)
	return &source{r: r, window: w, buf: w[:], limit: limit, left: limit, start: true}
}

// release gives the window back; nothing may be read afterwards.
func (s *source) release() {
	sourceWindows.Put(s.window)
	s.window, s.buf = nil, nil
	s.lo, s.hi, s.eof = 0, 0, true
}

// fill makes at least n unread bytes available, or all that are left.
func (s *source) fill(n int) []byte {
	for s.hi-s.lo < n && !s.eof {
		if s.lo > 0 && s.lo+n > len(s.buf) {
			s.hi = copy(s.buf, s.buf[s.lo:s.hi])
			s.lo = 0
		}
		room := s.buf[s.hi:]
		if int64(len(room)) > s.left {
			room = room[:s.left]
		}
		if len(room) == 0 {
			s.eof = true
			break
		}
		k, err := s.r.Read(room)
		if s.returns {
			returnsToFeeds(room[:k])
		}
		s.hi += k
		s.left -= int64(k)
		if err != nil {
			s.eof = true
			if err != io.EOF {
				s.err = err
			}
		}
	}
	return s.buf[s.lo:s.hi]
}

// body hands the bytes up to the next boundary of an open multipart to sink,
// in pieces, and consumes that boundary. The line end in front of a boundary
// belongs to it (RFC 2046, 5.1.1) and is still handed over.
func (s *source) body(sink func([]byte)) stop {
	for {
		if s.start {
			if at, ok := s.boundary(); ok {
				return at
			}
		}
		b := s.fill(3)
		if len(b) == 0 {
			return atEnd
		}
		n := bytes.Index(b, []byte("\n--")) + 1
		switch {
		case n > 0:
			s.start = true
		case s.eof:
			n = len(b)
			s.start = b[n-1] == '\n'
		case b[len(b)-1] == '\n':
			n = len(b)
			s.start = true
		case len(b) > 1 && b[len(b)-1] == '-' && b[len(b)-2] == '\n':
			n = len(b) - 1
			s.start = true
		default:
			n = len(b)
			s.start = false
		}
		sink(b[:n])
		s.lo += n
	}
}

// boundary consumes the line at hand if it is a boundary of an open multipart.
func (s *source) boundary() (stop, bool) {
	b := s.fill(2)
	if len(s.open) == 0 || len(b) < 2 || b[0] != '-' || b[1] != '-' {
		s.start = false
		return stop{}, false
	}
	b = s.fill(maxBoundary)
	n := bytes.IndexByte(b[:min(len(b), maxBoundary)], '\n') + 1
	if n == 0 && s.eof && len(b) < maxBoundary {
		n = len(b)
	}
	if n > 0 {
		line := bytes.TrimRight(b[2:n], " \t\r\n")
		if s.guess {
			s.adopt(line, b[n:])
		}
		if at, ok := s.match(line); ok {
			s.lo += n
			s.start = true
			return at, true
		}
	}
	if s.misses++; s.misses > maxMisses {
		s.give()
	}
	s.start = false
	return stop{}, false
}

// match compares a line, without its two hyphens, to the open boundaries, the
// innermost first.
func (s *source) match(line []byte) (stop, bool) {
	for i := len(s.open) - 1; i >= 0; i-- {
		for _, b := range [2]string{s.open[i].declared, s.open[i].found} {
			if b == "" || len(line) < len(b) || string(line[:len(b)]) != b {
				continue
			}
			switch rest := line[len(b):]; {
			case len(rest) == 0:
				return stop{level: i}, true
			case string(rest) == "--", bytes.HasPrefix(rest, []byte("-- ")):
				return stop{level: i, last: true}, true
			}
		}
	}
	return stop{}, false
}

// adopt takes a line for the boundary of the innermost multipart when it is
// none that was declared, and the header of a part follows.
func (s *source) adopt(line, next []byte) {
	if _, ok := s.match(line); ok || len(line) == 0 || len(line) > 200 {
		return
	}
	if len(next) > 8 && strings.EqualFold(string(next[:8]), "content-") {
		s.open[len(s.open)-1].found = string(line)
	}
}

// block reads a header up to its blank line and returns at most limit bytes of
// it. A header that a boundary ends has no body: ended is true then, and at
// says which boundary. The blank line may hold returns: some gateways double those of
// each line end.
func (s *source) block(limit int) (head []byte, long bool, at stop, ended bool) {
	for {
		whole := s.start
		if whole {
			if at, ok := s.boundary(); ok {
				return head, long, at, true
			}
		}
		b := s.line()
		if len(b) == 0 {
			return head, long, atEnd, true
		}
		s.lo += len(b)
		s.start = b[len(b)-1] == '\n'
		if whole && (b[0] == '\n' || b[0] == '\r' && s.start && len(bytes.TrimLeft(b, "\r")) == 1) {
			return head, long, stop{}, false
		}
		k := min(len(b), limit-len(head))
		if head == nil {
			head = make([]byte, 0, min(limit, usualHeader))
		}
		head = append(head, b[:k]...)
		long = long || k < len(b)
		if s.lines++; s.lines > maxLines {
			s.give()
		}
	}
}

// line returns the unread bytes up to and with the next line feed, or, of a
// line longer than the window, as many as fit.
func (s *source) line() []byte {
	b := s.fill(1)
	for {
		if n := bytes.IndexByte(b, '\n'); n >= 0 {
			return b[:n+1]
		}
		if s.eof || len(b) == len(s.buf) {
			return b
		}
		b = s.fill(len(b) + 1)
	}
}

// prepare looks at the first bytes of a letter: empty or indented lines or a byte
// order mark in front of the header are passed over, and lines that end in a carriage
// return alone, as on old Macintoshes, are made to end in a line feed.
func (s *source) prepare() {
	b := s.fill(4 << 10)
	if bytes.IndexByte(b, '\n') < 0 && bytes.Count(b, []byte{'\r'}) > 1 {
		s.returns = true
		returnsToFeeds(b)
	}
	rest := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), "\r\n")
	s.lo += len(b) - len(rest) + indented(rest)
}

func returnsToFeeds(b []byte) {
	for i, c := range b {
		if c == '\r' {
			b[i] = '\n'
		}
	}
}

// offset is the number of bytes consumed so far.
func (s *source) offset() int64 { return s.limit - s.left - int64(s.hi-s.lo) }

// give ends the letter here: it is built to waste time.
func (s *source) give() {
	s.eof = true
	s.left = 0
	s.hi = s.lo
}
