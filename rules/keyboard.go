package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The wrong keyboard layout: somebody types Russian or Kazakh while the
// keyboard is switched to Latin ("Jnpsd cjukfcbz"), or English while it is
// switched to Russian ("гтыгиыскшиу").
const (
	qwertyKeys = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>/?&@#$^"
	russianRow = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ.,?\"№;:"

	// The Kazakh layout has its nine letters in the row of digits.
	qwertyDigits = "2345890-=@#$%*()_+"
	kazakhRow    = "әіңғүұқөһӘІҢҒҮҰҚӨҺ"
)

var (
	latinToRussian = keyMap(qwertyKeys, russianRow)
	latinToKazakh  = keyMap(qwertyKeys+qwertyDigits, russianRow+kazakhRow)
	russianToLatin = keyMap(russianRow, qwertyKeys)
	digitsToKazakh = keyMap(qwertyDigits[:9], kazakhRow)
)

// keyboard says what another layout has on the key of a character; 0: the same.
type keyboard struct {
	keys  [lastKey + 1]uint16
	bytes int // of a letter that it writes
}

func keyMap(from, to string) *keyboard {
	k := &keyboard{bytes: runeLen(to)}
	t := []rune(to)
	for i, r := range []rune(from) {
		if key := keyOf(r); k.keys[key] == 0 || i >= 66 { // the Kazakh digits overrule the Russian signs above them
			k.keys[key] = uint16(t[i])
		}
	}
	return k
}

func (k *keyboard) at(r rune) rune {
	if to := k.keys[keyOf(r)]; to != 0 {
		return rune(to)
	}
	return r
}

// lastKey is the place of № in the table, the only character of a keyboard that is
// neither ASCII nor Cyrillic, and lastKey-1 that of all others.
const lastKey = 0x531

func keyOf(r rune) int {
	switch {
	case r < lastKey-1:
		return int(r)
	case r == '№':
		return lastKey
	}
	return lastKey - 1
}

// asRussianKeys reads the Latin chunks of s as if they had been typed on a
// Russian keyboard. Chunks are what stands between spaces, since signs such
// as "[" and "," are letters there; a chunk with Cyrillic letters stays.
func asRussianKeys(s string) string { return latinToRussian.retype(s, isCyrillic) }

// asKazakhKeys does the same for the Kazakh keyboard. A chunk of digits alone
// stays a number.
func asKazakhKeys(s string) string { return latinToKazakh.retype(s, isCyrillic) }

// asKazakhDigits reads the chunks of Cyrillic letters with digits among them as typed on the
// Russian keyboard by somebody who looks for the letters of the Kazakh one in the row of
// digits: «деректер3мд3 -ш3ру».
func asKazakhDigits(s string) string {
	return digitsToKazakh.retype(s, func(r rune) bool { return r >= utf8.RuneSelf && !isLetter(r) })
}

// digitsForLetters reports whether a digit stands between two Cyrillic letters.
func digitsForLetters(s string) bool {
	for i := 1; i+1 < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' && s[i-1] >= utf8.RuneSelf && s[i+1] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// asLatinKeys reads Cyrillic chunks as typed on a Latin keyboard.
func asLatinKeys(s string) string { return russianToLatin.retype(s, isLatin) }

func isLatin(r rune) bool { return !isCyrillic(r) && unicode.Is(unicode.Latin, r) }

func (k *keyboard) retype(s string, stays func(rune) bool) string {
	var b strings.Builder
	b.Grow(k.bytes * len(s))
	for i := 0; i < len(s); {
		j := i + strings.IndexFunc(s[i:], isSpace)
		if j < i {
			j = len(s)
		}
		chunk := s[i:j]
		if strings.ContainsFunc(chunk, stays) || !strings.ContainsFunc(chunk, isLetter) {
			b.WriteString(chunk)
		} else {
			for _, r := range chunk {
				b.WriteRune(k.at(r))
			}
		}
		if j < len(s) {
			b.WriteByte(' ')
			if s[j] == '\n' {
				b.WriteByte('\n')
			}
			j += runeLen(s[j:])
		}
		i = j
	}
	return b.String()
}

// isSpace and isLetter spare the tables of Unicode a look at each Cyrillic letter.
func isSpace(r rune) bool { return !isCyrillic(r) && unicode.IsSpace(r) }

func isLetter(r rune) bool { return r >= 'А' && r <= 'я' || unicode.IsLetter(r) }

func runeLen(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
