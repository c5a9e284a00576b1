package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// language guesses the language in which the letter is written, from the
// subject and the new words: "" where nothing tells.
func (c *letterCase) language() Lang {
	n := c.letters()
	kazakh, cyrillic, latin := n.kazakh, n.cyrillic, n.latin
	met := c.met()
	switch {
	case cyrillic == 0 && latin < 3:
		return ""
	case kazakh*25 > cyrillic && met[metKK] >= met[metRU], met[metKK] > met[metRU]+1:
		return KK
	case met[metEN] > met[metRU]+met[metKK], latin > cyrillic:
		return EN
	case kazakh*12 > cyrillic:
		return KK
	}
	return RU
}

// letters counts the letters of the subject and of what was read of the text,
// those of addresses not among the Latin ones: they are Latin in every language.
func (c *letterCase) letters() letterCount {
	subject, text := c.line.text, c.read
	if c.subject.retyped != "" && c.subject.retyped != "qwerty" {
		subject, text = c.subject.asRead(), c.text.asRead()
	}
	n := lettersOf(subject)
	more := c.text.letters
	if !c.text.plain || c.text.retyped != "" || text != c.read {
		more = lettersOf(text)
	}
	return letterCount{
		kazakh: n.kazakh + more.kazakh, cyrillic: n.cyrillic + more.cyrillic,
		latin: n.latin + more.latin - inAddresses(subject) - inAddresses(text),
	}
}

// asRead returns the text normalised.
func (t *part) asRead() string {
	if t.plain {
		return asRead(t.text, t.line)
	}
	return t.text
}

func lettersOf(text string) (n letterCount) {
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(text[i:])
		}
		i += size
		switch {
		case isCyrillic(r):
			if n.cyrillic++; (r < 'А' || r > 'я') && isKazakh(r) {
				n.kazakh++
			}
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r > 0xBF && unicode.Is(unicode.Latin, r):
			n.latin++
		}
	}
	return n
}

// isKazakh reports whether a Cyrillic letter is one that Russian has not.
func isKazakh(r rune) bool { return strings.ContainsRune("әіңғүұқөһӘІҢҒҮҰҚӨҺ", r) }

// inAddresses is the length of the words that hold an address.
func inAddresses(text string) int {
	if strings.IndexByte(text, '@') < 0 && !strings.Contains(text, "://") {
		return 0
	}
	n := 0
	for w := range strings.FieldsSeq(text) {
		if strings.Contains(w, "@") || strings.Contains(w, "://") {
			n += len(w)
		}
	}
	return n
}

// met counts the words of the policy met in the letter, by metRU, metKK, metEN.
func (c *letterCase) met() (n [3]int) {
	for _, t := range []*part{&c.subject, &c.text} {
		for l, k := range t.met {
			n[l] += k
		}
	}
	return n
}
