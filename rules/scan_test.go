package rules

import (
	"reflect"
	"strings"
	"testing"
)

// slowly reads a text as scan does, step by step.
func slowly(s string) (string, []sentence) {
	text := normalise(parted(s))
	return text, sentences(text, new(arena))
}

func checkScan(t *testing.T, s string) (ordinary bool) {
	t.Helper()
	found, ok := scan(s, new(arena))
	text, all := found.text, found.all
	if !ok {
		return false
	}
	wantText, want := slowly(s)
	if text != wantText || len(all)+len(want) > 0 && !reflect.DeepEqual(all, want) {
		t.Errorf("%q is read as\n%q %v, want\n%q %v", s, text, all, wantText, want)
	}
	return true
}

// One pass says what the steps say one after the other, wherever it does not
// give up.
func TestScan(t *testing.T) {
	for s, ordinary := range map[string]bool{
		"": true, "Прошу удалить мои данные.": true, "Отзыв согласия.\nПрошу ответить": true, "1-й пункт: 5 дней (см. п. 3)!": true,
		"Пишите на info@Example.Kz, www.site.kz/a?b=c или HTTP://SITE.KZ.": true, "a@b.kz": true, ".Точка. точка.  Точка": true,
		"Ёлка — «ель», “дуб”\u00a0№5": true, "почта: o@b.kz": false, "cогласие": false, "это с o и т.д.": false, "e-mail и а": true,
		"5лет": false, "\u2026": false, "о́тзыв": false, "Да?Нет!Да": true, "a://b": true, "x@y№5": false, "x@y–z": false, "x@y…": false, "слово\tслово\r\nСлово": true,
		"«Цитата».\n\n- Пункт\n- Пункт": true, "ҚАЗАҚСТАН республикасы": true, "A.B.C@d.kz": true, "'www.a.kz'": true, "://": true, "@": true, "a@": true,
	} {
		if got := checkScan(t, s); got != ordinary {
			t.Errorf("%q: ordinary %v, want %v", s, got, ordinary)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"Прошу удалить.\nДанные: info@Example.Kz (www.a.kz)", "a. B@c", "1а 2-b. Www.X", "с o Т. «П»"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 4000 {
			checkScan(t, strings.ToValidUTF8(s, ""))
		}
	})
}
