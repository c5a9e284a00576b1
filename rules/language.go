package rules

import (
	"strings"
	"unicode/utf8"
)

// language guesses the language in which the letter is written, from the
// subject and the new words: "" where nothing tells.
func (c *letterCase) language() Lang {
	texts := [...]string{c.line.text, c.read}
	if c.subject.retyped != "" && c.subject.retyped != "qwerty" {
		texts = [...]string{c.subject.text, c.text.text}
	}
	var kazakh, cyrillic, latin int
	for _, text := range texts {
		k, c, l := lettersOf(text)
		kazakh, cyrillic, latin = kazakh+k, cyrillic+c, latin+l
	}
	met := c.met()
	switch {
	case cyrillic == 0 && latin < 3:
		return ""
	case kazakh*25 > cyrillic && met[1] >= met[0], met[1] > met[0]+1:
		return KK
	case met[2] > met[0]+met[1], latin > cyrillic:
		return EN
	case kazakh*12 > cyrillic:
		return KK
	}
	return RU
}

// lettersOf counts the letters of a text, those of addresses not among the Latin
// ones: they are Latin in every language.
func lettersOf(text string) (kazakh, cyrillic, latin int) {
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(text[i:])
		}
		i += size
		switch {
		case isCyrillic(r):
			cyrillic++
			if (r < 'А' || r > 'я') && strings.ContainsRune("әіңғүұқөһӘІҢҒҮҰҚӨҺ", r) {
				kazakh++
			}
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			latin++
		}
	}
	if strings.IndexByte(text, '@') >= 0 || strings.Contains(text, "://") {
		for w := range strings.FieldsSeq(text) {
			if strings.Contains(w, "@") || strings.Contains(w, "://") {
				latin -= len(w)
			}
		}
	}
	return kazakh, cyrillic, latin
}

// met counts the words of the policy met in the letter, in ru, kk, en.
func (c *letterCase) met() (n [3]int) {
	for _, t := range []*part{&c.subject, &c.text} {
		for l, k := range t.met {
			n[l] += k
		}
	}
	return n
}
