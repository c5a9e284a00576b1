package mailbox

import (
	"bytes"
	"strings"
	"testing"
)

// spaced puts a zero between the bytes of a text: in front of each, or behind each; in UTF-8
// the ends of lines have none, nor, where full is not set, the bytes in front of them.
func spaced(text string, before, full bool) (raw []byte) {
	wide := isASCII([]byte(text))
	for i := range len(text) {
		c, ends := text[i], i+1 == len(text) || text[i+1] == '\n'
		switch {
		case c == '\n' && !wide, ends && !full && !before && !wide:
			raw = append(raw, c)
		case before:
			raw = append(raw, 0, c)
		default:
			raw = append(raw, c, 0)
		}
	}
	return raw
}

// A text with a zero between its bytes reads the same by way of Dovecot, which says 0x80 for
// it, and as a file: as what it is, in UTF-8 as in the ASCII part of UTF-16, in whatever
// lines and under whatever charset.
func TestZeroBetweenBytes(t *testing.T) {
	for _, text := range []string{
		"Отзываю согласие на обработку моих персональных данных. Прошу прекратить.",
		"Прошу удалить мои данные.\nПрррррр!\n\nИванов", "Келісімімді қайтарып аламын — «ТОО»",
		"Please unsubscribe me.\nThank you", "Stop",
	} {
		for way, raw := range map[string][]byte{"between": spaced(text, false, false), "behind": spaced(text, false, true), "in front": spaced(text, true, true)} {
			crlf := bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
			for name, body := range map[string][]byte{
				"file": raw, "CRLF": crlf,
				"Dovecot": bytes.ReplaceAll(crlf, []byte{0}, []byte{noZero}), "LF": bytes.ReplaceAll(raw, []byte{0}, []byte{noZero}),
			} {
				for _, kind := range []string{"text/plain; charset=utf-8", "text/plain", "text/plain; charset=windows-1251", "multipart/mixed; boundary=b"} {
					letter := "Subject: s\r\nContent-Type: " + kind + "\r\n\r\n" + string(body) + "\r\n"
					if strings.HasPrefix(kind, "multi") {
						letter = "Subject: s\r\nContent-Type: " + kind + "\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + string(body) + "\r\n--b--\r\n"
					}
					if got := Parse(strings.NewReader(letter)).Text; got != text {
						t.Errorf("%s, %s, %s: %q is read as %q", name, kind, way, text, got)
					}
				}
			}
		}
	}
	if got, _ := decodeCharset([]byte("\xe0\x00 \x00l\x00a\x00 \x00c\x00a\x00r\x00t\x00e\x00"), ""); got != "à la carte" {
		t.Errorf("UTF-16 that is Latin is read as %q", got)
	}
	for _, b := range []string{"\x8a\x80\x90\x80\x82\x80\x8d\x80", strings.Repeat("р", 40) + "!"} { // КАРАВАНА in CP866
		if got, wide := readUTF16([]byte(b)); wide {
			t.Errorf("%q is read as %q", b, got)
		}
	}
}
