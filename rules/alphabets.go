package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// repairAlphabets rewrites the words that mix alphabets: "cогласия" with a
// Latin c. A word follows the alphabet of most of its letters; a short
// word of nothing but look-alikes ("c", "ot") follows the word before it.
func repairAlphabets(s string) string {
	if !mixed(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	cyrillicBefore := false
	for i := 0; i < len(s); {
		n := wordEnd(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			b.WriteString(s[i : i+size])
			i += size
			continue
		}
		hyphen := i+n < len(s) && s[i+n] == '-' // "e-mail" stays
		word := repairWord(s[i:i+n], cyrillicBefore && !hyphen)
		cyrillicBefore = strings.ContainsFunc(word, isCyrillic)
		b.WriteString(word)
		i += n
	}
	return b.String()
}

// mixed reports whether s holds letters of two alphabets.
func mixed(s string) bool {
	var cyrillic, other bool
	for _, r := range s {
		switch {
		case isCyrillic(r):
			cyrillic = true
		case r < utf8.RuneSelf && (r < '0' || r > '9' && r < 'a' || r > 'z'):
		default:
			other = true
		}
		if cyrillic && other {
			return true
		}
	}
	return false
}

// wordEnd returns the length of the word at the beginning of s: letters and
// digits.
func wordEnd(s string) int {
	for i, r := range s {
		if !isWordRune(r) {
			return i
		}
	}
	return len(s)
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	if r >= 'а' && r <= 'я' {
		return true
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func isCyrillic(r rune) bool { return r >= 0x400 && r <= 0x52F }

// toCyrillic and toLatin pair the small letters that look alike. Digits that
// stand for letters count only inside a word of letters.
var (
	toCyrillic = map[rune]rune{
		'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'i': 'і', 'k': 'к', 'm': 'м', 'n': 'п', 'o': 'о',
		'p': 'р', 'r': 'г', 't': 'т', 'u': 'и', 'x': 'х', 'y': 'у', 'j': 'ј', 's': 'ѕ', '0': 'о', '3': 'з', '6': 'б',
		'ä': 'ӓ', 'ə': 'ә', 'ө': 'ө', 'ɵ': 'ө', 'α': 'а', 'ο': 'о', 'ρ': 'р', 'τ': 'т', 'κ': 'к', 'ε': 'е', 'ν': 'у', 'υ': 'у', 'χ': 'х', 'η': 'н', 'μ': 'м', 'ι': 'і', 'ı': 'і', 'γ': 'у', 'ϲ': 'с', 'ᴀ': 'а',
	}
	toLatin = map[rune]rune{
		'а': 'a', 'в': 'b', 'с': 'c', 'е': 'e', 'н': 'h', 'і': 'i', 'к': 'k', 'м': 'm', 'о': 'o', 'р': 'p',
		'т': 't', 'х': 'x', 'у': 'y', 'ј': 'j', 'ѕ': 's', 'α': 'a', 'ο': 'o', 'ρ': 'p', 'ı': 'i', 'ԁ': 'd', 'һ': 'h', 'ԛ': 'q', 'ԝ': 'w', 'г': 'r', 'и': 'u', 'п': 'n',
	}
)

// alikeLatin are the small Latin letters that look like Cyrillic ones.
const alikeLatin = "aceopxykmthb"

// repairWord gives a word of two alphabets the letters of one. Only beside a
// Cyrillic letter i is the Kazakh і.
func repairWord(w string, cyrillicBefore bool) string {
	var cyrillic, latin, digits, alike, kazakh int
	for _, r := range w {
		switch {
		case isCyrillic(r):
			cyrillic++
		case r >= '0' && r <= '9':
			digits++
		default:
			if l, greek := toLatin[r]; greek && r >= utf8.RuneSelf {
				r = l // it counts as what it looks like, before it is replaced and after
			}
			latin++
			if strings.ContainsRune(alikeLatin, r) {
				alike++
			} else if r == 'i' {
				kazakh++
			}
		}
	}
	switch {
	case cyrillic == 0 && (latin == 0 || latin > 3 || alike < latin || digits > 0 || !cyrillicBefore):
		return w // one alphabet, or a number
	case latin == 0 && (digits == 0 || cyrillic < 3 || digits > cyrillic):
		return w
	case cyrillic == 0 || cyrillic >= latin || alike+kazakh == latin:
		// Digits at the end are a number glued to the word, not letters.
		letters := strings.TrimRight(w, "0123456789")
		return mapRunes(letters, toCyrillic) + w[len(letters):]
	}
	return mapRunes(w, toLatin)
}

func mapRunes(s string, m map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if x, ok := m[r]; ok {
			return x
		}
		return r
	}, s)
}
