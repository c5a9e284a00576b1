package rules

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// A letter of a person that reached us in no readable form is for a person, not
// for nobody; what is merely foreign or short is not.
func TestGarbledIsForAPerson(t *testing.T) {
	const text = "Прошу отозвать моё согласие на обработку персональных данных. Иванов"
	read := func(m *charmap.Charmap, b []byte) string {
		var out strings.Builder
		for _, c := range b {
			out.WriteRune(m.DecodeByte(c))
		}
		return out.String()
	}
	windows, err := charmap.Windows1251.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	koi, err := charmap.KOI8R.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	escaped, percents := "", ""
	for _, r := range text {
		escaped += fmt.Sprintf(`\u%04x`, r)
		percents += fmt.Sprintf("%%u%04X", r)
	}
	lost := strings.Map(func(r rune) rune {
		if r > 127 {
			return '?'
		}
		return r
	}, text)
	entities, quoted := "", ""
	for _, r := range text {
		entities += fmt.Sprintf("&#%d;", r)
	}
	for _, b := range []byte(text) {
		quoted += fmt.Sprintf("=%02X", b)
	}
	p, own := BuiltIn(), Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	judge := func(subject, text string) Finding {
		return p.Classify(Facts{Subject: subject, From: []Address{{Addr: "a@one.example"}}, Text: text}, own)
	}
	for name, garbled := range map[string]string{
		"UTF-8 as windows-1251":  read(charmap.Windows1251, []byte(text)),
		"UTF-8 as Latin":         read(charmap.ISO8859_1, []byte(text)),
		"windows-1251 as Latin":  read(charmap.ISO8859_1, windows),
		"UTF-8 as KOI8-R":        read(charmap.KOI8R, []byte(text)),
		"UTF-8 as CP866":         read(charmap.CodePage866, []byte(text)),
		"KOI8-R as windows-1251": read(charmap.Windows1251, koi),
		"windows-1251 as KOI8-R": read(charmap.KOI8R, windows),
		"the same in capitals":   strings.ToUpper(read(charmap.KOI8R, windows)),
		"escapes of JSON":        escaped,
		"escapes of JavaScript":  percents,
		"question marks":         lost,
		"base64":                 base64.StdEncoding.EncodeToString([]byte(text)),
		"base64 for URLs":        base64.URLEncoding.EncodeToString([]byte("ъэю" + text)),
		"quoted-printable":       quoted,
		"entities":               entities,
		"percents":               url.PathEscape(text),
		"what no charset covers": strings.Repeat("\ufffd", 40),
	} {
		if got := judge("Обращение", garbled); got.Verdict != Review {
			t.Errorf("%s: %s %+v: %.60q", name, got.Verdict, got.Reason, garbled)
		}
		if got := judge(garbled, "Ответьте"); len([]rune(garbled)) < 80 && got.Verdict != Review {
			t.Errorf("%s in the subject: %s %+v", name, got.Verdict, got.Reason)
		}
	}
	for _, text := range []string{
		"Добрый день! Сколько стоит лицензия?", "ПРОСИМ СООБЩИТЬ СРОКИ ПОСТАВКИ ОБОРУДОВАНИЯ", "Хочу оформить подписку", "Сәлеметсіз бе! Құжаттарды қашан аламыз? Рақмет.", "???", "Ñandú, piñata y año.",
		"Où êtes-vous? À bientôt, très cher élève.", "Þetta er íslenskur texti með mörgum séríslenskum stöfum.", "ССЫЛКА: https://one.example/a?id=" + strings.Repeat("Ab0", 30),
		"Трек-номер RR" + strings.Repeat("7", 40) + " сообщите, пожалуйста, где груз", "你好，请问办理许可证需要多少钱？谢谢您的回复。",
	} {
		if got := judge("Вопрос", text); got.Verdict != None {
			t.Errorf("%q: %s %+v", text, got.Verdict, got.Reason)
		}
	}
}

// A long text whose declared encoding breaks off is judged by its beginning, which
// could be read; over IMAP nothing else of it is. A short one is for a person.
func TestGarbledByABrokenEncoding(t *testing.T) {
	p, own := BuiltIn(), Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	line := base64.StdEncoding.EncodeToString([]byte("Добрый день! Сколько стоит лицензия?")) + "\n"
	for lines, want := range map[int]Verdict{3: Review, 100: None} {
		f := Facts{Subject: "Вопрос", From: []Address{{Addr: "a@one.example"}}, Text: strings.Repeat(line, lines), Troubles: []string{"encoding-broken"}}
		if got := p.Classify(f, own); got.Verdict != want {
			t.Errorf("%d lines: %s %+v, want %s", lines, got.Verdict, got.Reason, want)
		}
	}
}
