package rules

import (
	"strings"
	"unicode"
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
)

func keyMap(from, to string) map[rune]rune {
	m := make(map[rune]rune)
	t := []rune(to)
	for i, r := range []rune(from) {
		if _, ok := m[r]; !ok || i >= 66 { // the Kazakh digits overrule the Russian signs above them
			m[r] = t[i]
		}
	}
	return m
}

// asRussianKeys reads the Latin chunks of s as if they had been typed on a
// Russian keyboard. Chunks are what stands between spaces, since signs such
// as "[" and "," are letters there; a chunk with Cyrillic letters stays.
func asRussianKeys(s string) string { return retype(s, latinToRussian, isCyrillic) }

// asKazakhKeys does the same for the Kazakh keyboard. A chunk of digits alone
// stays a number.
func asKazakhKeys(s string) string { return retype(s, latinToKazakh, isCyrillic) }

// asLatinKeys reads Cyrillic chunks as typed on a Latin keyboard.
func asLatinKeys(s string) string {
	return retype(s, russianToLatin, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

func retype(s string, keys map[rune]rune, stays func(rune) bool) string {
	var b strings.Builder
	b.Grow(2 * len(s))
	for i := 0; i < len(s); {
		j := i + strings.IndexFunc(s[i:], unicode.IsSpace)
		if j < i {
			j = len(s)
		}
		chunk := s[i:j]
		if strings.ContainsFunc(chunk, stays) || !strings.ContainsFunc(chunk, unicode.IsLetter) {
			b.WriteString(chunk)
		} else {
			b.WriteString(mapRunes(chunk, keys))
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

func runeLen(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
