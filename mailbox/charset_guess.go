package mailbox

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// guess decodes bytes of which no charset, or none to be believed, was
// declared. UTF-8 gives itself away by its form. Among the single-byte
// charsets the letters decide: only one of them makes words of the bytes. The
// table is nil for UTF-8.
func guess(b []byte, prior *table) (string, *table) {
	if utf8.Valid(b) {
		return string(b), nil
	}
	if s, ok := mostlyUTF8(b); ok {
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

// better returns the declared table unless the letters speak clearly for
// another one.
func better(b []byte, declared *table) *table {
	b = sample(b)
	high := 0
	for _, c := range b {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	if declared == windows1251 && isKazakh1048(b) {
		return kz1048
	}
	t := likeliest(b, declared)
	if t == declared || t == windows1252 || high < 6 {
		return declared
	}
	if naturalness(b, t) > naturalness(b, declared)+2*high && naturalness(b, t) > high {
		return t
	}
	return declared
}

// isKazakh1048 says whether bytes declared as windows-1251 are in its Kazakh
// change KZ-1048: they hold letters that neither Russian nor Ukrainian nor
// Belarusian has in those places.
func isKazakh1048(b []byte) bool {
	if !strings.ContainsAny(string(latin1(b)), "\u008d\u008e\u009d\u009e\u00a3\u00bc\u00bd\u00be") {
		return false
	}
	return naturalness(b, kz1048) > naturalness(b, windows1251)
}

// latin1 gives every byte the rune of its number.
func latin1(b []byte) []rune {
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return out
}

// sample cuts b to a length that is enough to know a charset by.
func sample(b []byte) []byte {
	const enough = 4 << 10
	for len(b) > enough && b[0] < utf8.RuneSelf {
		b = b[1:]
	}
	return b[:min(len(b), enough)]
}

// How common letters are, in Russian and Kazakh taken together: a letter that
// makes up about 1.5 % of a text weighs 0, twice as common is 1 more.
var weight = func() map[rune]int {
	m := make(map[rune]int)
	for i, group := range []string{"оеаи", "нтсрыл", "вкмдпуі", "ядгзбчйьқғжң", "хшюңәөұү", "цщэ", "ф", "ъёһ"} {
		for _, r := range group {
			if _, ok := m[r]; !ok {
				m[r] = 3 - i
			}
		}
	}
	return m
}()

const (
	vowels      = "аеиоуыэюяёәөүұі"
	punctuation = "«»—–№…“”„’‘·•©®°§\u00a0\u00ad"
)

// naturalness says how much the bytes above ASCII look like words when read
// by t: common letters, vowels and consonants in turn, capitals where they
// belong.
func naturalness(b []byte, t *table) int {
	if t == windows1252 {
		return westernness(b)
	}
	score := 0
	var w wordState
	for _, c := range b {
		if c < utf8.RuneSelf {
			if isLetterASCII(c) {
				if w.length > 0 {
					score -= 3
				}
				w = wordState{latin: true}
			} else {
				w = wordState{}
			}
			continue
		}
		r := t[c]
		switch {
		case strings.ContainsRune(punctuation, r):
			w = wordState{}
		case !unicode.IsLetter(r):
			score -= 6
			w = wordState{}
		default:
			score += w.letter(r)
		}
	}
	return score
}

// wordState is what naturalness knows of the word it is in.
type wordState struct {
	length, capitals, consonants int
	latin, vowel                 bool
}

// letter scores the next letter of a word.
func (w *wordState) letter(r rune) int {
	low := unicode.ToLower(r)
	score, ok := weight[low]
	if !ok {
		score = -4
	}
	if w.latin {
		score -= 3
	}
	switch {
	case r != low:
		if w.length > w.capitals {
			score -= 6 // a capital behind a small letter
		}
		w.capitals++
	case w.capitals > 1 && w.capitals == w.length:
		score -= 2 // a small letter behind several capitals
	}
	vowel := strings.ContainsRune(vowels, low)
	sign := low == 'ь' || low == 'ъ'
	switch {
	case sign && (w.length == 0 || w.vowel):
		score -= 6
	case w.length == 0 && low == 'ы':
		score--
	case w.length > 0 && vowel != w.vowel:
		score++
	case vowel && w.vowel:
		score--
	}
	if vowel {
		w.consonants = 0
	} else if !sign {
		if w.consonants++; w.consonants > 3 {
			score -= 2
		}
	}
	w.length++
	w.vowel = vowel
	return score
}

// westernness is the counterpart of naturalness for the languages of Western
// Europe: letters above ASCII stand alone among ASCII letters.
func westernness(b []byte) int {
	score, run := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			run = 0
			continue
		}
		r := windows1252[c]
		switch {
		case strings.ContainsRune(punctuation, r):
			run = 0
		case !unicode.IsLetter(r):
			score -= 6
			run = 0
		default:
			run++
			beside := i > 0 && isLetterASCII(b[i-1]) || i+1 < len(b) && isLetterASCII(b[i+1])
			switch {
			case run > 1:
				score -= 4
			case beside:
				score += 3
			}
		}
	}
	return score
}

func isLetterASCII(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
