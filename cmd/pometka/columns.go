package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"license.kz/pometka/templates"
)

// The functions below count columns of a terminal, not characters: an accent
// that combines with the letter before it takes none, a Chinese character two.
// They are for one line of text that has passed templates.Safe.

// wide are the ranges of the characters that take two columns (Unicode TR 11,
// W and F): scripts of East Asia, full-width forms, and most emoji.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1}, {0x2648, 0x2653, 1},
		{0x26a1, 0x26a1, 1}, {0x26aa, 0x26ab, 1}, {0x26bd, 0x26be, 1}, {0x26c4, 0x26c5, 1}, {0x2705, 0x2705, 1}, {0x270a, 0x270b, 1},
		{0x2728, 0x2728, 1}, {0x274c, 0x274c, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1}, {0x2795, 0x2797, 1}, {0x2b50, 0x2b50, 1},
		{0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1}, {0x3400, 0x4dbf, 1}, {0x4e00, 0x9fff, 1}, {0xa000, 0xa4cf, 1}, {0xa960, 0xa97c, 1},
		{0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe10, 0xfe19, 1}, {0xfe30, 0xfe6f, 1}, {0xff01, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18dff, 1}, {0x1aff0, 0x1b2ff, 1}, {0x1f004, 0x1f004, 1}, {0x1f0cf, 0x1f0cf, 1}, {0x1f18e, 0x1f18e, 1},
		{0x1f191, 0x1f19a, 1}, {0x1f200, 0x1f320, 1}, {0x1f32d, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f7e0, 0x1f7eb, 1},
		{0x1f900, 0x1f9ff, 1}, {0x1fa70, 0x1faff, 1}, {0x20000, 0x3fffd, 1},
	},
}

// runeColumns is how many columns a character takes.
func runeColumns(r rune) int {
	switch {
	case r < 0x300, templates.Cyrillic(r):
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// columns is how many columns a text takes.
//
//go:noinline
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// fitting returns the length in bytes of as much of s as fits the columns.
func fitting(s string, width int) int {
	n := 0
	for i, r := range s {
		if n += runeColumns(r); n > width {
			return i
		}
	}
	return len(s)
}

// wrap breaks a text into lines of at most width columns, at spaces where
// there are any.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		n := columns(word)
		if line != "" && used+1+n <= width {
			line, used = line+" "+word, used+1+n
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for n > width { // one word longer than a line
			_, first := utf8.DecodeRuneInString(word)
			cut := max(fitting(word, width), first)
			lines, word = append(lines, word[:cut]), word[cut:]
			n = columns(word)
		}
		line, used = word, n
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// pad fills a text up to width columns and cuts what is longer, with a sign
// that it was cut.
func pad(s string, width int) string {
	s = clip(s, width)
	return s + strings.Repeat(" ", max(width-columns(s), 0))
}

// padLeft is pad with the filling in front, for numbers.
func padLeft(s string, width int) string {
	s = clip(s, width)
	return strings.Repeat(" ", max(width-columns(s), 0)) + s
}

// clip cuts a text to width columns.
func clip(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	return strings.TrimRight(s[:fitting(s, max(width-1, 0))], " ") + "…"
}
