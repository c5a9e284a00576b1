package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"license.kz/pometka/store"
)

// hostile are texts that people send to harm a reader, his terminal or his
// spreadsheet.
var hostile = []struct{ name, text string }{
	{"control characters", "a\x00b\x07c\x08d\x7fe"},
	{"escape sequences", "\x1b[2J\x1b]0;pwned\x07\x1b[31mкрасный\x1b]8;;http://evil\x1b\\x"},
	{"C1 controls", "\u009b31m\u0090q\u009c" + "\xc2\x9b2J"},
	{"bidi overrides", "счёт\u202efdp.exe\u2066x\u2069\u200f"},
	{"zero width", "отз\u200bыв\u200d\ufeff\u2060со\u00adгласия\u034f\u3164"},
	{"long line", strings.Repeat("длинное", 3000)},
	{"long words", strings.Repeat("слово ", 4000)},
	{"newlines", "имя\nLK-2026-999999  поддельная строка\r\nещё\rодна\u2028и\u2029ещё\u0085конец"},
	{"formula", "=HYPERLINK(\"http://evil\";\"x\")"},
	{"formula behind a space", " +cmd|' /C calc'!A0"},
	{"full-width formula", "＝1+1"},
	{"path", "../../../etc/cron.d/pwned"},
	{"windows path", `C:\Windows\System32\con.pdf`},
	{"marks", "z" + strings.Repeat("\u0301", 300)},
	{"no UTF-8", "bad \xff\xfe\xc0\x80 utf"},
	{"tags", "\U000e0041\U000e007f hidden"},
	{"format string", "%s%n%d {0} [{1}] \\x1b"},
	{"quotes", `";"x";"` + "'`$(reboot)`'"},
	{"wide", strings.Repeat("漢字", 200)},
}

// hostileShelf has one request for every hostile text, which stands everywhere
// a stranger can write.
func hostileShelf(t *testing.T) shelf {
	t.Helper()
	s := newShelf(t)
	for _, h := range hostile {
		text := strings.ToValidUTF8(h.text, "\ufffd")
		file := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf; name=\"=?utf-8?B?" +
			base64.StdEncoding.EncodeToString([]byte(text[:min(len(text), 300)])) + "?=\"\r\n\r\n#!/bin/sh\r\n--b--\r\n"
		n := s.put(t, entry{kind: "claim", status: store.StatusOpen, due: today().AddDays(9), raw: "From: a@example.kz\r\n" + file, letter: store.Letter{
			FromName: text, FromAddr: "x@" + text, ReplyTo: text, Subject: text, Text: text, Marker: text, ReasonCode: "mark", ReasonArgs: []string{text},
			MessageID: text, Troubles: []string{text}, Attachments: []store.Attachment{{Name: text, Type: text, Size: 3}},
		}})
		c := s.becoming(t, store.Change{Number: n, Note: text, Event: store.Event{Actor: "oleg (as " + text + ")", Code: "noted"}}, func(q *store.Request) { q.Assignee = text })
		if _, err := s.db.Change(context.Background(), c, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// harmless reports the first byte of a screen that could do harm: lines are of
// printable characters, and end.
func harmless(screen string, width int, allowed string) string {
	if !utf8.ValidString(screen) {
		return "bytes that are no UTF-8"
	}
	for line := range strings.Lines(screen) {
		line = strings.TrimSuffix(line, "\n")
		marks := 0
		for _, r := range line {
			if marks++; !unicode.Is(unicode.M, r) {
				marks = 0
			}
			if marks > 3 {
				return "a heap of marks"
			}
			if (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)) && !strings.ContainsRune(allowed, r) {
				return string(strings.Map(func(x rune) rune {
					if x == r {
						return '☠'
					}
					return x
				}, line))
			}
		}
		if width > 0 && columns(line) > width {
			return line
		}
	}
	return ""
}

// Every screen of the queue, on the real commands and a real register.
func TestHostileScreens(t *testing.T) {
	s := hostileShelf(t)
	commands := [][]string{{"list"}, {"list", "--all"}, {"explain", "1"}, {"status"}, {"outbox"}, {"search", "LK-" + thisYear()}, {"search", "отзыв"}, {"search", "слово"}, {"search", "pwned"}}
	for i := range hostile {
		n := thisYear() + "-" + strings.TrimLeft(s.short(i), "0")
		commands = append(commands, []string{"show", n}, []string{"history", n}, []string{"attachments", n})
	}
	for _, args := range commands {
		for _, width := range []string{"80", "140"} {
			if width != "80" && args[0] != "list" && args[0] != "search" {
				continue // nothing else is laid out in another way
			}
			t.Setenv("COLUMNS", width)
			r := s.call(t, args...)
			if r.code != exitDone && args[0] != "status" {
				t.Errorf("%v: exit %d: %s", args, r.code, r.err)
			}
			if bad := harmless(r.out+r.err, map[string]int{"80": 80, "140": 140}[width], ""); bad != "" {
				t.Errorf("%v at %s: %.300q", args, width, bad)
			}
		}
	}
	t.Setenv("COLUMNS", "")
	t.Setenv("TERM", "xterm")
	for _, args := range [][]string{{"list"}, {"show", "1"}, {"show", "2"}, {"show", "4"}, {"search", "отзыв"}, {"history", "2"}} {
		if bad := harmless(withoutColours(s.terminalOut(t, 80, args...)), 80, ""); bad != "" {
			t.Errorf("%v on a terminal: %.300q", args, bad)
		}
	}
}

// short is the number of the i-th request as people type it.
func (s shelf) short(i int) string { return string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10)) }

// Programs get every character, but none that a terminal would act on.
func TestHostileJSON(t *testing.T) {
	s := hostileShelf(t)
	for _, args := range [][]string{{"list"}, {"show", "4"}, {"show", "16"}, {"history", "4"}, {"attachments", "4"}, {"search", "LK-" + thisYear()}, {"outbox"}, {"ledger", "--offline"}} {
		out := s.call(t, append(args, "--json")...).well(t).out
		if bad := harmless(out, 0, ""); bad != "" {
			t.Errorf("%v: %.300q", args, bad)
		}
		if !json.Valid([]byte(out)) {
			t.Errorf("%v is no JSON", args)
		}
	}
	if out := s.call(t, "export", "--format", "json").well(t).out; harmless(out, 0, "") != "" || !json.Valid([]byte(out)) {
		t.Errorf("export: %.300q", harmless(out, 0, ""))
	}
	var list []requestJSON
	if err := json.Unmarshal([]byte(s.call(t, "list", "--json").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	for i, h := range hostile {
		if want := strings.ToValidUTF8(h.text, "\ufffd"); list[i].Subject != want {
			t.Errorf("%s: %.80q became %.80q", h.name, want, list[i].Subject)
		}
	}
}

// In the table no cell is a formula, and no line is more than a request.
func TestHostileCSV(t *testing.T) {
	s := hostileShelf(t)
	out := s.call(t, "list", "--csv").well(t).out
	if bad := harmless(strings.TrimPrefix(out, csvMark), 0, "\r"); bad != "" {
		t.Errorf("%.300q", bad)
	}
	if n := strings.Count(out, "\r\n"); n != len(hostile)+1 {
		t.Errorf("%d lines for %d requests", n, len(hostile))
	}
	for cell := range strings.SplitSeq(strings.ReplaceAll(out, "\r\n", ";"), ";") {
		cell = strings.TrimLeft(cell, "\" ")
		if cell != "" && strings.ContainsRune("=+@|＝", []rune(cell)[0]) {
			t.Errorf("a formula: %.100q", cell)
		}
	}
}

// Files get names that can do no harm, in the folder that was named, and never
// in the place of another file.
func TestHostileFiles(t *testing.T) {
	s := hostileShelf(t)
	folder := filepath.Join(t.TempDir(), "files")
	outside := filepath.Join(s.dir, "outside")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(folder, "pwned.pdf")); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		for i := range hostile {
			s.call(t, "attachments", s.short(i), "--save", folder).well(t)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != (round+1)*len(hostile)+1 {
			t.Errorf("round %d: %d files", round, len(entries))
		}
		for _, e := range entries {
			info, err := os.Lstat(filepath.Join(folder, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode()&os.ModeSymlink == 0 && info.Mode().Perm() != 0o600 {
				t.Errorf("%q has mode %v", e.Name(), info.Mode())
			}
			if bad := harmless(e.Name(), 0, ""); bad != "" || strings.ContainsAny(e.Name(), "\\/:*?\"<>|$`;&=") || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "-") || len(e.Name()) > 200 {
				t.Errorf("name %q", e.Name())
			}
		}
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("a file was written through a link")
	}
}

func TestSafeFileName(t *testing.T) {
	for in, want := range map[string]string{
		"паспорт.pdf": "паспорт.pdf", "": "file-7", "../../etc/passwd": "passwd", `..\..\a.txt`: "a.txt", "/": "file-7", ".bashrc": "bashrc",
		"-rf": "rf", "CON.pdf": "file-7-CON.pdf", "nul": "file-7-nul", "a b\tc.pdf": "a b_c.pdf", "счёт\u202efdp.exe": "счёт_fdp.exe",
		"x.": "x", "...": "file-7", "a:b*c?.doc": "a_b_c_.doc", "=1+1.csv": "_1_1.csv"[1:], "файл\x00.pdf": "файл_.pdf", "com1.tar.gz": "file-7-com1.tar.gz",
		"Договор № 5 «копия».pdf": "Договор № 5 «копия».pdf",
	} {
		if got := safeFileName(in, 7); got != want {
			t.Errorf("safeFileName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := safeFileName(strings.Repeat("ы", 400)+".pdf", 1); len(got) > longestName || !strings.HasSuffix(got, ".pdf") || !utf8.ValidString(got) {
		t.Errorf("long: %q", got)
	}
}

func FuzzSafeFileName(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safeFileName(s, 3)
		if got == "" || len(got) > 160 || !utf8.ValidString(got) || harmless(got, 0, "") != "" || strings.ContainsAny(got, "/\\:\x00") ||
			got != filepath.Base(got) || strings.HasPrefix(got, ".") || slices.Contains([]string{".", ".."}, got) {
			t.Errorf("%q gives %q", s, got)
		}
	})
}

// A raw letter goes to files, never to a terminal, and replaces none.
func TestRaw(t *testing.T) {
	s := hostileShelf(t)
	screen, far := openTerminal(t, 80)
	_ = screen
	var errs strings.Builder
	if code := run(t.Context(), []string{"--config", s.config, "raw", "1"}, streams{in: strings.NewReader(""), out: far, err: &errs}); code != exitUsage || !strings.Contains(errs.String(), "-o") {
		t.Errorf("on a terminal: exit %d, %s", code, errs.String())
	}
	path := filepath.Join(s.dir, "letter.eml")
	s.call(t, "raw", "1", "-o", path).well(t)
	b, err := os.ReadFile(path)
	if err != nil || string(b) != s.call(t, "raw", "1").well(t).out || !strings.Contains(string(b), "#!/bin/sh") {
		t.Errorf("%q, %v", b, err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if r := s.call(t, "raw", "1", "-o", path); r.code != exitFailed {
		t.Errorf("over another file: exit %d", r.code)
	}
	if r := s.call(t, "raw", "1", "--letter", "2"); r.code != exitUsage || r.out != "" {
		t.Errorf("a letter that is not there: exit %d", r.code)
	}
}
