package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalise gives a text the form in which words are compared: NFKC, small
// letters, ё as е, without accents and invisible characters, every space a
// plain one, every quote a ", every dash a hyphen, and look-alike letters of
// another alphabet inside a word replaced by those of its own. Line ends stay.
// The result is valid UTF-8 and normalising it again changes nothing.
func normalise(s string) string { return repairAlphabets(clean(s)) }

// clean does the part of normalise that looks at single characters.
func clean(s string) string {
	if plain(s) {
		return s
	}
	usual := usualLetters(s)
	if !usual {
		s = strings.ToValidUTF8(s, "\uFFFD")
		s = norm.NFKC.String(withoutAccents(norm.NFKD.String(strings.ReplaceAll(s, "№", "#"))))
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r = cleanRune(r); r >= 0 {
			b.WriteRune(r)
		}
	}
	if usual {
		return b.String()
	}
	// Letters can meet where characters fell away: one more composition makes
	// the form final.
	return norm.NFKC.String(b.String())
}

// plain reports whether clean would change nothing: small ASCII letters,
// digits, Russian letters and ordinary punctuation.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'а' && r <= 'я', r >= 'a' && r <= 'z', r >= ' ' && r <= '@' && r != '\'', r == '\n':
		default:
			return false
		}
	}
	return true
}

// withoutAccents drops the combining marks of a decomposed text, as the stress
// in «отзы́в», apart from those that make other letters of Russian, Kazakh and
// the Latin spellings of both: й, ё, ä, ö, ü, š, ž, č, ş, ñ.
func withoutAccents(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\u0306', '\u0308', '\u030C', '\u0327', '\u0303':
			return r
		}
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

// usualLetters reports whether s holds only characters that NFKC leaves as
// they are or that cleanRune maps as NFKC would: no composition is needed.
func usualLetters(s string) bool {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf, r >= 0x400 && r <= 0x482, r >= 0x48A && r <= 0x52F:
		case r == 0xA0, r == '«', r == '»', r == '№', r >= '\u2013' && r <= '\u201E':
		default:
			return false
		}
	}
	return true
}

// cleanRune returns the form of one character, or -1 where it falls away.
func cleanRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == '\'' || r == '`':
			return '"'
		case r == '\n':
			return '\n'
		case r < ' ' || r == 0x7F:
			return ' '
		}
		return r
	case r >= 'а' && r <= 'я':
		return r
	case r >= 'А' && r <= 'Я':
		return r + 'а' - 'А'
	case r == 'ё' || r == 'Ё':
		return 'е'
	case r == '№':
		return '#'
	case r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case strings.ContainsRune("«»„“”‟‘’‚‛‹›′″´ʼʹ˝＂", r):
		return '"'
	case unicode.Is(unicode.Pd, r) || r == '−':
		return '-'
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc, unicode.Co, unicode.Variation_Selector), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return -1
	}
	if l := unicode.ToLower(r); l != r {
		return l
	}
	return r
}

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

// repairWord gives a word of two alphabets the letters of one.
func repairWord(w string, cyrillicBefore bool) string {
	var cyrillic, latin, digits, alike int
	for _, r := range w {
		switch {
		case isCyrillic(r):
			cyrillic++
		case r >= '0' && r <= '9':
			digits++
		default:
			latin++
			if strings.ContainsRune("aceopxykmthb", r) {
				alike++
			}
		}
	}
	switch {
	case cyrillic == 0 && (latin == 0 || latin > 3 || alike < latin || digits > 0 || !cyrillicBefore):
		return w // one alphabet, or a number
	case latin == 0 && (digits == 0 || cyrillic < 3 || digits > cyrillic):
		return w
	case cyrillic == 0 || cyrillic >= latin || alike == latin:
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

// fold gives a word the loose form in which the lexicon keeps it: letters
// that people exchange are one letter, the soft and the hard sign fall away,
// Kazakh letters are those that people without a Kazakh keyboard type.
// Folding a folded word changes nothing.
func fold(w string) string {
	same := true
	for _, r := range w {
		if foldRune(r) != r {
			same = false
			break
		}
	}
	if same {
		return w
	}
	return strings.Map(foldRune, w)
}

func foldRune(r rune) rune {
	switch r {
	case 'ё', 'э', 'є':
		return 'е'
	case 'й', 'ы', 'і', 'ї', 'ӣ':
		return 'и'
	case 'ь', 'ъ':
		return -1
	case 'щ':
		return 'ш'
	case 'ә', 'ӓ':
		return 'а'
	case 'ғ', 'ґ':
		return 'г'
	case 'қ':
		return 'к'
	case 'ң':
		return 'н'
	case 'ө':
		return 'о'
	case 'ұ', 'ү', 'ў':
		return 'у'
	case 'һ':
		return 'х'
	}
	return r
}

// sound gives a folded word the form in which frequent misspellings agree:
// unstressed vowels are one, doubled consonants are single.
func sound(w string) string {
	var b strings.Builder
	b.Grow(len(w))
	last := rune(-1)
	for _, r := range w {
		switch r {
		case 'о':
			r = 'а'
		case 'е', 'я':
			r = 'и'
		}
		if r != last || r == 'а' || r == 'и' {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
