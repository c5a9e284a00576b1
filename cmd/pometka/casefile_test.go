package main

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// unzipped returns the files of an archive, and fails where a name or a mode is
// not a safe one.
func unzipped(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string]string{}
	for _, f := range z.File {
		if !regexp.MustCompile(`^[A-Za-z0-9./_-]+$`).MatchString(f.Name) || strings.Contains(f.Name, "..") || strings.HasPrefix(f.Name, "/") || f.Mode().Perm() != 0o600 {
			t.Errorf("file %q, mode %v", f.Name, f.Mode())
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}

// unpack writes the files of a casefile into a folder.
func unpack(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checked runs the casefile's own check.
func checked(t *testing.T, dir string, args ...string) (said string, whole bool) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("POMETKA_REQUIRE_PYTHON") != "" {
			t.Fatal("python3 is missing: apt-get install python3")
		}
		t.Skip("python3 is missing")
	}
	out, err := exec.Command(python, append([]string{filepath.Join(dir, "proof", "check.py")}, args...)...).CombinedOutput()
	return string(out), err == nil
}

func TestCasefile(t *testing.T) {
	cfg := demoAt(t)
	head := strings.TrimSpace(pometka(t, "--config", cfg, "audit", "head").well(t).out)
	list := demoList(t, cfg)
	r := list[slices.IndexFunc(list, func(r requestJSON) bool { return r.Kind == "consent_withdrawal" })]
	hostile := `<script src="//evil.example/x.js"></script><img src=x onerror=alert(1)>` + "\u202egnp\u200b\u2066"
	pometka(t, "--config", cfg, "note", r.Number, hostile).well(t)
	pometka(t, "--config", cfg, "close", r.Number, "done", "--step", "all", "--why", "прекращена "+hostile).well(t)

	path := filepath.Join(t.TempDir(), "case.zip")
	pometka(t, "--config", cfg, "casefile", r.Number, "-o", path).well(t)
	if again := pometka(t, "--config", cfg, "casefile", r.Number, "-o", path); again.code != exitUsage {
		t.Errorf("written over: %+v", again)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	second := path + "2"
	pometka(t, "--config", cfg, "casefile", r.Number, "-o", second).well(t)
	files := unzipped(t, path)
	if again := unzipped(t, second); !strings.Contains(again["history.txt"], "составляет дело") || files["letters/1.eml"] != again["letters/1.eml"] {
		t.Errorf("the history does not tell that a casefile was made:\n%s", again["history.txt"])
	}
	for _, name := range []string{"README.txt", "index.html", "letters/1.eml", "sent/1-acknowledgement.eml", "history.txt", "history.json", "dates.txt",
		"dates.json", "policy/policy.yaml", "policy/policy.txt", "case.json", "proof/check.py", "proof/chain.jsonl", "SHA256SUMS"} {
		if files[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	page := files["index.html"]
	if !strings.Contains(page, `content="default-src 'none'`) || regexp.MustCompile(`(?i)<(script|img|link|iframe|object|form)|<[^>]*\s(on\w+|src)=|href="?(https?:|//)`).MatchString(page) {
		t.Errorf("the page loads or runs something:\n%s", page)
	}
	for _, want := range []string{r.Number, "&lt;script src", "14", "OK: queued", "обработка прекращена", "рабочий день", "в срок", "UTC+05:00", "дословно стоит пометка",
		"1. подтверждение, письмо 1<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not tell %q", want)
		}
	}
	fits80(t, "readme", files["README.txt"])
	for name, text := range files {
		if ext := filepath.Ext(name); ext == ".html" || ext == ".txt" || ext == ".json" {
			if bad := harmless(text, 0, "\t\r"); bad != "" {
				t.Errorf("%s: %.200q", name, bad)
			}
		}
	}
	dir := unpack(t, files)
	if said, whole := checked(t, dir); !whole {
		t.Errorf("check: %s", said)
	}
	if said, whole := checked(t, dir, strings.Repeat("0", 64)); whole {
		t.Errorf("check with a strange head: %s", said)
	}
	if said, whole := checked(t, dir, head); !whole { // written down before the case was closed
		t.Errorf("check with an earlier head: %s", said)
	}
}

// After a purge the casefile says what was removed and when, in each language,
// holds nothing of the person, and still proves the rest.
func TestCasefileAfterPurge(t *testing.T) {
	cfg := demoAt(t)
	r := demoList(t, cfg)[0]
	pometka(t, "--config", cfg, "note", r.Number, "звонили").well(t)
	pometka(t, "--config", cfg, "close", r.Number, "done", "--step", "all", "--why", "исполнено").well(t)
	tomorrow := time.Now().AddDate(0, 0, 1).In(time.FixedZone("", 5*3600)).Format(time.DateOnly)
	pometka(t, "--config", cfg, "purge", "--before", tomorrow, "--yes").well(t)
	for lang, want := range map[string]string{"ru": "Содержание удалено", "kk": "Мазмұны", "en": "The content was removed"} {
		path := filepath.Join(t.TempDir(), "case.zip")
		pometka(t, "--config", cfg, "--lang", lang, "casefile", r.Number, "-o", path).well(t)
		files := unzipped(t, path)
		if !strings.Contains(files["index.html"], want) || !strings.Contains(files["README.txt"], want) || files["letters/1.eml"] != "" {
			t.Errorf("%s: %s", lang, files["README.txt"])
		}
		if gone := regexp.MustCompile(`(?m)^  (letters|sent)/`).FindString(files["README.txt"]); gone != "" || strings.Contains(files["index.html"], ": <") {
			t.Errorf("%s: what was removed is told as if it were here: %s\n%s", lang, gone, files["index.html"])
		}
		for name, text := range files {
			if strings.Contains(text, r.From) || r.Name != "" && strings.Contains(text, r.Name) {
				t.Errorf("%s %s holds the person", lang, name)
			}
		}
		if said, whole := checked(t, unpack(t, files)); !whole {
			t.Errorf("%s: check: %s", lang, said)
		}
	}
}
