package rules

import (
	"reflect"
	"strings"
	"testing"
)

// checkScan compares what scan reads with what is read step by step.
func checkScan(t *testing.T, s string) (ordinary bool) {
	t.Helper()
	p := BuiltIn()
	p.recognise()
	checkScanned(t, p, s, true)
	return checkScanned(t, p, s, false)
}

func checkScanned(t *testing.T, p *Policy, s string, line bool) (ordinary bool) {
	t.Helper()
	words := p.lexicon.words
	found, ok := scan(s, new(arena), words, line)
	if !ok {
		return false
	}
	text := asRead(s, line)
	want := sentences(text, new(arena), words)
	for i := range min(len(want), len(found.all)) {
		for k := range min(len(want[i].tokens), len(found.all[i].tokens)) {
			w, f := want[i].tokens[k].knownWord, &found.all[i].tokens[k]
			if f.word == w.word && f.met == w.met && f.denial == w.denial && reflect.DeepEqual(f.says, w.says) {
				f.knownWord = w // it may be written in capitals
			}
		}
	}
	if len(found.all)+len(want) > 0 && !reflect.DeepEqual(found.all, want) {
		t.Errorf("%q (one line: %v) is read as\n%+v, want\n%+v", s, line, found.all, want)
	}
	if n := lettersOf(text); found.letters != n {
		t.Errorf("%q has the letters %v, want %v", s, found.letters, n)
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
