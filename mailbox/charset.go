package mailbox

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// table maps the bytes of a single-byte charset to runes.
type table [256]rune

func tableOf(c *charmap.Charmap, changes map[byte]rune) *table {
	t := new(table)
	for i := range t {
		t[i] = c.DecodeByte(byte(i))
	}
	for b, r := range changes {
		t[b] = r
	}
	return t
}

// The charsets in which Russian and Kazakh letters come. The two Kazakh ones
// are changes of windows-1251; x/text does not have them.
var (
	windows1251 = tableOf(charmap.Windows1251, nil)
	koi8r       = tableOf(charmap.KOI8R, nil)
	koi8u       = tableOf(charmap.KOI8U, nil)
	cp866       = tableOf(charmap.CodePage866, nil)
	cp855       = tableOf(charmap.CodePage855, nil)
	iso8859_5   = tableOf(charmap.ISO8859_5, nil)
	macCyrillic = tableOf(charmap.MacintoshCyrillic, nil)
	windows1252 = tableOf(charmap.Windows1252, nil)

	// KZ-1048, also called STRK1048-2002.
	kz1048 = tableOf(charmap.Windows1251, map[byte]rune{
		0x8d: 'Қ', 0x8e: 'Һ', 0x9d: 'қ', 0x9e: 'һ', 0xa1: 'Ұ', 0xa2: 'ұ', 0xa3: 'Ә', 0xa5: 'Ө',
		0xaa: 'Ғ', 0xaf: 'Ү', 0xb4: 'ө', 0xba: 'ғ', 0xbc: 'ә', 0xbd: 'Ң', 0xbe: 'ң', 0xbf: 'ү',
	})
	// PTCP154, ParaType's "Cyrillic-Asian".
	ptcp154 = tableOf(charmap.Windows1251, map[byte]rune{
		0x80: 'Җ', 0x81: 'Ғ', 0x82: 'Ӯ', 0x83: 'ғ', 0x86: 'Ҷ', 0x87: 'Ү', 0x88: 'Ҳ', 0x89: 'ү',
		0x8a: 'Ҡ', 0x8b: 'Ӣ', 0x8c: 'Ң', 0x8d: 'Қ', 0x8e: 'Һ', 0x8f: 'Ҹ', 0x90: 'җ', 0x98: 'ҳ',
		0x99: 'ҷ', 0x9a: 'ҡ', 0x9b: 'ӣ', 0x9c: 'ң', 0x9d: 'қ', 0x9e: 'һ', 0x9f: 'ҹ', 0xa4: 'Ө',
		0xa5: 'Ҙ', 0xa6: 'Ұ', 0xaa: 'Ә', 0xad: 'ӯ', 0xaf: 'Ҝ', 0xb1: 'ұ', 0xb4: 'ҙ', 0xb5: 'ө',
		0xba: 'ә', 0xbd: 'Ҫ', 0xbe: 'ҫ', 0xbf: 'ҝ',
	})
)

// tables finds a charset by its name without case and punctuation: senders
// write cp-1251, win1251, x-cp1251, Windows_1251 for one thing.
var tables = map[string]*table{
	"windows1251": windows1251, "cp1251": windows1251, "win1251": windows1251, "ansi1251": windows1251,
	"1251": windows1251, "microsoftcp1251": windows1251, "windowscp1251": windows1251, "ms1251": windows1251,
	"koi8r": koi8r, "koi8": koi8r, "koi": koi8r, "cskoi8r": koi8r, "koir": koi8r, "cp20866": koi8r, "koi8ru": koi8u, "koi8u": koi8u, "cp21866": koi8u,
	"ibm866": cp866, "cp866": cp866, "866": cp866, "csibm866": cp866, "dos866": cp866, "oem866": cp866,
	"ibm855": cp855, "cp855": cp855, "855": cp855, "csibm855": cp855,
	"iso88595": iso8859_5, "cyrillic": iso8859_5, "csisolatincyrillic": iso8859_5, "isoir144": iso8859_5, "iso885951988": iso8859_5,
	"maccyrillic": macCyrillic, "macukrainian": macCyrillic,
	"kz1048": kz1048, "strk10482002": kz1048, "rk1048": kz1048, "cskz1048": kz1048, "cp1048": kz1048,
	"ptcp154": ptcp154, "pt154": ptcp154, "cp154": ptcp154, "csptcp154": ptcp154, "cyrillicasian": ptcp154,
}

// What else a charset name can mean.
var (
	// Names of charsets for western languages stand above Cyrillic text as often as not.
	westNames = nameSet("usascii ascii ansix341968 ansix341986 646 iso646us us isoir6 iso88591 latin1 l1 isolatin1 iso885915 latin9 windows1252 cp1252 win1252 iso88591windows latin")
	// Names that say that nothing is known.
	noNames = nameSet(" unknown8bit unknown default defaultcharset ansi 8bit 7bit binary none null userdefined undefined autodetect auto")
)

func nameSet(names string) map[string]bool {
	set := make(map[string]bool)
	for _, n := range strings.Split(names, " ") {
		set[n] = true
	}
	return set
}

// charsetKey reduces a charset name to what tells it from others.
func charsetKey(label string) string {
	label = strings.ToLower(strings.TrimSpace(label))
	label = strings.TrimPrefix(label, "x-")
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, label)
}

// decodeCharset turns bytes of a declared charset ("" if none was) into valid
// UTF-8. A declaration that the bytes contradict is not believed. The trouble
// is "" when everything was in order.
func decodeCharset(b []byte, label string) (text string, trouble string) {
	key := charsetKey(label)
	if s, ok := readUTF16(b); ok {
		if isWide(key) {
			return s, ""
		}
		return s, TroubleCharsetGuessed
	}
	single, west, utf8Name := tables[key], westNames[key], strings.Contains(key, "utf8")
	known := single != nil || west || utf8Name || noNames[key]
	if !known {
		if s, ok := doubted(b, key); ok {
			return s, TroubleCharsetGuessed
		}
		if s, ok := decodeOther(b, label, key); ok {
			return s, ""
		}
		s, _ := guess(b, nil)
		return s, TroubleCharsetUnknown
	}
	if isASCII(b) {
		return string(b), ""
	}
	if whole := trimTail(b); utf8Name && isUTF8(whole) {
		return string(whole), ""
	}
	if s, ok := readUTF8(b); ok {
		if utf8Name || noNames[key] {
			return s, ""
		}
		return s, TroubleCharsetGuessed
	}
	if utf8Name && beginsUTF8(b) {
		return strings.ToValidUTF8(string(b), string(utf8.RuneError)), TroubleCharsetGuessed
	}
	if single != nil {
		if t := better(b, single); t != single {
			return t.decode(b), TroubleCharsetGuessed
		}
		return single.decode(b), ""
	}
	var prior *table
	if west {
		prior = windows1252
	}
	s, t := guess(b, prior)
	if west && t == windows1252 {
		return s, ""
	}
	return s, TroubleCharsetGuessed
}

// decode never fails; bytes without a meaning become U+FFFD.
func (t *table) decode(b []byte) string {
	var room [2 * usualText]byte
	out := room[:0]
	if 2*len(b) > len(room) {
		out = make([]byte, 0, len(b)+highBytes(b)) // most letters take two
	}
	for _, c := range b {
		switch r := t[c]; {
		case c < utf8.RuneSelf:
			out = append(out, c)
		case r < 0x800: // most letters
			out = append(out, 0xC0|byte(r>>6), 0x80|byte(r)&0xBF)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// readUTF8 reads bytes of which nobody said that they are UTF-8, if they are,
// but for a few: a text cut in the middle of a character, say. Words in other
// charsets happen to be UTF-8 now and then, but then they come out in scripts
// that nobody here writes.
func readUTF8(b []byte) (string, bool) {
	b = trimTail(b)
	good, strange, bad := 0, 0, 0
	for rest := b; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r < utf8.RuneSelf:
		case r == utf8.RuneError && n == 1:
			if bad++; 6*bad > len(b)+60 { // however the rest is
				return "", false
			}
		case r < 0x180, r >= 0x400 && r < 0x530, r >= 0x2000 && r < 0x2700, r >= 0xfe00 && r < 0x10000, r >= 0x1f000:
			good++
		default:
			strange++
		}
		rest = rest[n:]
	}
	switch {
	case bad == 0 && (good >= strange || strange > 8):
		return string(b), true
	case bad > 0 && good > 1 && good >= 3*(bad+strange):
		return strings.ToValidUTF8(string(b), string(utf8.RuneError)), true
	}
	return "", false
}

// beginsUTF8 reports whether the first page of a longer text is UTF-8 beyond doubt. What is
// broken behind it does not make another charset of the whole.
func beginsUTF8(b []byte) bool {
	const page, letters = 4096, 64
	if len(b) <= page {
		return false
	}
	head := trimTail(b[:page])
	return isUTF8(head) && len(head)-utf8.RuneCount(head) >= letters
}

// trimTail takes the first bytes of an unfinished character off the end of a
// text in UTF-8.
func trimTail(b []byte) []byte {
	for n := 1; n <= 3 && n < len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			text := b[:len(b)-n]
			if !utf8.FullRune(tail) && !isASCII(text) && isUTF8(text) {
				return text
			}
			break
		}
	}
	return b
}

// decodeUTF7 decodes UTF-7 (RFC 2152).
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		n := bytes.IndexByte(b, '+')
		if n < 0 {
			break
		}
		out.Write(b[:n])
		b = b[n+1:]
		end := 0
		for end < len(b) && base64Value[b[end]] < 64 {
			end++
		}
		if end == 0 {
			out.WriteByte('+')
			b = bytes.TrimPrefix(b, []byte("-"))
			continue
		}
		raw := decodeBase64Word(b[:end])
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		out.WriteString(string(utf16.Decode(units)))
		b = bytes.TrimPrefix(b[end:], []byte("-"))
	}
	out.Write(b)
	return strings.ToValidUTF8(out.String(), string(utf8.RuneError))
}
