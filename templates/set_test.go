package templates

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// folder writes files into a fresh folder of templates.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOverride(t *testing.T) {
	dir := folder(t, map[string]string{
		"ru/receipt.txt": "\ufeffSubject: Принято {{.Number}}\r\n\r\nПисьмо {{date .Received}} у нас.\r\n{{range $i, $x := .Number}}{{end}}",
		"ru/notes.md":    "not a template",
		"ru/.x.txt":      "left by an editor",
	})
	if _, err := New(dir); err == nil || !strings.Contains(err.Error(), "receipt.txt:4:") {
		t.Fatalf("range over a text is accepted: %v", err)
	}
	dir = folder(t, map[string]string{
		"ru/receipt.txt": "\ufeffSubject: Принято {{.Number}}\r\n\r\nПисьмо {{date .Received}} у нас{{if .DecidePassed}}{{else}}, решим {{until .DecideBy}}{{end}}.\r\n{{.SHA256}}\r\n",
		"ru/notes.md":    "not a template",
		"ru/.x.txt":      "left by an editor",
		".git/ru/x.txt":  "not ours either",
	})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	s, err := New(link)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Letter("receipt", RU, s.Sample(RU, "receipt"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Letter{"Принято LK-2026-000123", "Письмо 23 ноября 2026 г. у нас, решим по 24 ноября 2026 г. включительно.\n" + sampleDigest + "\n"}); l != want {
		t.Errorf("got %+v, want %+v", l, want)
	}
	other, err := s.Letter("receipt", KK, s.Sample(KK, "receipt"))
	if err != nil || !strings.Contains(other.Body, "Сәлеметсіз бе!") {
		t.Errorf("the Kazakh letter is no longer the embedded one: %v\n%s", err, other.Body)
	}
}

// english is a run of words that no Russian or Kazakh sentence holds.
var english = regexp.MustCompile(`[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}`)

// What is wrong with a template is said before any letter is touched, with
// file and line.
func TestOverrideErrors(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"no subject":        {"ru/receipt.txt", "Письмо получено\n\nТекст", "ru/receipt.txt:1: want the subject in the first line"},
		"empty subject":     {"ru/receipt.txt", "Subject:  \n\nТекст", "ru/receipt.txt:1: want the subject in the first line"},
		"no empty line":     {"ru/receipt.txt", "Subject: x\nТекст", "ru/receipt.txt:2: want an empty line"},
		"no body":           {"ru/receipt.txt", "Subject: x\n\n \n", "ru/receipt.txt:3: want the body"},
		"not UTF-8":         {"ru/receipt.txt", "Subject: x\n\n\xcf\xf0", "ru/receipt.txt: not text in UTF-8"},
		"open action":       {"ru/receipt.txt", "Subject: x\n\nа\n{{if .Number}}б", "ru/receipt.txt:4: a mistake within {{…}}: {{end}}? (unexpected EOF)"},
		"open in subject":   {"ru/receipt.txt", "Subject: {{if .Number}}x\n\nа{{end}}", "ru/receipt.txt:1: a mistake within {{…}}: {{end}}? (unexpected EOF)"},
		"unknown function":  {"ru/receipt.txt", "Subject: x\n\nа\n{{today}}", `ru/receipt.txt:4: a mistake within {{…}}: "today" (function "today" not defined)`},
		"unknown field":     {"ru/receipt.txt", "Subject: x\n\nа\n{{.Nummer}}", "ru/receipt.txt:4:2:"},
		"field in subject":  {"kk/receipt.txt", "Subject: {{.Nummer}}\n\nа", "kk/receipt.txt:1:11:"},
		"field in a branch": {"ru/acknowledgement.txt", "Subject: x\n\nа\n{{range .Requests}}{{if .Claim}}{{.Nummer}}{{end}}{{end}}", "ru/acknowledgement.txt:4:34:"},
		"wrong argument":    {"en/receipt.txt", "Subject: x\n\n{{date .Number}}", "en/receipt.txt:3:7:"},
		"nothing comes out": {"ru/receipt.txt", "Subject: x\n\n{{if false}}а{{end}}", "ru/receipt.txt: the subject or the body comes out empty"},
		"unknown letter":    {"ru/reciept.txt", "Subject: x\n\nа", "ru/reciept.txt: no letter is called “reciept”; there are: acknowledgement, receipt,"},
		"unknown language":  {"uz/receipt.txt", "Subject: x\n\nа", "uz/receipt.txt: want the file in one of the folders ru, kk, en"},
		"no language":       {"receipt.txt", "Subject: x\n\nа", "receipt.txt: want the file in one of the folders ru, kk, en"},
		"far too long":      {"ru/receipt.txt", "Subject: x\n\n" + strings.Repeat("а", maxTemplate), "larger than 64 KB"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{c.file: c.text})
			_, err := New(dir)
			if err == nil {
				t.Fatal("no error")
			}
			if want := filepath.Join(dir, c.file); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q of %s", err, c.want, want)
			}
			for _, lang := range []Lang{RU, KK} {
				for _, one := range err.(interface{ Unwrap() []error }).Unwrap() {
					f, ok := errors.AsType[*Fault](one)
					if !ok {
						t.Fatalf("%T: %v", one, one)
					}
					if said := strings.TrimPrefix(f.In(lang), f.where); english.MatchString(said) || strings.HasPrefix(said, ": template.") {
						t.Errorf("%s: %s", lang, said)
					}
				}
			}
		})
	}
}

func TestOverrideErrorsTogether(t *testing.T) {
	dir := folder(t, map[string]string{
		"ru/receipt.txt": "Subject: x\n\n{{.One}}\n", "en/done.txt": "Subject: x\n\n{{.Two}}\n", "kk/done.txt": "x",
	})
	_, err := New(dir)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"ru/receipt.txt:3", "en/done.txt:3", "kk/done.txt:1", "; this letter has: Contact, DayOnly, DecideBy,"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 3 {
		t.Errorf("%d lines for three faults: %q", n, err)
	}
}

func TestOverrideFolderMissing(t *testing.T) {
	if _, err := New(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// A letter that lacks what it has to say is never made.
func TestMissingData(t *testing.T) {
	s := builtIn(t)
	ack := s.Sample(RU, "acknowledgement").(Acknowledgement)
	noDate := ack
	noDate.Received = time.Time{}
	noDay := ack
	noDay.Received = time.Date(0, 0, 0, 0, 0, 0, 0, time.UTC)
	noNumber := ack
	noNumber.Number = " \n"
	noRequest := ack
	noRequest.Requests = nil
	badSource := ack
	badSource.Requests = []AckRequest{{Number: "x", What: "x", Will: "x", Dates: []AckDate{{Source: "target", Days: 1, Due: sampleToday}}}}
	for _, c := range []struct {
		name string
		data any
		want string
	}{
		{"acknowledgement", noDate, "the date is missing"},
		{"acknowledgement", noDay, "the date is missing"},
		{"acknowledgement", noNumber, "Number missing"},
		{"acknowledgement", noRequest, "Requests missing"},
		{"acknowledgement", badSource, "Source or Days of a date missing"},
		{"refusal", Refusal{Operator: "x", Number: "x", What: "x", Received: sampleReceived}, "Why missing"},
		{"done", Done{Operator: "x", Number: "x", What: "x", Received: sampleReceived, Claim: true}, "Text (the answer to the claim) missing"},
		{"documents", Documents{Operator: "x", Number: "x", What: "x", Received: sampleReceived}, "Text (which documents) missing"},
		{"reminder", Reminder{Today: sampleToday}, "Lines missing"},
		{"receipt", ack, "can't evaluate field DecidePassed"},
		{"receipt", nil, "nil data"},
		{"receipt", map[string]string{"Number": "x"}, `map has no entry for key "DayOnly"`},
		{"no such letter", ack, "there are acknowledgement"},
	} {
		if l, err := s.Letter(c.name, RU, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v %q, want %q", c.name, err, l.Body, c.want)
		}
	}
}

func TestSamples(t *testing.T) {
	s := builtIn(t)
	for _, name := range s.Names() {
		if s.Sample(RU, name) == nil {
			t.Errorf("no sample of %s", name)
		}
	}
	if s.Sample(RU, "no such letter") != nil {
		t.Error("a sample of a letter that does not exist")
	}
}

// What is no file is refused unread: a pipe would be waited for for ever.
func TestOverrideNoFile(t *testing.T) {
	dir := folder(t, map[string]string{"ru/done.txt": "Subject: x\n\nа"})
	pipe := filepath.Join(dir, "ru", "receipt.txt")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := New(dir); err == nil || !strings.Contains(err.Error(), pipe) {
		t.Errorf("a pipe: %v", err)
	}
}
