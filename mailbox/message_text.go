package mailbox

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// joinParts makes one text of parts that follow each other.
func joinParts(parts []part) part {
	var texts []string
	html, cut, root, size := false, false, false, 0
	front, ended := 0, false
	for _, t := range parts {
		cut = cut || t.cut && (t.root || size == 0) // text behind an attachment is a footer
		root = root || t.root
		html = html || t.html
		if strings.TrimSpace(t.text) != "" && size <= TextLimit {
			text := strings.TrimRight(t.text, "\n")
			if texts = append(texts, text); !ended {
				if len(texts) > 1 && t.front > 0 {
					front += len("\n\n")
				}
				front += min(t.front, len(text))
			}
			ended = ended || t.front < len(text)
			size += len(t.text)
		}
	}
	out := textPart(strings.Join(texts, "\n\n"), html, cut)
	out.front, out.root = min(front, len(out.text)), root
	return out
}

// bestPart chooses among alternatives: the first that suffices, of which we can be
// sure whatever follows, else the plain text if it says something of its own, else
// the HTML.
func bestPart(parts []part) (best part, sure bool) {
	var plain, rich part
	cut := false
	for _, t := range parts {
		cut = cut || t.cut
		switch {
		case suffices(t):
			return t, true
		case !t.root:
		case t.html && t.letters >= rich.letters:
			rich = t
		case !t.html && (t.letters > plain.letters || plain.text == ""):
			plain = t
		}
	}
	if best = plain; rich.letters > 3*plain.letters || plain.text == "" {
		best = rich
	}
	best.cut = best.cut || cut
	best.root = true
	return best, false
}

// A plain alternative with fewer than fewLetters may be a mere stub beside the
// HTML; one that speaks of HTML ("your program cannot show it") even with some
// more.
const (
	fewLetters  = 60
	manyLetters = 300
	mostLetters = 3 * manyLetters
)

// suffices reports whether an alternative needs no other beside it: a plain text that
// says something, or HTML that no stub in plain text can outweigh.
func suffices(t part) bool {
	switch {
	case !t.root:
		return false
	case t.html:
		return t.letters > mostLetters
	case t.letters < fewLetters:
		return false
	}
	return t.letters >= manyLetters || !strings.Contains(strings.ToLower(t.text), "html")
}

// countLetters counts the letters of s, up to a number that says all.
func countLetters(s string) int {
	n, open := 0, 0 // open: 1 where the byte in front of s[i] begins a letter
	for i := 0; i < len(s) && n <= mostLetters; {
		if i+8 <= len(s) {
			if letters, starts, sure := lettersOfEight(eightBytes(s[i:])); sure {
				n += bits.OnesCount64(letters)
				open = int(starts >> 63)
				i += 8
				continue
			}
		}
		i, n, open = i-open, n-open, 0
		switch c := s[i]; {
		case c < utf8.RuneSelf:
			if c |= 0x20; 'a' <= c && c <= 'z' {
				n++
			}
			i++
		case c == 0xD0 || c == 0xD1: // U+0400 to U+047F are letters
			n++
			i += 2
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if unicode.IsLetter(r) {
				n++
			}
			i += size
		}
	}
	return min(n, mostLetters+1)
}

// clip cuts a text to TextLimit between two characters.
func clip(s string) (string, bool) {
	if len(s) <= TextLimit {
		return s, false
	}
	n := TextLimit
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}

// cleanText gives a decoded text one form: lines end in \n, control characters
// and byte order marks are gone, nothing but the text stands at its ends.
func cleanText(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	if holdsControl(s) {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\n', r == '\t':
				return r
			case r < ' ':
				return -1
			case r >= 0x7f && r < 0xa0:
				return ' '
			}
			return r
		}, s)
	}
	s = strings.Trim(s, "\n")
	return strings.TrimRightFunc(s, unicode.IsSpace)
}

// holdsControl reports whether a text holds a control character but for line ends
// and tabs.
func holdsControl(s string) bool {
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			eight := eightBytes(s[i:])
			if below(eight, ' ')|equal(eight, 0x7f)|equal(eight, 0xc2) == 0 {
				i += 8
				continue
			}
		}
		for end := min(i+8, len(s)); i < end; i++ {
			if suspect[s[i]] && (s[i] != 0xc2 || i+1 == len(s) || s[i+1] < 0xa0) {
				return true
			}
		}
	}
	return false
}

// suspect marks the bytes that control characters have, in ASCII and beyond it.
var suspect = func() (t [256]bool) {
	for c := range byte(' ') {
		t[c] = c != '\n' && c != '\t'
	}
	t[0x7f], t[0xc2] = true, true
	return t
}()

// flowed joins the lines that format=flowed broke (RFC 3676): a line that ends
// in a blank goes on in the next one of the same quoting depth.
func flowed(s string, delsp bool) string {
	var out strings.Builder
	out.Grow(min(len(s), 2*TextLimit))
	open, depth := false, 0
	for line := range strings.Lines(s) {
		if out.Len() > TextLimit {
			break
		}
		line = strings.TrimSuffix(line, "\n")
		rest := strings.TrimLeft(line, ">")
		d := len(line) - len(rest)
		rest = strings.TrimPrefix(rest, " ") // space-stuffing
		signature := rest == "-- "
		if open && (d != depth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open && d > 0 {
			out.WriteString(strings.Repeat("> ", d))
		}
		soft := strings.HasSuffix(rest, " ") && !signature
		if soft && delsp {
			rest = rest[:len(rest)-1]
		}
		out.WriteString(rest)
		if !soft {
			out.WriteByte('\n')
		}
		open, depth = soft, d
	}
	return out.String()
}
