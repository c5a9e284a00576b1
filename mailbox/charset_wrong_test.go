package mailbox

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A text in one Cyrillic charset under the name of another is read by what its letters
// say, in small letters and in capitals.
func TestWrongCharset(t *testing.T) {
	names := map[string]*table{"windows-1251": windows1251, "koi8-r": koi8r, "cp866": cp866, "iso-8859-5": iso8859_5}
	for _, text := range []string{
		"Здравствуйте! Я отзываю своё согласие на обработку персональных данных, прошу удалить всё.",
		"ПРОШУ УДАЛИТЬ МОИ ДАННЫЕ", "Отзываю согласие", "Сообщаем о проведении вебинара",
	} {
		for written, table := range names {
			b, ok := encode(table, text)
			if !ok {
				t.Fatalf("%s has no %q", written, text)
			}
			for declared := range names {
				if got, trouble := decodeCharset(b, declared); got != text || (trouble == "") != (declared == written) {
					t.Errorf("%s declared as %s: %q is read as %q (%s)", written, declared, text, got, trouble)
				}
			}
		}
	}
}

// UTF-16 is known without a declaration, and under a wrong one.
func TestUndeclaredUTF16(t *testing.T) {
	for _, text := range []string{"Отзываю согласие.\r\nИванов", "Келісімімді қайтарып аламын — «ТОО»", "Please unsubscribe me", "Нет"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			var plain []byte
			for _, u := range utf16.Encode([]rune(text)) {
				plain = order.AppendUint16(plain, u)
			}
			for what, b := range map[string][]byte{"": plain, "marked ": append(order.AppendUint16(nil, 0xfeff), plain...)} {
				for _, label := range []string{"", "utf-8", "windows-1251", "us-ascii", "utf-16", "utf-16be", "utf-16le"} {
					got, trouble := decodeCharset(b, label)
					if got != text || (trouble == "") != strings.HasPrefix(label, "utf-16") {
						t.Errorf("%s%T declared as %q: %q is read as %q (%s)", what, order, label, text, got, trouble)
					}
				}
			}
		}
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		raw := []byte("Content-Type: text/plain\r\n\r\n")
		for _, u := range utf16.Encode([]rune("Отзываю согласие.\n\nИванов")) {
			raw = order.AppendUint16(raw, u)
		}
		head, body, _ := strings.Cut(strings.ReplaceAll(string(raw), "\x00", "\x80"), "\r\n\r\n")
		if got := Parse(strings.NewReader(head + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n"))).Text; got != "Отзываю согласие.\n\nИванов" {
			t.Errorf("%T by way of Dovecot is read as %q", order, got)
		}
	}
	for _, b := range []string{"", "Нет", "abc\x00def", "\x04 abcdefgh", "a\x00b", "\x00\x00abcd"} {
		if got, ok := readUTF16([]byte(b)); ok {
			t.Errorf("%q is read as %q", b, got)
		}
	}
}

// A text in UTF-8 to which bytes of another charset were joined, as where a boundary is
// lost, stays what it began as.
func TestUTF8WithABrokenEnd(t *testing.T) {
	good := strings.Repeat("Прошу удалить мои данные.\n", 100)
	broken, err := charmap.KOI8R.NewEncoder().String(strings.Repeat("Погода сегодня хорошая.\n", 2000))
	if err != nil {
		t.Fatal(err)
	}
	text, trouble := decodeCharset([]byte(good+broken), "utf-8")
	if !strings.HasPrefix(text, good) || trouble != TroubleCharsetGuessed || !utf8.ValidString(text) {
		t.Errorf("%q: %.100q", trouble, text)
	}
	if text, _ := decodeCharset([]byte(broken), "utf-8"); !strings.HasPrefix(text, "Погода сегодня хорошая.\n") {
		t.Errorf("without such a beginning: %.100q", text)
	}
}
