package mailbox

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// encode writes s in the charset of a table; ok is false if it cannot.
func encode(t *table, s string) (b []byte, ok bool) {
	for _, r := range s {
		if r < utf8.RuneSelf {
			b = append(b, byte(r))
			continue
		}
		n := len(b)
		for i := utf8.RuneSelf; i < 256; i++ {
			if t[i] == r {
				b = append(b, byte(i))
				break
			}
		}
		if len(b) == n {
			return nil, false
		}
	}
	return b, true
}

// What people write in subjects, without a word about the charset.
var undeclared = []string{
	"Отзыв согласия на обработку персональных данных", "Отзыв согласия", "ПРЕТЕНЗИЯ", "Претензия", "претензия по договору",
	"Актуализация персональных данных", "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях",
	"Удалите мои данные", "удалите мои данные", "УДАЛИТЕ МОИ ДАННЫЕ", "Не присылайте рекламу", "Отпишите меня", "Жалоба",
	"Прошу исправить номер телефона +7 701 000 00 00", "Здравствуйте! У меня сменилась фамилия.", "Re: Ваш запрос № 12",
	"Сколько стоит лицензия?", "Вопрос по счёту", "Счет на оплату", "Коммерческое предложение", "Автоответ: отпуск",
	"Иванов Иван Иванович", "Сулейменова Айгуль", "ТОО «Ромашка»", "Щукин Юрий", "Эльдар Жумабаев", "от меня", "Цой В.",
	"Требую прекратить обработку", "верните деньги", "Заявление", "Обращение гражданина", "съёмка объекта", "подъезд",
}

var undeclaredKazakh = []string{
	"Дербес деректерді өңдеуге келісімімді қайтарып аламын", "Жарнама жібермеңіз", "Деректерімді жойыңыз",
	"Телефон нөмірім өзгерді", "Шағым", "Өтініш", "Қызметтен бас тартамын", "Құрметті мекеме басшысы",
}

func TestGuessRussian(t *testing.T) {
	for name, table := range map[string]*table{"windows-1251": windows1251, "koi8-r": koi8r, "cp866": cp866} {
		for _, s := range undeclared {
			b, ok := encode(table, s)
			if !ok {
				continue // « and № are not in every charset
			}
			if got, _ := decodeCharset(b, ""); got != s {
				t.Errorf("%s: %q is read as %q", name, s, got)
			}
		}
	}
}

func TestGuessKazakh(t *testing.T) {
	for _, s := range undeclaredKazakh {
		b, ok := encode(kz1048, s)
		if !ok {
			t.Fatalf("%q cannot be written in KZ-1048", s)
		}
		if got, _ := decodeCharset(b, ""); got != s {
			t.Errorf("%q is read as %q", s, got)
		}
	}
}

func TestGuessUTF8(t *testing.T) {
	for _, s := range append(undeclared, undeclaredKazakh...) {
		for _, label := range []string{"", "utf-8", "unknown-8bit", "iso-8859-1", "windows-1251", "koi8-r"} {
			if got, _ := decodeCharset([]byte(s), label); got != s {
				t.Errorf("declared %q: %q is read as %q", label, s, got)
			}
		}
		cut := []byte(s)[:len(s)-1]
		got, _ := decodeCharset(cut, "")
		if !utf8.ValidString(got) || !strings.HasPrefix(got, s[:len(s)/2-1]) && len(s) > 30 {
			t.Errorf("%q cut inside a character is read as %q", s, got)
		}
	}
}

// A wrong declaration is not believed, a right one always is.
func TestDeclaredCharset(t *testing.T) {
	long := "Прошу прекратить обработку моих персональных данных и подтвердить это письмом."
	all := map[string]*table{"windows-1251": windows1251, "koi8-r": koi8r, "ibm866": cp866, "iso-8859-5": iso8859_5, "x-mac-cyrillic": macCyrillic}
	for really, table := range all {
		b, _ := encode(table, long)
		for declared := range all {
			if (really == "x-mac-cyrillic") != (declared == "x-mac-cyrillic") {
				continue // its small letters are those of windows-1251
			}
			if got, _ := decodeCharset(b, declared); got != long {
				t.Errorf("%s declared as %s is read as %q", really, declared, got)
			}
		}
		for _, declared := range []string{"us-ascii", "iso-8859-1", "windows-1252", "utf-8", "default", "x-unknown"} {
			if really == "iso-8859-5" || really == "x-mac-cyrillic" {
				continue // too rare to be guessed against the odds
			}
			if got, _ := decodeCharset(b, declared); got != long {
				t.Errorf("%s declared as %s is read as %q", really, declared, got)
			}
		}
		for _, s := range append(undeclared, "ВНИМАНИЕ", "ау", "х", "ъ", "іі", "Ґ") {
			if b, ok := encode(table, s); ok {
				if got, _ := decodeCharset(b, really); got != s {
					t.Errorf("%s rightly declared: %q is read as %q", really, s, got)
				}
			}
		}
	}
}

func TestWestern(t *testing.T) {
	for _, s := range []string{"Jürgen Müller", "François Lefèvre", "Señor Núñez, ¿qué tal?", "Übersetzung für Schöne Grüße", "naïve café", "Zażółć"} {
		b, ok := encode(windows1252, s)
		if !ok {
			continue
		}
		for _, label := range []string{"iso-8859-1", "windows-1252", "iso-8859-15", ""} {
			if got, _ := decodeCharset(b, label); got != s {
				t.Errorf("declared %q: %q is read as %q", label, s, got)
			}
		}
	}
}

func TestCharsetNames(t *testing.T) {
	for label, want := range map[string]*table{
		"windows-1251": windows1251, "Windows-1251": windows1251, "cp1251": windows1251, "cp-1251": windows1251,
		"CP_1251": windows1251, "win-1251": windows1251, "win1251": windows1251, "x-cp1251": windows1251,
		"x-windows-1251": windows1251, "windows_1251": windows1251, " windows-1251 ": windows1251, `"windows-1251"`: windows1251,
		"koi8-r": koi8r, "KOI8R": koi8r, "koi-8-r": koi8r, "koi8": koi8r, "koi8-u": koi8u, "koi8-ru": koi8u,
		"ibm866": cp866, "cp-866": cp866, "866": cp866, "iso-8859-5": iso8859_5, "ISO_8859-5:1988": iso8859_5,
		"x-mac-cyrillic": macCyrillic, "KZ-1048": kz1048, "STRK1048-2002": kz1048, "PT154": ptcp154,
	} {
		if tables[charsetKey(label)] != want {
			t.Errorf("%q is not known", label)
		}
	}
	for _, label := range []string{"UTF8", "utf-8", "utf_8", "x-utf-8", "unicode-1-1-utf-8", "iso-UTF-8", "utf8mb4"} {
		if got, trouble := decodeCharset([]byte("да"), label); got != "да" || trouble != "" {
			t.Errorf("%q is not taken for UTF-8: %q, %q", label, got, trouble)
		}
	}
	for label, b := range map[string]string{"win-1257": "\xd5\xc4\xd6\xdc", "cp1257": "\xd5\xc4\xd6\xdc", "iso88594": "\xd5\xc4\xd6\xdc", "iso-8859-4": "\xd5\xc4\xd6\xdc"} {
		if got, trouble := decodeCharset([]byte(b), label); got != "ÕÄÖÜ" || trouble != "" {
			t.Errorf("%q: %q, %q", label, got, trouble)
		}
	}
	for label, b := range map[string]string{"EUC-JP": "\xc6\xfc\xcb\xdc", "eucjp": "\xc6\xfc\xcb\xdc", "shift-jis": "\x93\xfa\x96\x7b"} {
		if got, _ := decodeCharset([]byte(b), label); got != "日本" {
			t.Errorf("%q: %q", label, got)
		}
	}
	if got, trouble := decodeCharset([]byte("plain"), "x-martian"); got != "plain" || trouble != TroubleCharsetUnknown {
		t.Errorf("unknown charset: %q, %q", got, trouble)
	}
}

// Latin letters among Cyrillic ones, put there by a hand that wants to deceive
// or by a keyboard, do not make an undeclared subject Western.
func TestLookAlikesUndeclared(t *testing.T) {
	for _, s := range []string{"Актуaлизация пepcoнaльныx дaнныx", "Oтзыв coглacия нa обработкy пeрсональных дaнных"} {
		for _, table := range []*table{koi8r, windows1251} {
			b, ok := encode(table, s)
			if !ok {
				t.Fatalf("%q cannot be written", s)
			}
			if got := ParseHeader([]byte("Subject: " + string(b) + "\r\n\r\n")).Subject; got != s {
				t.Errorf("%q is read as %q", s, got)
			}
		}
	}
}
