package mailbox

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Lengths of a header line and of an encoded word in it (RFC 5322, 2.1.1, and
// RFC 2047, 2).
const (
	headerLine  = 78
	encodedLine = 76
	encodedWord = 75
)

// writeField writes a field from words that hold neither blanks nor line ends;
// without words it writes nothing. The first word stands on the line of the
// name, however long it is: a field whose first line is empty is read with a
// blank before its value by some, and is a sign of spam to others.
func writeField(b *bytes.Buffer, name string, words []string) {
	if len(words) == 0 {
		return
	}
	b.WriteString(name + ": ")
	used := len(name) + len(": ")
	for i, w := range words {
		switch {
		case i == 0:
		case used+1+len(w) > headerLine:
			b.WriteString("\r\n ")
			used = 1
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(w)
		used += len(w)
	}
	b.WriteString("\r\n")
}

// subjectWords returns a subject as the words that stand in its field: as it is
// where it is ASCII, else as encoded words (RFC 2047), none of which cuts a
// character.
func subjectWords(name, subject string) []string {
	if words := strings.Split(subject, " "); isPlainField(subject, words) {
		return words
	}
	var words []string
	room := encodedLine - len(name) - len(": ")
	for s := subject; s != ""; room = encodedWord {
		n := (room - len("=?UTF-8?B?") - len("?=")) / 4 * 3
		for n = min(n, len(s)); n < len(s) && !utf8.RuneStart(s[n]); {
			n--
		}
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return words
}

// isPlainField reports whether a text may stand in a field as it is.
func isPlainField(s string, words []string) bool {
	if s == "" || strings.Contains(s, "=?") || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return false
	}
	for _, w := range words {
		if w == "" || len(w) > headerLine-len("References: ") { // blanks would fold into nothing
			return false
		}
	}
	return true
}
