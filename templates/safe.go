package templates

import (
	"strings"
	"unicode"
)

// Safe makes a text that came from outside harmless on a terminal and in any
// other single line: one line, valid UTF-8, and a middle dot in the place of
// every control character, invisible or direction-changing character
// (category Cf, U+2028, U+2029, the fillers that look empty) and U+FFFD. Of a
// heap of combining marks it keeps three.
func Safe(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for _, r := range s { // bytes that are no UTF-8 come as U+FFFD
		if unicode.Is(unicode.M, r) {
			if marks++; marks > 3 {
				continue
			}
		} else {
			marks = 0
		}
		if harmful(r) {
			r = '·'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plain reports whether a text holds nothing but what nearly every text is made
// of: printable ASCII and the letters of Russian and Kazakh. Safe keeps such a
// text as it is.
func plain(s string) bool {
	for _, r := range s {
		if !Cyrillic(r) && (r < ' ' || r > '~') {
			return false
		}
	}
	return true
}

// Cyrillic reports quickly whether a character is a letter of the Cyrillic
// alphabets: one column wide, and harmless.
func Cyrillic(r rune) bool { return r >= 0x400 && r <= 0x481 || r >= 0x48a && r <= 0x52f }

func harmful(r rune) bool {
	switch r {
	case unicode.ReplacementChar, '\u2028', '\u2029', // line and paragraph separator
		'\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0': // invisible, though no Cf
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// oneLine prepares a value for a letter: as Safe, but what separates becomes a
// space, and the rest of the harmful characters goes without a trace.
func oneLine(s string) string {
	return strings.Join(strings.Fields(harmless(s, false)), " ")
}

// manyLines is oneLine for a text in which staff may begin new lines.
func manyLines(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return harmless(strings.ReplaceAll(s, "\r", "\n"), true)
}

func harmless(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\t', r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return ' '
		case r == unicode.ReplacementChar:
			return '·'
		case harmful(r):
			return -1
		}
		return r
	}, s)
}
