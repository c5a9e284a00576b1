package rules

import "strings"

// language guesses the language in which the letter is written, from the
// subject and the new words: "" where nothing tells.
func (c *letterCase) language() Lang {
	text := c.line.text + "\n" + c.read
	if c.subject.retyped != "" && c.subject.retyped != "qwerty" {
		text = c.subject.text + "\n" + c.text.text
	}
	var kazakh, cyrillic, latin int
	for _, r := range text {
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
	if strings.Contains(text, "@") || strings.Contains(text, "://") { // addresses are Latin in every language
		for w := range strings.FieldsSeq(text) {
			if strings.Contains(w, "@") || strings.Contains(w, "://") {
				latin -= len(w)
			}
		}
	}
	met := c.met()
	switch {
	case cyrillic == 0 && latin < 3:
		return ""
	case kazakh*25 > cyrillic && met[KK] >= met[RU], met[KK] > met[RU]+1:
		return KK
	case met[EN] > met[RU]+met[KK], latin > cyrillic:
		return EN
	case kazakh*12 > cyrillic:
		return KK
	}
	return RU
}

// met counts the words of the policy met in the letter, by language.
func (c *letterCase) met() map[Lang]int {
	n := map[Lang]int{}
	for _, t := range []*part{&c.subject, &c.text} {
		for l, k := range t.met {
			n[[...]Lang{RU, KK, EN}[l]] += k
		}
	}
	return n
}
