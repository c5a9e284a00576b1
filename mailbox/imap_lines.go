package mailbox

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"sync/atomic"
	"unicode/utf8"
)

// lines sits between the connection and the IMAP library, which gives up the
// connection at the first byte that it does not know. It passes everything on
// but what real servers are known to get wrong and nobody here needs: untagged
// responses of unknown type are dropped, flags that are no atoms are left out,
// sizes in scientific notation become numbers. Literals pass untouched. It also
// bounds the length of a line, which the library does not, and remembers how the
// server said good-bye and that a folder is read-only, which the library forgets.
type lines struct {
	net.Conn
	r       *bufio.Reader
	out     []byte // of the current line, not yet taken
	literal int64  // bytes of the current literal, not yet taken
	inside  bool   // the line continues a response after a literal
	drop    bool   // the response is being dropped
	long    []byte // a line that is larger than the buffer of r
	bye     atomic.Pointer[string]
	closed  atomic.Bool // the folder that was opened last is read-only
	counted atomic.Bool // it was said how many messages are in a folder
	expect  expected
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
			if n > 0 && l.drop {
				continue
			}
			return n, err
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
		line = withoutCR(line)
		kind = untagged(line)
		l.drop = bytes.HasPrefix(line, []byte("* ")) && !known[kind] || !l.expect.allows(line)
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
	l.inside, l.literal = false, 0
	if !begins || kind != "" && !status[kind] {
		l.literal, l.inside = announced(line)
	}
	if l.inside {
		line = plainLiteral(line)
	}
	l.drop = l.drop || kind == "LIST" && !l.inside && !goodName(line)
	switch {
	case kind == "FETCH" && !l.drop:
		line, l.drop = mendItems(line)
	case begins && (kind == "" || status[kind]):
		line = mendCode(line)
	}
	if !l.drop {
		l.out = mend(kind, line)
	}
	if kind == "FETCH" || !begins {
		l.out = closeUp(l.out)
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

// closeUp takes out the blanks around the list of a FETCH that some servers put
// there, and the library knows nothing of.
func closeUp(line []byte) []byte {
	if bytes.HasSuffix(line, []byte(" )\r\n")) {
		line = append(bytes.TrimRight(bytes.Clone(line[:len(line)-3]), " "), ")\r\n"...)
	}
	if open := bytes.IndexByte(line, '('); open > 0 && bytes.HasSuffix(line[:open], []byte("  ")) || bytes.Contains(line[:min(len(line), 40)], []byte("FETCH ( ")) {
		return openList.ReplaceAll(line, []byte("$1 ("))
	}
	return line
}

// withoutCR takes out of a line the CR that do not end it.
func withoutCR(line []byte) []byte {
	end := bytes.TrimRight(line, "\r\n")
	if bytes.IndexByte(end, '\r') < 0 {
		return line
	}
	return append(bytes.ReplaceAll(end, []byte("\r"), []byte(" ")), '\r', '\n')
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
		"LIST", "STATUS", "FETCH", "EXPUNGE", "SEARCH", "ESEARCH")
)

var literalEnd = regexp.MustCompile(`~?\{(\d{1,18})\+?\}\r?\n$`)

// announced is the size of the literal that follows a line (RFC 9051, 4.3).
func announced(line []byte) (int64, bool) {
	if i := len(line) - 24; i > 0 {
		line = line[i:]
	}
	m := literalEnd.FindSubmatch(line)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	return n, err == nil
}

// plainLiteral writes the announcement of a literal as servers should: some give
// their own in a form that is for clients (RFC 7888), or for binary data.
func plainLiteral(line []byte) []byte {
	from := literalEnd.FindIndex(line[max(0, len(line)-26):])
	if from == nil {
		return line
	}
	at := len(line) - (from[1] - from[0])
	if line[at] == '{' && !bytes.HasSuffix(bytes.TrimRight(line, "\r\n"), []byte("+}")) {
		return line
	}
	n, _ := announced(line)
	return fmt.Appendf(bytes.Clone(line[:at]), "{%d}\r\n", n)
}

// goodName: the name at the end of a LIST is in modified UTF-7 (RFC 3501,
// 5.1.3), or in UTF-8, as far as that can be seen. One that is not would cost
// the names of all others.
func goodName(line []byte) bool {
	m := listName.FindSubmatch(bytes.TrimRight(line, "\r\n "))
	if m == nil {
		return true // the library says better what is wrong
	}
	name := m[1]
	if !utf8.Valid(name) {
		return false
	}
	for {
		_, after, shifted := bytes.Cut(name, []byte("&"))
		if !shifted {
			return true
		}
		word, rest, ended := bytes.Cut(after, []byte("-"))
		raw, err := utf7.DecodeString(string(word))
		if !ended || err != nil || len(raw)%2 != 0 {
			return false
		}
		name = rest
	}
}

// utf7 is the base64 within such a name.
var utf7 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// listName is what stands behind the attributes and the delimiter.
var listName = regexp.MustCompile(`(?i)^\* LIST \([^()]*\) +(?:NIL|"(?:[^"\\]|\\.)*") +"?(.*?)"?$`)

var (
	openList       = regexp.MustCompile(`(?i)^(\* \d+ FETCH) +\( *`)
	capabilityCode = regexp.MustCompile(`\[CAPABILITY [^\]]*\]`)

	flagList  = regexp.MustCompile(`\(([^()]*)\)`)
	goodFlag  = regexp.MustCompile(`^\\?[^\s\\"(){%*\]\x00-\x1f\x7f]+$`)
	fetchFlag = regexp.MustCompile(`(?i)^(\* \d+ FETCH \((?:[^"{]|"[^"]*")*?)FLAGS (\([^()]*\))`)
	floatSize = regexp.MustCompile(`(?i)^(\* \d+ FETCH \((?:[^"{]|"[^"]*")*?RFC822\.SIZE )(\d+\.\d*(?:e\+?\d+)?|\d+e\+?\d+)`)
)

// mend repairs a line that the library could not read. It returns line itself
// where nothing is wrong.
func mend(kind string, line []byte) []byte {
	switch {
	case kind == "FLAGS", kind == "OK" && bytes.Contains(line[:min(len(line), 40)], []byte("PERMANENTFLAGS")):
		return flagList.ReplaceAllFunc(line, cleanFlags)
	case kind == "CAPABILITY":
		return append(bytes.Join(bytes.Fields(line), []byte(" ")), '\r', '\n')
	case bytes.Contains(line[:min(len(line), 40)], []byte("[CAPABILITY ")):
		return capabilityCode.ReplaceAllFunc(line, func(code []byte) []byte {
			return append(bytes.Join(bytes.Fields(code[:len(code)-1]), []byte(" ")), ']')
		})
	case kind == "SEARCH":
		return append(bytes.TrimRight(bytes.Clone(line), " \r\n"), '\r', '\n')
	case kind == "FETCH":
		return mendFetch(line)
	}
	return line
}

// mendFetch also shortens the echo of the header fields that were asked for,
// sixty names in every answer, which the library would take apart each time.
func mendFetch(line []byte) []byte {
	if bytes.Contains(line, []byte("FLAGS (")) {
		if m := fetchFlag.FindSubmatchIndex(line); m != nil {
			line = bytes.Join([][]byte{line[:m[4]], cleanFlags(line[m[4]:m[5]]), line[m[5]:]}, nil)
		}
	}
	if oddSize(line) {
		if m := floatSize.FindSubmatchIndex(line); m != nil {
			if size, err := strconv.ParseFloat(string(line[m[4]:m[5]]), 64); err == nil && size < 1e15 {
				line = fmt.Appendf(bytes.Clone(line[:m[4]]), "%d%s", int64(size), line[m[5]:])
			}
		}
	}
	if from := bytes.Index(line, []byte("BODY[HEADER.FIELDS (")); from >= 0 && bytes.Count(line[:from], []byte{'"'})%2 == 0 {
		if to := bytes.Index(line[from:], []byte(")]")); to >= 0 {
			return bytes.Join([][]byte{line[:from], line[from+to+1:]}, []byte("BODY[HEADER"))
		}
	}
	return line
}

// oddSize: the number after RFC822.SIZE goes on with something else than a digit.
func oddSize(line []byte) bool {
	_, rest, found := bytes.Cut(line, []byte("RFC822.SIZE "))
	rest = bytes.TrimLeft(rest, "0123456789")
	return found && len(rest) > 0 && (rest[0] == '.' || rest[0] == 'e' || rest[0] == 'E')
}

// cleanFlags leaves out of a list in parentheses what is no flag: keywords with
// a bracket, a backslash alone.
func cleanFlags(list []byte) []byte {
	out := []byte{'('}
	for _, f := range bytes.Fields(list[1 : len(list)-1]) {
		if string(f) != `\*` && !goodFlag.Match(f) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ' ')
		}
		out = append(out, f...)
	}
	return append(out, ')')
}
