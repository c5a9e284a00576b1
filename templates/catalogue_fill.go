package templates

import (
	"cmp"
	"strings"
)

// fill puts the arguments into their places: a place is {N}, alone or in a part
// in square brackets that is left out where an argument is missing. What it
// inserts is not looked at again.
func fill(lang Lang, pattern string, args []any) string {
	var b strings.Builder
	f := filler{lang, args, &b}
	for {
		i := strings.IndexByte(pattern, '[')
		if i < 0 {
			break
		}
		end := i + 1 + strings.IndexAny(pattern[i+1:], "[]")
		if end == i {
			break // nothing closes it
		}
		if part := pattern[i+1 : end]; pattern[end] == ']' && f.asks(part, nil) {
			f.write(pattern[:i])
			if f.asks(part, f.lacks) {
				part = ""
			}
			f.write(part)
			pattern = pattern[end+1:]
			continue
		}
		f.write(pattern[:end])
		pattern = pattern[end:]
	}
	f.write(pattern)
	return b.String()
}

type filler struct {
	lang Lang
	args []any
	to   *strings.Builder
}

// write writes text with every place filled.
func (f filler) write(text string) {
	for {
		before, n, after := cutPlace(text)
		f.to.WriteString(before)
		if n < 0 {
			return
		}
		f.to.WriteString(cmp.Or(f.given(n), "…"))
		text = after
	}
}

// asks reports whether text has a place, of those that hold if that is given.
func (f filler) asks(text string, hold func(n int) bool) bool {
	for {
		_, n, after := cutPlace(text)
		if n < 0 || hold == nil || hold(n) {
			return n >= 0
		}
		text = after
	}
}

func (f filler) given(n int) string {
	if n < len(f.args) {
		return argument(f.lang, f.args[n])
	}
	return ""
}

func (f filler) lacks(n int) bool { return f.given(n) == "" }

// cutPlace cuts text around its first place and says which argument belongs
// there; -1: text has none, and is all before it.
func cutPlace(text string) (before string, n int, after string) {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '{')
		if i < 0 || len(text) < at+i+3 {
			return text, -1, ""
		}
		at += i + 1
		if n := text[at]; n >= '0' && n <= '9' && text[at+1] == '}' {
			return text[:at-1], int(n - '0'), text[at+2:]
		}
	}
}
