package rules

import (
	"html"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// unescaped undoes what programs leave in subjects by mistake: the escapes of
// HTML («Отзыв&nbsp;согласия») and of mailto links («Отзыв%20согласия»), and
// UTF-8 that somebody read as windows-1251 or as windows-1252 («РћС‚Р·С‹РІ»,
// «ÐžÑ‚Ð·Ñ‹Ð²»). What is no such thing stays as it is.
func unescaped(s string) string {
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, "%") {
		if u, err := url.PathUnescape(s); err == nil && utf8.ValidString(u) {
			s = u
		}
	}
	if misread(s, "Р", "С") {
		return reread(s, charmap.Windows1251)
	}
	if misread(s, "Ð", "Ñ") {
		return reread(s, charmap.Windows1252)
	}
	return s
}

// misread reports whether a third of the letters of s are the two lead bytes
// of Cyrillic UTF-8 as another charset shows them.
func misread(s, lead, other string) bool {
	n := strings.Count(s, lead) + strings.Count(s, other)
	if n < 4 {
		return false
	}
	all := 0
	for _, r := range s {
		if r >= utf8.RuneSelf {
			all++
		}
	}
	return n*3 >= all
}

func reread(s string, charset *charmap.Charmap) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charset.EncodeRune(r)
		switch {
		case ok:
			b = append(b, c)
		case r < 0x100: // bytes that the charset leaves undefined
			b = append(b, byte(r))
		default:
			return s
		}
	}
	if u := strings.ToValidUTF8(string(b), ""); len(u)*4 >= len(b)*3 {
		return u
	}
	return s
}
