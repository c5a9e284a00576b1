package main

import (
	"archive/zip"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"license.kz/pometka/store"
)

// What came on paper has no subject: what stands in its place is worded for
// whoever reads it, and nothing of it is in the register.
func TestPaperSubject(t *testing.T) {
	path := demoAt(t)
	list := demoList(t, path)
	pometka(t, "--config", path, "--lang", "en", "register", "--paper", "--kind", "claim", "--received", list[0].ReceivedOn.String(), "--from", "Серік Ахметов", "--via", "courier").well(t)
	all := demoList(t, path)
	number := ""
	for _, r := range all {
		if r.Name == "Серік Ахметов" {
			number = r.Number
		}
	}
	for lang, want := range map[string]string{"ru": "Письмо с курьером: претензия", "kk": "Курьер жеткізген хат: ", "en": "Letter by courier: claim"} {
		for _, args := range [][]string{{"show", number}, {"show", number, "--json"}, {"list", "--json"}, {"list", "--csv"}, {"export", "--format", "csv"}, {"export", "--format", "json"}} {
			if r := pometka(t, append([]string{"--config", path, "--lang", lang}, args...)...).well(t); strings.Count(r.out, want) != 1 {
				t.Errorf("%s, %v: the subject stands there %d times:\n%s", lang, args, strings.Count(r.out, want), r.out)
			}
		}
	}
	pometka(t, "--config", path, "set", number, "kind=erasure", "--why", "прочитали").well(t)
	if r := pometka(t, "--config", path, "--lang", "en", "show", number).well(t); !strings.Contains(r.out, "Letter by courier: deletion") && !strings.Contains(r.out, "Letter by courier: erasure") {
		t.Errorf("of another kind:\n%s", r.out)
	}
	file := filepath.Join(t.TempDir(), "case.zip")
	pometka(t, "--config", path, "casefile", number, "-o", file).well(t)
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	page := ""
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".html") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(r)
			page += string(b)
		}
	}
	if !strings.Contains(page, "Письмо с курьером: ") {
		t.Error("the casefile does not say how it came")
	}
	db, err := store.Open(t.Context(), filepath.Join(filepath.Dir(path), "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if r, err := db.Request(t.Context(), number); err != nil || r.Letters[0].Subject != "" {
		t.Errorf("stored: %q, %v", r.Letters[0].Subject, err)
	}
}
