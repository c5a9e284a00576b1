package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"sync/atomic"
)

// lines sits between the connection and the IMAP library, which gives up the
// connection at the first byte that it does not know. It passes everything on
// but what real servers are known to get wrong and nobody here needs: untagged
// responses of unknown type are dropped, items of a FETCH that nobody asked for are left out,
// sizes in scientific notation become numbers. Literals pass untouched. It also
// bounds the length of a line, which the library does not, and remembers how the
// server said good-bye and that a folder is read-only, which the library forgets.
type lines struct {
	net.Conn
	r       *bufio.Reader
	out     []byte            // of the current line, not yet taken
	literal int64             // bytes of the current literal, not yet taken
	inside  bool              // the line continues a response after a literal
	drop    bool              // the response is being dropped
	skip    bool              // and so is this literal of it alone
	items   items             // of the FETCH that is being read
	aside   func(line []byte) // hears every FETCH without a literal before it is passed on
	long    []byte            // a line that is larger than the buffer of r
	bye     atomic.Pointer[string]
	closed  atomic.Bool // the folder that was opened last is read-only
	counted atomic.Bool // it was said how many messages are in a folder
	expect  expected
	chatter chatter
}

const (
	lineBuffer = 32 << 10
	lineLimit  = 16 << 20 // a SEARCH over two million messages
)

var errLongLine = errors.New("the server sent a line without end")

// newLines begins with the bytes of hello, as if the server had sent them.
func newLines(conn net.Conn, hello string) *lines {
	return &lines{Conn: conn, r: bufio.NewReaderSize(conn, lineBuffer), out: []byte(hello)}
}

func (l *lines) Read(p []byte) (int, error) {
	for {
		if len(l.out) > 0 {
			n := copy(p, l.out)
			l.out = l.out[n:]
			return n, nil
		}
		if l.literal > 0 {
			n, err := l.r.Read(p[:min(int64(len(p)), l.literal)])
			l.literal -= int64(n)
			if n > 0 && (l.drop || l.skip) {
				if l.drop {
					l.chatter.n += n
				}
				continue
			}
			return n, err
		}
		if err := l.chatter.err(); err != nil {
			return 0, err
		}
		line, err := l.next()
		if err != nil {
			// A last line without its end is passed on: the library says
			// better what is wrong with it.
			if len(line) > 0 && !l.drop {
				l.out = line
				continue
			}
			return 0, err
		}
		l.take(line)
	}
}

// next reads a line with its end. The bytes are good until the next call.
func (l *lines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	l.long = append(l.long[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.r.ReadSlice('\n')
		if l.long = append(l.long, line...); len(l.long) > lineLimit {
			return nil, errLongLine
		}
	}
	return l.long, err
}

// take decides about a line and finds out whether a literal follows it.
func (l *lines) take(line []byte) {
	begins := !l.inside
	kind := ""
	if begins && len(bytes.TrimRight(line, "\r\n")) == 0 {
		return // an empty line says nothing, and the library gives up over it
	}
	if begins {
		for line = withoutCR(line); bytes.HasPrefix(line, []byte("*  ")); line[0] = '*' {
			line = line[1:]
		}
		kind = untagged(line)
		l.drop = bytes.HasPrefix(line, []byte("* ")) && !known[kind] || !l.expect.allows(line)
		l.items = items{}
		l.chatter.hear(kind, line)
	} else {
		l.chatter.n += len(line)
	}
	if begins && kind == "" {
		l.noteAccess(line)
	}
	switch kind {
	case "EXISTS":
		l.counted.Store(true)
	case "FLAGS": // nobody needs them
		l.drop = l.drop || len(line) > lineBuffer
	case "BYE":
		said := plain(string(line[len("* "):]), 200)
		l.bye.Store(&said)
	}
	l.inside, l.literal, l.skip = false, 0, false
	if !begins || kind != "" && !status[kind] {
		l.literal, l.inside = announced(line)
	}
	if l.inside {
		line = plainLiteral(line)
	}
	l.drop = l.drop || kind == "NAMESPACE" && !plainSpaces().Match(line)
	if kind == "LIST" && !l.drop {
		line = folderLine(l.unfolded(line))
		l.drop = line == nil
	}
	switch {
	case kind == "FETCH" && !l.drop:
		line, l.drop, l.skip = l.items.begin(line)
	case !begins && !l.drop && l.items.open:
		line, l.skip = l.items.goOn(line)
	case begins && (kind == "" || status[kind]):
		line = mendCode(line)
	}
	if !l.drop {
		if kind == "FETCH" && !l.inside && l.aside != nil {
			l.aside(line)
		}
		l.out = mend(kind, line)
	}
}

// noteAccess looks for what the answer to SELECT or EXAMINE says of the folder
// (RFC 9051, 7.1).
func (l *lines) noteAccess(line []byte) {
	switch up := bytes.ToUpper(line[:min(len(line), 60)]); {
	case bytes.Contains(up, []byte(" OK [READ-ONLY]")):
		l.closed.Store(true)
	case bytes.Contains(up, []byte(" OK [READ-WRITE]")):
		l.closed.Store(false)
	}
}

// untagged is the type of an untagged response, in capitals, or "".
func untagged(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte("* "))
	if !ok {
		return ""
	}
	word, rest, _ := bytes.Cut(rest, []byte(" "))
	if len(word) > 0 && word[0] >= '0' && word[0] <= '9' {
		if !isNumber(string(word)) { // nothing has more than 32 bits
			return "?"
		}
		word, _, _ = bytes.Cut(rest, []byte(" "))
		word, _, _ = bytes.Cut(word, []byte("("))
	}
	return string(bytes.ToUpper(bytes.TrimRight(word, "\r\n")))
}

func wordSet(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

var (
	status = wordSet("OK", "NO", "BAD", "BYE", "PREAUTH") // human text follows, never a literal
	known  = wordSet("OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY", "ENABLED", "FLAGS", "EXISTS", "RECENT",
		"LIST", "STATUS", "FETCH", "EXPUNGE", "SEARCH", "ESEARCH", "NAMESPACE")
)
