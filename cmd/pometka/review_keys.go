package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// key is one key press: a character, or the name of a key that has none. A
// paste is one key whatever it holds, so that no pasted text is a command.
type key struct {
	r    rune   // 0 for a named key
	name string // up, enter, esc, ctrl-c …; paste
	text string // of a paste
}

// keyReader turns what a terminal sends into keys. Bytes come in any pieces.
type keyReader struct {
	buf     []byte
	pasting bool
	pasted  strings.Builder
}

// maxPaste bounds what is kept of a paste.
const maxPaste = 64 << 10

const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// add takes what was read. idle says that nothing followed for a while: then an
// escape character that stands alone is the Esc key, and not the begin of more.
func (k *keyReader) add(p []byte, idle bool) []key {
	k.buf = append(k.buf, p...)
	var keys []key
	for len(k.buf) > 0 {
		if k.pasting {
			if !k.paste(&keys) {
				break
			}
			continue
		}
		got, n := k.next(idle)
		if n == 0 { // the rest is still to come
			break
		}
		k.buf = k.buf[n:]
		switch {
		case got.name == "paste":
			k.pasting = true
			k.pasted.Reset()
		case got != key{}:
			keys = append(keys, got)
		}
	}
	return keys
}

// waiting reports that a sequence has begun and not ended.
func (k *keyReader) waiting() bool { return len(k.buf) > 0 && !k.pasting }

// paste gathers a paste up to its end; false: there is more to come.
func (k *keyReader) paste(keys *[]key) bool {
	s := string(k.buf)
	end := strings.Index(s, pasteEnds)
	keep := end
	if end < 0 { // the end may be cut in two
		if keep = len(s) - len(pasteEnds); keep <= 0 {
			return false
		}
	}
	if k.pasted.Len() < maxPaste {
		k.pasted.WriteString(s[:keep])
	}
	if end < 0 {
		k.buf = k.buf[keep:]
		return false
	}
	k.buf, k.pasting = k.buf[end+len(pasteEnds):], false
	*keys = append(*keys, key{name: "paste", text: strings.ToValidUTF8(k.pasted.String(), "")})
	return true
}

// sequences are the escape sequences of the keys that are used here, of xterm,
// the Linux console, PuTTY and tmux. Any other is swallowed whole.
var sequences = map[string]string{
	"[A": "up", "OA": "up", "[B": "down", "OB": "down", "[C": "right", "OC": "right", "[D": "left", "OD": "left",
	"[5~": "pgup", "[6~": "pgdn", "[H": "home", "OH": "home", "[1~": "home", "[7~": "home",
	"[F": "end", "OF": "end", "[4~": "end", "[8~": "end", "[200~": "paste",
}

// controls are the keys that send one control character.
var controls = map[byte]string{
	'\r': "enter", '\n': "enter", 0x7f: "backspace", 0x08: "backspace", 0x03: "ctrl-c", 0x04: "ctrl-d", 0x0c: "ctrl-l",
	0x15: "ctrl-u", 0x17: "ctrl-w",
}

// next takes one key from the buffer and says how many bytes it was; 0: it is
// not complete.
func (k *keyReader) next(idle bool) (key, int) {
	b := k.buf
	if b[0] == 0x1b {
		return escaped(b, idle)
	}
	if b[0] < ' ' || b[0] == 0x7f {
		return key{name: controls[b[0]]}, 1
	}
	if !utf8.FullRune(b) && !idle {
		return key{}, 0
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError || unicode.IsControl(r) {
		return key{}, n
	}
	return key{r: r}, n
}

// escaped reads an escape sequence (ECMA-48 5.4, and SS3 of the VT100).
func escaped(b []byte, idle bool) (key, int) {
	if len(b) == 1 || b[1] == 0x1b {
		if len(b) == 1 && !idle {
			return key{}, 0
		}
		return key{name: "esc"}, 1
	}
	switch b[1] {
	case '[':
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				return key{name: sequences[string(b[1:i+1])]}, i + 1
			}
		}
	case 'O':
		if len(b) > 2 {
			return key{name: sequences[string(b[1:3])]}, 3
		}
	default: // Alt and a key
		return key{}, 2
	}
	if idle {
		return key{}, len(b)
	}
	return key{}, 0
}

// The same key gives another letter in another layout. Commands are Latin
// letters; these are the letters of the Russian and Kazakh layouts on the same
// keys, and what the upper row gives instead of digits in the Kazakh one.
const (
	layoutRU    = "йцукенгшщзхъфывапролджэячсмитьбю"
	layoutLatin = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
	rowKK       = "\"әіңғ,.үұқһ"
	rowDigits   = "1234567890="
)

var latinOf = func() map[rune]rune {
	m := map[rune]rune{}
	for _, pair := range [][2]string{{layoutRU, layoutLatin}, {rowKK, rowDigits}} {
		from, to := []rune(pair[0]), []rune(pair[1])
		for i := range from {
			m[from[i]] = to[i]
		}
	}
	return m
}()

// command is the Latin letter or digit of the key pressed, whatever layout and
// letter case.
func (k key) command() rune {
	r := unicode.ToLower(k.r)
	if l, ok := latinOf[r]; ok {
		return l
	}
	return r
}

// cyrillicOf is the Cyrillic letter on the key of a Latin one, for the screen.
func cyrillicOf(latin rune) rune {
	if i := strings.IndexRune(layoutLatin, latin); i >= 0 {
		return []rune(layoutRU)[i]
	}
	return latin
}
