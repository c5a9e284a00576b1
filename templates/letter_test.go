package templates

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

func builtIn(t testing.TB) *Set {
	t.Helper()
	s, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The golden files are what a lawyer signs: every letter in every language,
// with all its sample data.
func TestGolden(t *testing.T) {
	s := builtIn(t)
	for _, lang := range languages {
		for _, name := range s.Names() {
			var b strings.Builder
			for i, data := range samples(lang)[name] {
				l, err := s.Letter(name, lang, data)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "=== %s %s %d\nSubject: %s\n\n%s\n", lang, name, i+1, l.Subject, l.Body)
			}
			file := filepath.Join("testdata", lang, name+".golden")
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("%s differs; look at the difference after go test ./templates -update", file)
			}
		}
	}
}

// each calls f with every letter to be had of the sample data.
func each(t *testing.T, f func(name string, lang Lang, l Letter)) {
	t.Helper()
	s := builtIn(t)
	for _, lang := range languages {
		for _, name := range s.Names() {
			for _, data := range samples(lang)[name] {
				l, err := s.Letter(name, lang, data)
				if err != nil {
					t.Fatal(err)
				}
				f(name, lang, l)
			}
		}
	}
}

// A letter to the public has at most 120 words in its language, also with two
// requests; a word is what stands between spaces.
func TestWordCount(t *testing.T) {
	most := 0
	each(t, func(name string, lang Lang, l Letter) {
		if staff[name] {
			return
		}
		n := len(strings.Fields(l.Body))
		most = max(most, n)
		if n > 120 {
			t.Errorf("%s %s has %d words:\n%s", lang, name, n, l.Body)
		}
	})
	if most < 80 {
		t.Errorf("the longest letter has %d words: the samples are not realistic", most)
	}
}

func TestLines(t *testing.T) {
	each(t, func(name string, lang Lang, l Letter) {
		for i, line := range strings.Split(l.Body, "\n") {
			if utf8.RuneCountInString(line) > lineWidth || strings.TrimRight(line, " ") != line {
				t.Errorf("%s %s, line %d: %q", lang, name, i+1, line)
			}
			if place.MatchString(line) || strings.Contains(line, "<no value>") || strings.Contains(line, glue) {
				t.Errorf("%s %s, line %d was not filled: %q", lang, name, i+1, line)
			}
		}
		if strings.Contains(l.Body, "\n\n\n") || strings.HasPrefix(l.Body, "\n") || !strings.HasSuffix(l.Body, "\n") {
			t.Errorf("%s %s: empty lines are out of place", lang, name)
		}
		for _, bad := range []string{"..", " ,", " .", "( ", ": :", ",,"} {
			if strings.Contains(l.Subject+"\n"+l.Body, bad) {
				t.Errorf("%s %s holds %q:\n%s", lang, name, bad, l.Body)
			}
		}
	})
}

// An acknowledgement ends with the digest of the letter; of what came on paper, or is not
// here whole, there is none.
func TestLastLineIsDigest(t *testing.T) {
	last := regexp.MustCompile(`\n(?:[^\n]*SHA-256[^\n]*:\n|SHA-256: )[0-9a-f]{64}\n$`)
	onPaper := regexp.MustCompile(`Ваше обращение получено|Өтінішіңіз алынды|Your request arrived`)
	without := map[Lang]int{}
	each(t, func(name string, lang Lang, l Letter) {
		switch {
		case name == "receipt" && !strings.Contains(l.Body, "SHA-256"):
			without[lang]++
		case (name == "acknowledgement" || name == "receipt") && last.MatchString(l.Body) == onPaper.MatchString(l.Body):
			t.Errorf("%s %s does not end with the digest:\n%s", lang, name, l.Body)
		}
	})
	if len(without) != 3 || without[RU] != 1 || without[KK] != 1 || without[EN] != 1 {
		t.Errorf("receipts without a digest: %v, want one in each language", without)
	}
}

func TestShortNumber(t *testing.T) {
	for number, want := range map[string]string{
		"LK-2026-000017": "2026-17", "A-B-2026-120": "2026-120", "LK-2026-000000": "LK-2026-000000", "17": "17", "": "",
	} {
		if got := ShortNumber(number); got != want {
			t.Errorf("ShortNumber(%q) = %q, want %q", number, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	s := &Set{}
	got := s.Join(Letter{"Тема", "Первое.\n"}, Letter{"Тақырып", "Екінші.\n"})
	if want := (Letter{"Тема", "Первое.\n\n* * *\n\nЕкінші.\n"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if s.Join() != (Letter{}) {
		t.Error("no letters do not make the empty letter")
	}
}

func BenchmarkAcknowledgement(b *testing.B) {
	s := builtIn(b)
	data := s.Sample(RU, "acknowledgement")
	for b.Loop() {
		if _, err := s.Letter("acknowledgement", RU, data); err != nil {
			b.Fatal(err)
		}
	}
}

// Every command that prints a letter makes a Set first.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(""); err != nil {
			b.Fatal(err)
		}
	}
}
