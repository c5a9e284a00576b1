package mailbox

import (
	"bytes"
	"fmt"
	"strconv"
)

// announced is the size of the literal that follows a line (RFC 9051, 4.3).
//
//go:noinline
func announced(line []byte) (int64, bool) {
	_, size, ok := announcement(line)
	return size, ok
}

// plainLiteral writes the announcement of a literal as servers should: some give
// their own in a form that is for clients (RFC 7888), or for binary data.
func plainLiteral(line []byte) []byte {
	at, size, ok := announcement(line)
	if !ok || line[at] == '{' && !bytes.HasSuffix(bytes.TrimRight(line, "\r\n"), []byte("+}")) {
		return line
	}
	return fmt.Appendf(bytes.Clone(line[:at]), "{%d}\r\n", size)
}

// announcement finds where in a line the literal that follows it is announced, and of
// what size in bytes: "{12}" at the end, with the "+" of a client or the "~" of binary
// data. Every line that a server sends is looked at.
func announcement(line []byte) (at int, size int64, ok bool) {
	const longest = 18 // digits that fit an int64
	rest, ended := bytes.CutSuffix(line, []byte("\n"))
	rest, closed := bytes.CutSuffix(bytes.TrimSuffix(rest, []byte("\r")), []byte("}"))
	if !ended || !closed {
		return 0, 0, false
	}
	rest = bytes.TrimSuffix(rest, []byte("+"))
	from := len(rest)
	for from > 0 && len(rest)-from < longest && '0' <= rest[from-1] && rest[from-1] <= '9' {
		from--
	}
	size, err := strconv.ParseInt(string(rest[from:]), 10, 64)
	if err != nil || from == 0 || rest[from-1] != '{' {
		return 0, 0, false
	}
	at = from - 1
	if at > 0 && rest[at-1] == '~' {
		at--
	}
	return at, size, true
}
