package mailbox

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// word is a piece of a header value: an encoded word (RFC 2047), or the plain
// bytes between two of them.
type word struct {
	encoded bool
	label   string // charset, without the language that RFC 2231, 5, allows behind it
	base64  bool
	text    []byte // still encoded
}

// words decodes the encoded words of an unfolded header value, broken ones
// too: neighbours of one charset are joined before they are decoded, since
// many programs cut inside a character. Bytes outside of encoded words are
// read by plain, which knows what charset the header is written in.
func (p *parser) words(value []byte) string {
	if !bytes.Contains(value, []byte("=?")) {
		return p.plain(value)
	}
	list := splitWords(value)
	var out strings.Builder
	for i := 0; i < len(list); {
		w := list[i]
		if !w.encoded {
			// Blanks between two encoded words are not shown (RFC 2047, 6.2).
			between := i > 0 && i+1 < len(list) && len(bytes.TrimSpace(w.text)) == 0
			if !between {
				out.WriteString(p.plain(w.text))
			}
			i++
			continue
		}
		var b []byte
		b, i = joinWords(list, i)
		s, t := decodeCharset(b, w.label)
		out.WriteString(s)
		p.m.notice(t)
	}
	return out.String()
}

// joinWords decodes the transfer encoding of the run of encoded words that
// starts at i and shares its charset, and returns the index behind it.
//
// A base64 text that is no multiple of four long says one of two things: the
// program left the padding out, or it cut the text between two words. Each word
// is read for itself unless that cannot be: bits are left over that belong to a
// byte, or what is declared UTF-8 would not be it.
func joinWords(list []word, i int) ([]byte, int) {
	end := runOfWords(list, i)
	alone, single := decodeRun(list[i:end], true)
	if single && (!isUTF8Label(list[i].label) || utf8.Valid(alone)) {
		return alone, end
	}
	joined, _ := decodeRun(list[i:end], false)
	if single && !utf8.Valid(joined) {
		return alone, end
	}
	return joined, end
}

// runOfWords returns the end of the run of encoded words of one charset that
// starts at i, the blanks between them included.
func runOfWords(list []word, i int) int {
	label := list[i].label
	for ; i < len(list); i++ {
		w := list[i]
		blank := !w.encoded && len(bytes.TrimSpace(w.text)) == 0
		switch {
		case blank && i+1 < len(list) && list[i+1].encoded && strings.EqualFold(list[i+1].label, label):
		case !w.encoded || !strings.EqualFold(w.label, label):
			return i
		}
	}
	return i
}

// decodeRun decodes a run of words. With alone set each word ends its base64
// text; without, a text may go on in the next word. Possible is false when a
// word cannot stand alone.
func decodeRun(run []word, alone bool) (out []byte, possible bool) {
	var open []byte // base64 that the next word may go on with
	possible = true
	flush := func() {
		out = append(out, decodeBase64Word(open)...)
		open = open[:0]
	}
	for _, w := range run {
		if !w.encoded {
			continue
		}
		if !w.base64 {
			flush()
			out = append(out, decodeQWord(w.text)...)
			continue
		}
		open = append(open, keepBase64(w.text)...)
		padded := bytes.IndexByte(w.text, '=') >= 0
		if alone && !padded && !wholeBase64(open) {
			possible = false
		}
		if alone || padded || len(open)%4 == 0 {
			flush()
		}
	}
	flush()
	return out, possible
}

// wholeBase64 reports whether base64 text without padding can be all there is:
// the bits left over after its last byte are zero (RFC 4648, 3.5), and one
// character alone is never a byte.
func wholeBase64(b []byte) bool {
	if len(b)%4 == 0 {
		return true
	}
	last := base64Value[b[len(b)-1]]
	switch len(b) % 4 {
	case 2:
		return last&0x0f == 0
	case 3:
		return last&0x03 == 0
	}
	return false
}

// isUTF8Label reports whether a charset label means UTF-8.
func isUTF8Label(label string) bool {
	return strings.EqualFold(label, "utf-8") || strings.EqualFold(label, "utf8")
}

// splitWords cuts a value into encoded words and what stands between them.
func splitWords(value []byte) []word {
	var list []word
	plain := 0
	for pos := 0; pos < len(value); {
		n := bytes.Index(value[pos:], []byte("=?"))
		if n < 0 {
			break
		}
		w, size := parseWord(value[pos+n:])
		if size == 0 {
			pos += n + 2
			continue
		}
		if pos+n > plain {
			list = append(list, word{text: value[plain : pos+n]})
		}
		list = append(list, w)
		pos += n + size
		plain = pos
	}
	if plain < len(value) {
		list = append(list, word{text: value[plain:]})
	}
	return list
}

// parseWord reads the encoded word at the beginning of b and returns its size,
// or 0 if there is none. Blanks inside, a missing end and a raw question mark
// are forgiven.
func parseWord(b []byte) (word, int) {
	n := bytes.IndexByte(b[2:], '?')
	if n < 1 || n > 60 || len(b) < n+5 || b[n+4] != '?' {
		return word{}, 0
	}
	label := string(b[2 : n+2])
	if strings.ContainsAny(label, " \t=<>\",;:") {
		label = strings.Trim(label, " \t\"'")
		if label == "" || strings.ContainsAny(label, " \t=<>\",;:") {
			return word{}, 0
		}
	}
	label, _, _ = strings.Cut(label, "*")
	w := word{encoded: true, label: label}
	switch b[n+3] {
	case 'B', 'b':
		w.base64 = true
	case 'Q', 'q':
	default:
		return word{}, 0
	}
	begin := n + 5
	end := wordEnd(b[begin:], w.base64)
	if end < 0 {
		w.text = b[begin:]
		return w, len(b)
	}
	w.text = b[begin : begin+end]
	return w, begin + end + 2
}

// wordEnd finds the "?=" that ends an encoded word, or -1. In Q a question
// mark may stand raw in front of an encoded byte: "?=D0" ends nothing if the
// word goes on to another end.
func wordEnd(b []byte, base64 bool) int {
	from := 0
	for {
		n := bytes.Index(b[from:], []byte("?="))
		if n < 0 {
			return -1
		}
		n += from
		rest := b[n+2:]
		if base64 || len(rest) < 2 || !isHex(rest[0]) || !isHex(rest[1]) {
			return n
		}
		next := bytes.Index(rest, []byte("?="))
		if next < 0 || bytes.Contains(rest[:next], []byte("=?")) {
			return n
		}
		from = n + 2
	}
}

func isHex(c byte) bool { return hexValue[c] < 16 }

// hexValue holds the four bits of each hexadecimal digit; 255: none.
var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range []byte("0123456789ABCDEF") {
		t[c], t[c|0x20] = byte(i), byte(i)
	}
	return t
}()

// decodeQWord decodes the Q encoding; an equals sign that encodes nothing
// stands for itself.
func decodeQWord(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '_':
			out = append(out, ' ')
		case b[i] == '=' && i+2 < len(b) && isHex(b[i+1]) && isHex(b[i+2]):
			out = append(out, unhex(b[i+1])<<4|unhex(b[i+2]))
			i += 2
		default:
			out = append(out, b[i])
		}
	}
	return out
}

func unhex(c byte) byte { return hexValue[c] }

// oneLine makes a decoded value fit for one line: NUL goes, every other control
// character or line separator becomes a space, the ends are trimmed.
func oneLine(s string) string {
	clean, high := true, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if high |= c; c < ' ' || c == 0x7f || c == 0xc2 || c == 0xe2 {
			clean = false
			break
		}
	}
	if clean && high < utf8.RuneSelf {
		return strings.TrimSpace(s)
	}
	if !clean {
		s = strings.ReplaceAll(s, "\r\n", " ")
		s = strings.Map(func(r rune) rune {
			switch {
			case r == 0:
				return -1
			case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029':
				return ' '
			}
			return r
		}, s)
	}
	return strings.TrimSpace(strings.ToValidUTF8(s, string(utf8.RuneError)))
}
