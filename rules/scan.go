package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner reads a text into sentences in one pass: what parted, normalise and
// sentences do one after the other. It knows the letters of ordinary texts only
// and gives up at every other, and at words of two alphabets.
type scanner struct {
	s   string
	out []byte

	tokens []token
	cuts   []cutting

	begun  int  // where the token at hand begins in out, or -1
	digits bool // it is a number
	until  int  // of s: the address at hand ends there

	ended                bool // a full stop or a line end, and no letter since
	stop, bracket, comma bool
	lines                int

	word    cyrillicWord
	letters letterCount
}

// cutting is the end of a sentence.
type cutting struct {
	tokens   int // up to there
	question bool
}

// cyrillicWord is what repairAlphabets asks of a word.
type cyrillicWord struct {
	cyrillic, latin, digits, alike int
	before                         bool // the word before holds Cyrillic letters
}

// stays reports whether the word, which ends here, stays as it is; hyphen tells
// that one follows.
func (w *cyrillicWord) stays(hyphen bool) bool {
	if w.cyrillic+w.latin+w.digits == 0 {
		return true
	}
	alone := w.cyrillic == 0 || w.latin+w.digits == 0
	repaired := w.cyrillic == 0 && w.latin > 0 && w.latin <= 3 && w.alike == w.latin && w.digits == 0 && w.before && !hyphen
	*w = cyrillicWord{before: w.cyrillic > 0}
	return alone && !repaired
}

// scanned is what scan found.
type scanned struct {
	text    string // normalised
	all     []sentence
	letters letterCount
}

// letterCount counts the letters of a text: the Kazakh ones are among the
// Cyrillic.
type letterCount struct{ kazakh, cyrillic, latin int }

// scan returns the normalised text and its sentences, which lie in the arena; ok
// is false where the text is not an ordinary one.
func scan(s string, a *arena) (found scanned, ok bool) {
	c := scanner{s: s, out: a.text[:0], tokens: rest(a.tokens), cuts: a.cuts[:0], begun: -1}
	defer func() { a.text, a.cuts = c.out[:0], c.cuts[:0] }()
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r, size = decode(s[i:]); !ordinary(r) {
				return scanned{}, false
			}
		}
		if !c.rune(i, r) {
			return scanned{}, false
		}
		i += size
	}
	if c.end(); !c.word.stays(false) || len(c.tokens) >= mostTokens {
		return scanned{}, false
	}
	c.cut(false)
	found = scanned{text: string(c.out), all: rest(a.all), letters: c.letters}
	for i := range c.tokens {
		t := &c.tokens[i]
		t.word = found.text[t.start:t.end]
	}
	a.tokens = with(a.tokens, c.tokens)
	first := 0
	for _, cut := range c.cuts {
		found.all = append(found.all, sentence{c.tokens[first:cut.tokens:cut.tokens], cut.question})
		first = cut.tokens
	}
	a.all = with(a.all, found.all)
	found.all = slices.Clip(found.all)
	return found, true
}

// decode is utf8.DecodeRuneInString, faster for Russian letters.
func decode(s string) (rune, int) {
	if len(s) > 1 && s[0]|1 == 0xD1 && s[1]&0xC0 == 0x80 {
		return rune(s[0]&0x1F)<<6 | rune(s[1]&0x3F), 2
	}
	return utf8.DecodeRuneInString(s)
}

// ordinary reports whether normalising maps the character by itself, whatever
// stands beside it.
func ordinary(r rune) bool {
	return r >= 0x400 && r <= 0x481 || r >= 0x48A && r <= 0x52F || r == 0xA0 || r == '«' || r == '»' || r == '№' || r >= '\u2013' && r <= '\u201E'
}

// rune takes the next character, which stands at i.
func (c *scanner) rune(i int, raw rune) bool {
	if c.ended || raw == '.' || raw == '\n' {
		c.part(raw)
	}
	r := cleanUsual(raw)
	if i < c.until {
		return c.inAddress(r)
	}
	if c.begun >= 0 && c.until > 0 { // an address ended
		c.end()
		c.until = 0
	}
	letter := isWordRune(r)
	if !letter && !c.word.stays(r == '-') {
		return false
	}
	if r < utf8.RuneSelf && !endsAddress[r] && (c.begun < 0 || !letter || c.digits != isDigit(r)) {
		end, sure := c.address(i)
		if !sure {
			return false
		}
		if end > i {
			c.end()
			c.begin(false)
			c.until = end
			return c.inAddress(r)
		}
	}
	switch {
	case !letter:
		c.end()
		c.sign(r)
	case c.begun < 0 || c.digits != isDigit(r):
		c.end()
		c.begin(isDigit(r))
	}
	if letter {
		c.count(r)
	}
	c.put(r)
	return true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func (c *scanner) put(r rune) {
	if r < utf8.RuneSelf {
		c.out = append(c.out, byte(r))
	} else {
		c.out = utf8.AppendRune(c.out, r)
	}
}

// part does what parted does.
func (c *scanner) part(r rune) {
	switch {
	case r == '.' || r == '\n':
		c.ended = true
	case r == ' ', unicode.IsSpace(r) || unicode.Is(unicode.Quotation_Mark, r) || r == '(' || unicode.Is(unicode.Pd, r):
	default:
		if c.ended = false; unicode.IsUpper(r) {
			c.end()
			c.out = append(c.out, "\n\n"...)
			c.lines += 2
			c.until = 0
		}
	}
}

func (c *scanner) inAddress(r rune) bool {
	if isWordRune(r) {
		c.count(r)
	} else if !c.word.stays(r == '-') {
		return false
	}
	c.put(r)
	return true
}

// count notes a letter or digit of the word at hand.
func (c *scanner) count(r rune) {
	switch {
	case isCyrillic(r):
		c.word.cyrillic++
		if c.letters.cyrillic++; r > 'я' && isKazakh(r) {
			c.letters.kazakh++
		}
	case isDigit(r):
		c.word.digits++
	default:
		c.letters.latin++
		c.word.latin++
		if strings.ContainsRune("aceopxykmthb", r) {
			c.word.alike++
		}
	}
}

// begin starts a token, and a sentence where one is due.
func (c *scanner) begin(digits bool) {
	if c.lines > 1 || c.lines == 1 && c.stop {
		c.cut(false)
	}
	c.tokens = append(c.tokens, token{start: len(c.out), bracket: c.bracket, comma: c.comma})
	c.begun, c.digits = len(c.out), digits
	c.stop, c.bracket, c.comma, c.lines = false, false, false, 0
}

// end ends the token at hand, if there is one.
func (c *scanner) end() {
	if c.begun >= 0 {
		c.tokens[len(c.tokens)-1].end = len(c.out)
		c.begun = -1
	}
}

// sign takes what is neither letter nor digit.
func (c *scanner) sign(r rune) {
	switch r {
	case '?', '!':
		c.cut(r == '?')
	case '.':
		c.stop = true
	case '\n':
		c.lines++
	case '(', ')', '[', ']', '/', '|', '{', '}':
		c.bracket = true
	case ',', ':', ';', '-':
		c.comma = true
	}
}

func (c *scanner) cut(question bool) {
	n := len(c.tokens)
	if n > 0 && (len(c.cuts) == 0 || c.cuts[len(c.cuts)-1].tokens < n) {
		c.cuts = append(c.cuts, cutting{n, question})
	}
}

// address is addressEnd before normalising: the position behind the address
// that begins at i, or i. It is not sure where normalising changes what it looks
// at.
func (c *scanner) address(i int) (end int, sure bool) {
	at, ended, j := false, false, i
	for ; j < len(c.s) && j-i < 200; j++ {
		b := c.s[j]
		if b >= utf8.RuneSelf || endsAddress[b] || b == '\'' || b == '`' || b == 0x7F || ended && b >= 'A' && b <= 'Z' && j > i {
			break
		}
		ended = b == '.' || ended && b == '-'
		at = at || b == '@' && j > i || b == ':' && strings.HasPrefix(c.s[j:], "://") || j == i && len(c.s) >= i+4 && strings.EqualFold(c.s[i:i+4], "www.")
	}
	if !at {
		return i, true
	}
	if j < len(c.s) && c.s[j] >= utf8.RuneSelf {
		r, _ := utf8.DecodeRuneInString(c.s[j:])
		return j, cleanUsual(r) >= utf8.RuneSelf || cleanUsual(r) == ' ' || cleanUsual(r) == '"'
	}
	return j, true
}
