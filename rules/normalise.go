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
		if r = cleanUsual(r); r >= 0 {
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

// cleanUsual is cleanRune, for ASCII and Russian letters by a table.
func cleanUsual(r rune) rune {
	if r >= 0 && int(r) < len(cleaned) {
		return cleaned[r]
	}
	return cleanRune(r)
}

var cleaned = func() (t [0x530]rune) {
	for r := range t {
		t[r] = cleanRune(rune(r))
	}
	return t
}()

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

// sound gives a word the form in which frequent misspellings agree: folded,
// unstressed vowels are one, doubled consonants are single.
func sound(w string) string {
	var room [64]byte
	return string(appendSound(room[:0], w))
}

// appendSound appends a word, folded or not, by sound.
func appendSound(out []byte, word string) []byte {
	last := rune(-1)
	for i := 0; i < len(word); {
		r, size := rune(word[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(word[i:])
		}
		i += size
		if int(r) < len(sounds) {
			r = rune(sounds[r])
		} else {
			r = soundRune(foldRune(r))
		}
		if r < 0 {
			continue
		}
		switch {
		case r == last && r != 'а' && r != 'и':
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r < 0x800:
			out = append(out, 0xC0|byte(r>>6), 0x80|byte(r)&0xBF)
		default:
			out = utf8.AppendRune(out, r)
		}
		last = r
	}
	return out
}

// sounds holds by which letter each of ASCII and of the Cyrillic ones sounds; -1:
// by none.
var sounds = func() (t [0x530]int16) {
	for r := range t {
		t[r] = int16(soundRune(foldRune(rune(r))))
	}
	return t
}()

func soundRune(r rune) rune {
	switch r {
	case 'о':
		return 'а'
	case 'е', 'я':
		return 'и'
	}
	return r
}
