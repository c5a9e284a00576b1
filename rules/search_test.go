package rules

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The forms of a word share a form under which they are filed.
func TestSearchStems(t *testing.T) {
	for _, c := range []struct {
		lang  Lang
		words string
	}{
		{RU, "согласие согласия СОГЛАСИЮ согласием согласий"},
		{RU, "претензия претензию претензии Претензий претензиями"},
		{RU, "Иванов иванова Ивановым"},
		{RU, "отчёт отчет ОТЧЁТА отчетом"},
		{RU, "согласие cоглаcие со\u00adгласие согла\u0301сие"},
		{KK, "дерек дерегі дерегім деректер деректерді деректеріме деректеріңізді"},
		{KK, "талап талабым талаптар талаптың"},
		{KK, "бала балаға балалар балаларды"},
		{RU, "келісім келісімді келісімімді келісімнен"}, // told by its letters
		{EN, "request requests Requested"},
		{"", "000123 000123"},
	} {
		words := strings.Fields(c.words)
		want := SearchStems(words[0], KK)
		for _, w := range words {
			if !slices.ContainsFunc(SearchStems(w, c.lang), func(s string) bool { return slices.Contains(want, s) }) {
				t.Errorf("%s is filed as %v, and %s asks for %v", w, SearchStems(w, c.lang), words[0], want)
			}
		}
	}
	if forms := SearchStems("данные", RU); len(forms) != 1 {
		t.Errorf("a Russian word has no Kazakh root, but is filed as %v", forms)
	}
}

func FuzzSearchWords(f *testing.F) {
	for _, s := range []string{"Отзыв согласия", "a4@example.kz, ИИН 990101", "\u0301\u200b", "со\u00adгласие\xff", "№ LK-2026-000017", "ﬁ ½ ǅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for at, w := range SearchWords(s) {
			if w == "" || !strings.HasPrefix(s[at:], w) {
				t.Fatalf("%q is not at %d of %q", w, at, s)
			}
			for _, stem := range SearchStems(w, KK) {
				if stem == "" || !utf8.ValidString(stem) || strings.ContainsFunc(stem, func(r rune) bool { return !isWordRune(r) }) {
					t.Fatalf("%q gives the form %q", w, stem)
				}
			}
		}
	})
}
