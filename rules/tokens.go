package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word of a normalised text.
type token struct {
	*knownWord
	bracket bool // a bracket or a slash stands before it
	comma   bool // a comma, colon, semicolon, dash or full stop stands before it
	value   bool // a mail address, or a number long enough to call or to tell a person by
}

// sentence is a stretch of tokens that belong together.
type sentence struct {
	tokens   []token
	question bool // ends with a question mark
	numbers  bool // two stand side by side
}

// mostTokens bounds the work on one letter; 8 KB of text hold fewer.
const mostTokens = 6000

// parted puts an empty line before every capital letter that follows a full
// stop or a line end. Afterwards, in small letters, sentences can still be told
// from abbreviations («перс. данных») and from wrapped lines.
func parted(s string) string {
	var b strings.Builder
	done := 0
	for i := nextEnd(s, 0); i < len(s); i = nextEnd(s, i) {
		for ended := true; ended && i < len(s); {
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == ' ', r == '.', r == '…', r == '\n':
			case unicode.IsSpace(r) || unicode.Is(unicode.Quotation_Mark, r) || r == '(' || unicode.Is(unicode.Pd, r):
			default:
				if unicode.IsUpper(r) {
					b.WriteString(s[done:i])
					b.WriteString("\n\n")
					done = i
				}
				ended = false
			}
			i += size
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// nextEnd returns the position of the next full stop, ellipsis or line end from
// i on, or the length of s.
func nextEnd(s string, i int) int {
	for ; i < len(s); i++ {
		if c := s[i]; c == '.' || c == '\n' || c == "…"[0] && strings.HasPrefix(s[i:], "…") {
			break
		}
	}
	return i
}

// sentences cuts a normalised text into sentences: at an empty line, at a
// question or exclamation mark, and at a full stop that ends a line.
// They lie in the arena.
func sentences(s string, a *arena, words *wordCache) []sentence {
	all, tokens := rest(a.all), rest(a.tokens)
	first := 0
	var number, numbers bool // of the last token, and of two
	cut := func(question bool) {
		if len(tokens) > first {
			all = append(all, sentence{tokens[first:len(tokens):len(tokens)], question, numbers})
			first = len(tokens)
			number, numbers = false, false
		}
	}
	var stop, bracket, comma bool
	lines := 0
	for i := 0; i < len(s) && len(tokens) < mostTokens; {
		address := addressEnd(s[i:])
		n := address
		if n == 0 {
			n = tokenEnd(s[i:])
		}
		if n > 0 {
			if lines > 1 || lines == 1 && stop {
				cut(false)
			}
			t := token{bracket: bracket, comma: comma || stop}
			if address == 0 && isDigit(rune(s[i])) {
				t.knownWord = words.number(s[i:i+n], a)
				t.value, numbers, number = n >= fewestDigits, numbers || number, true
			} else {
				t.knownWord = words.of(s[i : i+n])
				t.value, number = address > 0 && strings.Contains(t.word, "@"), false
			}
			tokens = append(tokens, t)
			stop, bracket, comma, lines = false, false, false, 0
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch r {
		case '?', '!':
			cut(r == '?')
		case '.', '…':
			stop = true
		case '\n':
			lines++
		case '(', ')', '[', ']', '/', '|', '{', '}':
			bracket = true
		case ',', ':', ';', '-':
			comma = true
		}
		i += size
	}
	cut(false)
	a.all, a.tokens = with(a.all, all), with(a.tokens, tokens)
	return slices.Clip(all)
}

// endsAddress holds the ASCII characters that are in no address.
var endsAddress = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = c <= ' ' || strings.IndexByte(",;<>()\"|[]", byte(c)) >= 0
	}
	return t
}()

// addressEnd returns the length of the mail or web address at the beginning of
// s, 0 where none begins: «gmail» and «mail» in addresses are no words.
func addressEnd(s string) int {
	at, end := false, 0
	for end < len(s) && end < 200 {
		c := s[end]
		if c >= utf8.RuneSelf || endsAddress[c] {
			break
		}
		at = at || c == '@' && end > 0 || c == ':' && strings.HasPrefix(s[end:], "://") || end == 0 && strings.HasPrefix(s, "www.")
		end++
	}
	if !at {
		return 0
	}
	return end
}

// tokenEnd returns the length of the token at the beginning of s: letters, or
// digits. A number glued to a word is a token of its own.
func tokenEnd(s string) int {
	digits := false
	for i, r := range s {
		if !isWordRune(r) {
			return i
		}
		d := r >= '0' && r <= '9'
		if i == 0 {
			digits = d
		} else if d != digits {
			return i
		}
	}
	return len(s)
}
