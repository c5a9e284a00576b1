package mailbox

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
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
