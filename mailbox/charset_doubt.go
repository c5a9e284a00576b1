package mailbox

import (
	"strings"
	"unicode/utf8"
)

// latinNames are charsets for languages that are written in Latin letters, other
// than the western ones: letters above ASCII stand alone in them.
var latinNames = nameSet("iso88592 iso88593 iso88594 iso88599 iso885910 iso885913 iso885914 iso885916 " +
	"latin2 latin3 latin4 latin5 latin6 latin7 latin8 latin10 windows1250 cp1250 win1250 windows1254 cp1254 win1254 " +
	"windows1257 cp1257 win1257 windows1258 cp1258 macintosh macroman mac macce")

// doubted reads bytes that cannot be what a rare declaration says: UTF-8, or one
// of the Cyrillic charsets, under the name of another. Programs declare what they
// are set to, whatever the text was written in.
func doubted(b []byte, key string) (text string, ok bool) {
	if hasControls(b) { // as in UTF-16 or a charset that works by escapes
		return "", false
	}
	if isASCII(b) {
		return string(b), isWide(key)
	}
	if s, ok := readUTF8(b); ok && utf8.Valid(trimTail(b)) && mostlyCyrillic(s) {
		return s, true
	}
	if latinNames[key] {
		head := sample(b)
		if t := likeliest(head, windows1252); t != windows1252 && naturalness(head, t) > highBytes(head) {
			return t.decode(b), true
		}
	}
	return "", false
}

// isWide reports whether a charset takes two or four bytes for each letter, so that
// no text in it is ASCII.
func isWide(key string) bool {
	return hasAnyPrefix(key, "utf16", "utf32", "ucs2", "ucs4", "unicode", "csunicode", "iso10646") && !strings.Contains(key, "utf7")
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// mostlyCyrillic reports whether most of what is no ASCII is Cyrillic, and some is.
func mostlyCyrillic(s string) bool {
	cyrillic, other := 0, 0
	for _, r := range s {
		switch {
		case r >= 0x400 && r < 0x530:
			cyrillic++
		case r >= utf8.RuneSelf:
			other++
		}
	}
	return cyrillic >= 3 && cyrillic >= other
}

func hasControls(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return true
		}
	}
	return false
}

func highBytes(b []byte) (n int) {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}
