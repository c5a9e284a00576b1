package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// needed are the plural forms of integers by Unicode CLDR.
var needed = map[Lang][]string{RU: {"few", "many", "one"}, KK: {"one", "other"}, EN: {"one", "other"}}

// Every key exists in every language, with every plural form of that language
// and the same arguments everywhere. Where nothing changes with the number, as
// in Kazakh after a numeral, one sentence does for all forms.
func TestCatalogueIsComplete(t *testing.T) {
	for key, ru := range catalogues[RU]() {
		for _, lang := range languages {
			e, ok := catalogues[lang]()[key]
			if !ok {
				t.Errorf("%s: %s is missing", lang, key)
				continue
			}
			if e.forms != nil {
				if got := slices.Sorted(maps.Keys(e.forms)); !slices.Equal(got, needed[lang]) {
					t.Errorf("%s: %s has forms %v, want %v", lang, key, got, needed[lang])
				}
			}
			for name, sentence := range sentences(e) {
				if strings.TrimSpace(sentence) == "" || sentence != strings.TrimSpace(sentence) {
					t.Errorf("%s: %s%s is empty or has spaces around it: %q", lang, key, name, sentence)
				}
				// Patterns of dates choose among the forms of a month.
				if got, want := places(sentence), places(sentences(ru).any()); got != want && !strings.HasPrefix(key, "date.") {
					t.Errorf("%s: %s%s has places %s, ru has %s", lang, key, name, got, want)
				}
			}
		}
	}
	for _, lang := range languages {
		for key := range catalogues[lang]() {
			if _, ok := catalogues[RU]()[key]; !ok {
				t.Errorf("%s: %s is unknown in ru", lang, key)
			}
		}
	}
}

type sentenceSet map[string]string

func (s sentenceSet) any() string {
	for _, v := range s {
		return v
	}
	return ""
}

func sentences(e entry) sentenceSet {
	if e.forms == nil {
		return sentenceSet{"": e.text}
	}
	s := sentenceSet{}
	for form, v := range e.forms {
		s["."+form] = v
	}
	return s
}

func places(sentence string) string {
	found := place.FindAllString(sentence, -1)
	slices.Sort(found)
	return fmt.Sprint(slices.Compact(found))
}

// The files are kept sorted, so that a duplicate cannot hide and two people's
// changes meet where they concern the same screen.
func TestCatalogueIsSorted(t *testing.T) {
	files, err := fs.Glob(catalogueFiles, "catalogue/*/*.json")
	if err != nil || len(files) < 3*len(languages) {
		t.Fatalf("found %d files: %v", len(files), err)
	}
	for _, file := range files {
		b, err := catalogueFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dec, depth, last, isKey := json.NewDecoder(bytes.NewReader(b)), 0, "", false
		for {
			tok, err := dec.Token()
			if err != nil {
				break
			}
			switch v := tok.(type) {
			case json.Delim:
				if v == '{' {
					depth++
				} else {
					depth--
				}
				isKey = depth == 1
			case string:
				if depth != 1 {
					continue
				}
				if isKey && v <= last {
					t.Errorf("%s: %s stands after %s", file, v, last)
				}
				if isKey {
					last = v
				}
				isKey = !isKey
			}
		}
		if last == "" {
			t.Errorf("%s: no key read", file)
		}
	}
}

func TestT(t *testing.T) {
	s := &Set{}
	for _, c := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{RU, "left.days", []any{1}, "остался 1 рабочий день"},
		{RU, "left.days", []any{3}, "осталось 3 рабочих дня"},
		{RU, "left.days", []any{int64(12)}, "осталось 12 рабочих дней"},
		{RU, "left.days", []any{uint8(21)}, "остался 21 рабочий день"},
		{KK, "left.days", []any{21}, "21 жұмыс күні қалды"},
		{EN, "left.days", []any{1}, "1 working day left"},
		{EN, "left.days", []any{0}, "0 working days left"},
		{RU, "digest.events", []any{1234567}, "1\u00a0234\u00a0567 событий"},
		{EN, "digest.events", []any{12345}, "12,345 events"},
		{RU, "digest.events", nil, "… событий"},
		{RU, "reason.unknown", []any{"{0} {1}"}, "причина {0} {1}"},
		{"de", "source.law", nil, "закон"},
		{RU, "no.such.key", nil, "no.such.key"},
	} {
		if got := s.T(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
	if !s.Has("source.law") || s.Has("source") {
		t.Error("Has does not tell what is a key from what is none")
	}
}

func TestReason(t *testing.T) {
	s := &Set{}
	for _, c := range []struct {
		code string
		args []string
		want string
	}{
		{"A3", []string{"auto-replied"}, "письмо помечено как автоматическое (auto-replied)"},
		{"A1", nil, "обратный адрес пуст: так приходят отчёты о недоставке"},
		{"H4", []string{"a@b.c"}, "адреса отправителя не сходятся между собой: a@b.c"},
		{"H4", []string{"a@b.c", "d@e.f"}, "адреса отправителя не сходятся между собой: a@b.c, d@e.f"},
		{"smtp_5xx", []string{"550 5.1.1"}, "почтовый сервер отказался принять письмо: 550 5.1.1"},
		{"smtp_5xx", nil, "почтовый сервер отказался принять письмо"},
		{"smtp_5xx", []string{""}, "почтовый сервер отказался принять письмо"},
		{"smtp_5xx", []string{"a\x1b[31m\nb"}, "почтовый сервер отказался принять письмо: a·[31m·b"},
		{"surely_new", nil, "причина surely_new"},
	} {
		if got := s.Reason(RU, c.code, c.args); got != c.want {
			t.Errorf("Reason(%s, %q) = %q, want %q", c.code, c.args, got, c.want)
		}
	}
}

// Reasons that rules, desk and store give are all worded.
func TestReasonsAreWorded(t *testing.T) {
	codes := strings.Fields("old_at_start old_in_copy disabled junk review cap_kind cap_address cap_domain cap_total " +
		"smtp_4xx smtp_5xx smtp_recipient smtp_sender smtp_utf8 smtp_outage smtp_network smtp_cut smtp_uncertain recovered render gave_up stumbled")
	for i := range 12 {
		codes = append(codes, fmt.Sprint("A", i+1))
	}
	for i := range 8 {
		codes = append(codes, fmt.Sprint("H", i+1))
	}
	for _, code := range codes {
		if !(&Set{}).Has("reason." + code) {
			t.Errorf("reason.%s is not in the catalogue", code)
		}
	}
}

// Words of one language do not stray into another.
func TestCatalogueLetters(t *testing.T) {
	kazakh := regexp.MustCompile(`[әғқңөұүһіӘҒҚҢӨҰҮҺІ]`)
	cyrillic := regexp.MustCompile(`\p{Cyrillic}`)
	for lang, never := range map[Lang]*regexp.Regexp{RU: kazakh, EN: cyrillic} {
		for key, e := range catalogues[lang]() {
			for _, sentence := range sentences(e) {
				if never.MatchString(sentence) {
					t.Errorf("%s: %s holds letters of another language: %q", lang, key, sentence)
				}
			}
		}
	}
}
