package rules

import (
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf8"
)

// scanner reads a text into sentences word by word: what parted, normalise and
// sentences do one after the other. Words are looked up as they are written, so
// that their letters are looked at once, when they are met for the first time.
// It knows the letters of ordinary texts only and gives up at every other, and
// at words of two alphabets.
type scanner struct {
	s     string
	arena *arena
	words *wordCache
	line  bool // s is one line, in which no capital begins a sentence

	tokens []token
	cuts   []cutting

	ended    bool // a full stop or a line end, and no letter since
	stop     bool // a full stop since the last word
	lines    int  // line ends since
	bracket  bool
	comma    bool
	cyrillic bool // the last word is Cyrillic
	number   bool // the last token of the sentence is a number
	numbers  bool // two of them stand side by side

	at, scheme int // where the next "@" and "://" stand

	letters letterCount
}

// cutting is the end of a sentence.
type cutting struct {
	tokens   int // up to there
	question bool
	numbers  bool
}

// scanned is what scan found.
type scanned struct {
	all     []sentence
	letters letterCount
}

// letterCount counts the letters of a text: the Kazakh ones are among the
// Cyrillic.
type letterCount struct{ kazakh, cyrillic, latin int }

// scan returns the sentences of a text, or of a line, which lie in the arena; ok is
// false where the text is not an ordinary one.
func scan(s string, a *arena, words *wordCache, line bool) (found scanned, ok bool) {
	c := scanner{s: s, arena: a, words: words, line: line, tokens: rest(a.tokens), cuts: a.cuts[:0]}
	c.at, c.scheme = -1, -1
	defer func() { a.cuts = c.cuts[:0] }()
	for i := 0; i < len(s); {
		end := c.step(i)
		if end == i || len(c.tokens) >= mostTokens {
			return scanned{}, false
		}
		i = end
	}
	c.cut(false)
	found = scanned{all: rest(a.all), letters: c.letters}
	a.tokens = with(a.tokens, c.tokens)
	first := 0
	for _, cut := range c.cuts {
		found.all = append(found.all, sentence{c.tokens[first:cut.tokens:cut.tokens], cut.question, cut.numbers})
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

// The sorts of bytes that a scan tells apart.
const (
	byteOther = iota // of characters that it looks at more closely
	byteSpace        // and controls, the line end not among them
	byteSign         // ASCII
	byteLatin        // letters
	byteDigit
	byteCyrillic // the first byte of a letter: one of the Russian ones, mostly
)

var sortOf = func() (t [256]uint8) {
	for c := range utf8.RuneSelf {
		switch r := cleanRune(rune(c)); {
		case isDigit(r):
			t[c] = byteDigit
		case isWordRune(r):
			t[c] = byteLatin
		case r == ' ':
			t[c] = byteSpace
		default:
			t[c] = byteSign
		}
	}
	t[0xD0], t[0xD1] = byteCyrillic, byteCyrillic
	return t
}()

// step takes what begins at i and returns where it ends: i itself where it is
// not ordinary.
func (c *scanner) step(i int) int {
	switch b := c.s[i]; sortOf[b] {
	case byteSpace:
		if b != ' ' {
			c.part(rune(b))
		}
		return i + 1
	case byteCyrillic:
		return c.cyrillicWord(i)
	case byteLatin, byteDigit:
		return c.latinWord(i)
	case byteSign:
		c.part(rune(b))
		if r := cleanUsual(rune(b)); endsAddress[r] {
			c.sign(r)
			return i + 1
		}
		switch end, sure := c.address(i); {
		case !sure, end > i && c.ended && b != '.': // it may end at a capital
			return i
		case end > i:
			return c.addressWord(i, end)
		}
		c.sign(rune(b))
		return i + 1
	}
	r, size := utf8.DecodeRuneInString(c.s[i:])
	switch {
	case !ordinary(r):
		return i
	case isCyrillic(r):
		return c.cyrillicWord(i)
	}
	c.part(r)
	c.sign(cleanUsual(r))
	return i + size
}

// cyrillicWord takes the Cyrillic word at i.
func (c *scanner) cyrillicWord(i int) int {
	s, end := c.s, russianEnd(c.s, i)
	for end+1 < len(s) && s[end+1]&0xC0 == 0x80 && (s[end]|1 == 0xD1 || s[end] >= 0xD2 && rareCyrillic(s[end:])) {
		end += 2
	}
	if end == i || end < len(s) && (sortOf[s[end]] == byteLatin || sortOf[s[end]] == byteDigit) {
		return i
	}
	k := c.words.of(s[i:end])
	c.begin(k)
	c.letters.cyrillic += (end - i) / 2
	c.letters.kazakh += int(k.kazakh)
	c.cyrillic = true
	return end
}

// russianEnd returns where the letters from i on end of which the first byte is
// 0xD0 or 0xD1: Russian ones, and others of the same rows. It looks at four at a
// time and leaves the last bytes of s to others.
func russianEnd(s string, i int) int {
	const kinds, letters = 0xC0FEC0FEC0FEC0FE, 0x80D080D080D080D0
	for i+8 <= len(s) {
		alike := bits.TrailingZeros64(eightBytes(s, i)&kinds ^ letters)
		i += alike / 16 * 2
		if alike < 64 {
			break
		}
	}
	return i
}

// rareCyrillic reports whether s begins with a letter that is neither Russian nor
// of the same rows.
func rareCyrillic(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isCyrillic(r) && ordinary(r)
}

// latinWord takes the Latin letters and digits at i. A number glued to a word is
// a word of its own.
func (c *scanner) latinWord(i int) int {
	s, end := c.s, i
	behind := c.cyrillic
	c.cyrillic = false
	var k *knownWord
	for first := i; end < len(s) && (sortOf[s[end]] == byteLatin || sortOf[s[end]] == byteDigit); first = end {
		switch to, sure := c.address(first); {
		case !sure, to > first && first > i:
			return i
		case to > first:
			c.cyrillic = behind
			return c.addressWord(first, to)
		}
		sort := sortOf[s[first]]
		for end < len(s) && sortOf[s[end]] == sort {
			end++
		}
		if sort == byteDigit {
			k = c.words.number(s[first:end], c.arena)
			number, cuts := c.number, len(c.cuts)
			c.begin(k)
			c.tokens[len(c.tokens)-1].value = end-first >= fewestDigits
			c.numbers = c.numbers || number && len(c.cuts) == cuts
			c.number = true
			continue
		}
		k = c.words.of(s[first:end])
		c.begin(k)
		c.letters.latin += end - first
	}
	next := c.after(end)
	if isWordRune(next) || behind && next != '-' && k.alike && len(k.raw) == end-i {
		return i
	}
	return end
}

// after returns the character at i, normalised.
func (c *scanner) after(i int) rune {
	if i == len(c.s) {
		return ' '
	}
	r, _ := utf8.DecodeRuneInString(c.s[i:])
	return cleanUsual(r)
}

// part does what parted does, for what is no letter.
func (c *scanner) part(r rune) {
	switch {
	case c.line:
	case r == '.' || r == '\n':
		c.ended = true
	case c.ended:
		c.ended = r == '(' || unicode.IsSpace(r) || unicode.Is(unicode.Quotation_Mark, r) || unicode.Is(unicode.Pd, r)
	}
}

// begin takes a word and starts a sentence where one is due.
func (c *scanner) begin(k *knownWord) {
	if c.ended && k.upper {
		c.lines += 2
	}
	if c.lines > 1 || c.lines == 1 && c.stop {
		c.cut(false)
	}
	c.tokens = append(c.tokens, token{knownWord: k, bracket: c.bracket, comma: c.comma || c.stop})
	c.ended, c.stop, c.bracket, c.comma, c.number, c.lines = false, false, false, false, false, 0
}

// sign takes what is neither letter nor digit.
func (c *scanner) sign(r rune) {
	switch r {
	case '?', '!':
		c.cut(r == '?')
	case '.':
		c.stop = true
	case '\n':
		if !c.line {
			c.lines++
		}
	case '(', ')', '[', ']', '/', '|', '{', '}':
		c.bracket = true
	case ',', ':', ';', '-':
		c.comma = true
	}
}

func (c *scanner) cut(question bool) {
	n := len(c.tokens)
	if n > 0 && (len(c.cuts) == 0 || c.cuts[len(c.cuts)-1].tokens < n) {
		c.cuts = append(c.cuts, cutting{n, question, c.numbers})
		c.number, c.numbers = false, false
	}
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
