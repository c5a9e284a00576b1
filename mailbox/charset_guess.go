package mailbox

import (
	"bytes"
	"unicode/utf8"
)

// guess decodes bytes of which no charset, or none to be believed, was
// declared. UTF-8 gives itself away by its form. Among the single-byte
// charsets the letters decide: only one of them makes words of the bytes. The
// table is nil for UTF-8.
func guess(b []byte, prior *table) (string, *table) {
	if s, ok := readUTF8(b); ok {
		return s, nil
	}
	t := likeliest(b, prior)
	return t.decode(b), t
}

// candidates are what undeclared bytes can be, the likelier first, and what
// each has to overcome.
var candidates = []struct {
	t    *table
	odds int
}{
	{windows1251, 0}, {koi8r, 0}, {cp866, 2}, {kz1048, 2}, {iso8859_5, 6}, {macCyrillic, 8}, {ptcp154, 8}, {windows1252, 4},
}

// likeliest returns the table that makes the most natural words of b; prior is
// what something else says of it, or nil.
func likeliest(b []byte, prior *table) *table {
	b = sample(b)
	var best *table
	top := 0
	for _, c := range candidates {
		n := naturalness(b, c.t) - c.odds
		if c.t == prior {
			n += 8
		}
		if best == nil || n > top {
			best, top = c.t, n
		}
	}
	return best
}

// glance is how many bytes are looked at first, and glanceLetters how many letters of
// ours must be among them.
const (
	glance        = 512
	glanceLetters = 100
)

// speaksFor reports whether the first lines are so clearly written in the declared
// charset that no more need be looked at: in another one words come out below nothing.
func speaksFor(head []byte, declared *table) bool {
	high := highBytes(head)
	return high >= glanceLetters && 2*naturalness(head, declared) >= 5*high
}

// better returns the declared table unless the letters speak clearly for
// another one.
func better(b []byte, declared *table) *table {
	b = sample(b)
	kazakh := declared == windows1251 && hasKazakh1048(b)
	if !kazakh && speaksFor(b[:min(len(b), glance)], declared) {
		return declared
	}
	high := highBytes(b)
	n := naturalness(b, declared)
	if kazakh {
		if m := naturalness(b, kz1048); m > n {
			declared, n = kz1048, m
		}
	}
	if n >= 2*high || high < 6 { // words have nearly three for each letter
		return declared
	}
	t := likeliest(b, declared)
	if t == windows1252 || t == kz1048 {
		return declared
	}
	if m := naturalness(b, t); m > n+high && m > 2*high {
		return t
	}
	return declared
}

// hasKazakh1048 reports whether bytes declared as windows-1251 hold letters of its
// Kazakh change KZ-1048 in places where Russian, Ukrainian and Belarusian have
// none.
func hasKazakh1048(b []byte) bool {
	for _, c := range []byte("\x8d\x8e\x9d\x9e\xa3\xbc\xbd\xbe") {
		if bytes.IndexByte(b, c) >= 0 {
			return true
		}
	}
	return false
}

// sample cuts b to a length that is enough to know a charset by.
func sample(b []byte) []byte {
	const enough = 2 << 10
	for len(b) > enough && b[0] < utf8.RuneSelf {
		b = b[1:]
	}
	return b[:min(len(b), enough)]
}
