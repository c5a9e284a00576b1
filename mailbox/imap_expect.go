package mailbox

import (
	"bytes"
	"sync"
)

// expected is what a server may say by what it was asked: some repeat the end of a
// command, or bid the client go on that does not wait, over which the library gives
// the connection up.
type expected struct {
	mu   sync.Mutex
	tags map[string]bool // of the commands that have not ended; true: it fetches
	more bool            // a command waits to go on
	auth bool            // and may do so more than once
}

// Write notes what is asked. The library writes each command by itself.
func (l *lines) Write(b []byte) (int, error) {
	l.expect.note(b)
	return l.Conn.Write(b)
}

func (e *expected) note(b []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	tag, rest, _ := bytes.Cut(b[:min(len(b), 60)], []byte(" "))
	begins := tagged(tag)
	if begins {
		if e.tags == nil {
			e.tags = map[string]bool{}
		}
		e.tags[string(tag)] = bytes.HasPrefix(rest, []byte("UID FETCH ")) || bytes.HasPrefix(rest, []byte("FETCH "))
		e.auth = bytes.HasPrefix(rest, []byte("AUTHENTICATE "))
	}
	idle := begins && bytes.HasPrefix(rest, []byte("IDLE\r"))
	e.more = e.auth || idle || bytes.HasSuffix(b, []byte("}\r\n"))
}

// allows is false for a line that ends a command or bids it go on, and there is none.
// What is no line of a server at all is left to the library to complain of, unless letters
// are being fetched.
func (e *expected) allows(line []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	tag, _, _ := bytes.Cut(line[:min(len(line), 60)], []byte(" "))
	switch {
	case line[0] == '+':
		more := e.more
		e.more = e.auth
		return more
	case string(tag) == "DONE": // of an IDLE that the server had ended before
		return false
	case !tagged(tag):
		return line[0] == '*' || len(line) > longestStray || !e.fetching()
	}
	if _, waits := e.tags[string(tag)]; !waits {
		return false
	}
	delete(e.tags, string(tag))
	if len(e.tags) == 0 {
		e.more, e.auth = false, false
	}
	return true
}

// longestStray is up to how many bytes a line is taken for a word of the server's own in the
// midst of letters, such as a warning that a file cannot be read.
const longestStray = 500

func (e *expected) fetching() bool {
	for _, fetches := range e.tags {
		if fetches {
			return true
		}
	}
	return false
}

// tagged: it is a tag as the library makes them.
func tagged(tag []byte) bool { return len(tag) > 1 && tag[0] == 'T' && isNumber(string(tag[1:])) }
