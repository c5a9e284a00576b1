package templates

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"Отзыв согласия, № 5 «срочно»": "Отзыв согласия, № 5 «срочно»",
		"Айгүл Қ.":                         "Айгүл Қ.",
		"a\x1b[2Jb\x07":                    "a·[2Jb·",
		"raw C1 \x9b31m":                   "raw C1 ·31m",
		"one\r\ntwo\tthree":                "one··two·three",
		"bidi \u202etxt.exe":               "bidi ·txt.exe",
		"zero\u200bwidth\ufeff":            "zero·width·",
		"line\u2028par\u2029":              "line·par·",
		"filler\u3164\u115f":               "filler··",
		"bad \xff\xfe utf":                 "bad ·· utf",
		"\ufffd":                           "·",
		"й e\u0301":                        "й e\u0301",
		"z" + strings.Repeat("\u0301", 40): "z" + strings.Repeat("\u0301", 3),
		"":                                 "",
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"", "Отзыв", "\x1b]0;x\x07", "\u202e", "\xff\xc0\x80", "a\u0301\u0301\u0301\u0301", "\u034f", "\U000e0041", "\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Safe(s)
		if !utf8.ValidString(got) || strings.ContainsRune(got, utf8.RuneError) {
			t.Errorf("%q is no clean UTF-8", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%q holds %U", got, r)
			}
		}
		if again := Safe(got); again != got {
			t.Errorf("Safe is not idempotent: %q, then %q", got, again)
		}
		if plain := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0; plain && got != s {
			t.Errorf("plain text changed: %q to %q", s, got)
		}
	})
}

// Whatever the data hold, a letter has one subject line, and neither it nor
// the body holds control or invisible characters.
func TestLettersAreClean(t *testing.T) {
	s := builtIn(t)
	for _, lang := range languages {
		for _, name := range s.Names() {
			for _, evil := range hostile {
				for _, data := range samples(lang)[name] {
					checkClean(t, s, name, lang, poison(data, evil))
				}
			}
		}
	}
}

var hostile = []string{
	"x\r\nBcc: victim@example.com\r\n\r\nbody", "x\nSubject: other", "\x00\x1b[31m", "\u202eexe.txt\u2066", "\xff\xfe\x80",
	"{{.Operator}}", "=?utf-8?B?QQ==?=\r\n", strings.Repeat("ж", 2000), "\u2028Bcc: a@b.c", "x\vBcc: a@b.c\f\u0085", "<no value>", "\u00a0",
}

func FuzzLettersAreClean(f *testing.F) {
	for _, evil := range hostile {
		f.Add(evil)
	}
	s := builtIn(f)
	f.Fuzz(func(t *testing.T, evil string) {
		for _, name := range s.Names() {
			checkClean(t, s, name, RU, poison(s.Sample(RU, name), evil))
		}
	})
}

func checkClean(t *testing.T, s *Set, name string, lang Lang, data any) {
	t.Helper()
	l, err := s.Letter(name, lang, data)
	if err != nil {
		if !strings.Contains(err.Error(), "missing") {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	for _, r := range l.Subject + strings.ReplaceAll(l.Body, "\n", "") {
		if harmful(r) {
			t.Errorf("%s %s holds %U", lang, name, r)
		}
	}
	if !utf8.ValidString(l.Subject) || !utf8.ValidString(l.Body) {
		t.Errorf("%s %s is no UTF-8", lang, name)
	}
	for line := range strings.SplitSeq(l.Body, "\n") {
		if line = strings.TrimSpace(line); utf8.RuneCountInString(line) > lineWidth && strings.Contains(numberSigns.Replace(line), " ") {
			t.Errorf("%s %s: a long line could have been broken: %q", lang, name, line)
		}
	}
}

// No value begins a line of its own, except where staff may write several.
func TestTidy(t *testing.T) {
	got := tidy(&Done{Number: "a\r\nb\tc \u2028 d", Steps: []string{"e\x1b\nf"}, Text: "g\r\nh\ri\x00"}).(Done)
	want := Done{Number: "a b c d", Steps: []string{"e f"}, Text: "g\nh\ni"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if tidy(nil) != nil || tidy((*Done)(nil)) != nil {
		t.Error("nothing does not stay nothing")
	}
}

// poison returns a copy of data with evil put into every string, except where
// a string chooses among the sentences of a template.
func poison(data any, evil string) any {
	c := reflect.New(reflect.TypeOf(data)).Elem()
	c.Set(reflect.ValueOf(data))
	spoil(c, evil)
	return c.Interface()
}

func spoil(v reflect.Value, evil string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(evil)
	case reflect.Slice:
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		for i := range c.Len() {
			spoil(c.Index(i), evil)
		}
		v.Set(c)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Source" {
				spoil(v.Field(i), evil)
			}
		}
	}
}

// The data of the caller stay as they are.
func TestLetterLeavesDataAlone(t *testing.T) {
	s := builtIn(t)
	data := poison(s.Sample(RU, "acknowledgement"), "a\nb").(Acknowledgement)
	if _, err := s.Letter("acknowledgement", RU, &data); err != nil {
		t.Fatal(err)
	}
	if data.Requests[0].Dates[0].Basis != "a\nb" || data.Number != "a\nb" {
		t.Errorf("changed: %+v", data)
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("одно два\n\n\n   три " + strings.Repeat("слово ", 30))
	f.Add(" ")
	f.Fuzz(func(t *testing.T, body string) {
		body = manyLines(body)
		got := wrap(body)
		if a, b := strings.Fields(unglued(numberSigns.Replace(body))), strings.Fields(got); !reflect.DeepEqual(a, b) {
			t.Errorf("words changed: %q to %q", a, b)
		}
		for line := range strings.SplitSeq(got, "\n") {
			indent := len(line) - len(strings.TrimLeft(line, " "))
			if utf8.RuneCountInString(line) > lineWidth && indent < lineWidth && strings.Contains(line[indent:], " ") &&
				!strings.Contains(numberSigns.Replace(body), glue) {
				t.Errorf("line too long: %q", line)
			}
		}
		if strings.HasPrefix(got, "\n") && got != "\n" || strings.Contains(got, "\n\n\n") || !strings.HasSuffix(got, "\n") {
			t.Errorf("empty lines out of place: %q", got)
		}
	})
}
