package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// result is what one call of the program gave.
type result struct {
	code     int
	out, err string
}

// pometka calls the program as a user would.
func pometka(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &errs})
	return result{code, out.String(), errs.String()}
}

// well fails the test unless the program ended with 0.
func (r result) well(t *testing.T) result {
	t.Helper()
	if r.code != exitDone {
		t.Fatalf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	return r
}

// inRussian takes the locale of the machine out of a test.
func inRussian(t testing.TB) {
	t.Setenv("LC_ALL", "ru_RU.UTF-8")
	t.Setenv("POMETKA_CONFIG", "")
}

// The letters of a demo are of one year, in the first hours of it too: its short
// numbers, as "show 1", fit one request each.
func TestDemoLettersAreOfOneYear(t *testing.T) {
	for _, now := range []string{"2027-01-01T00:00:01+05:00", "2026-12-31T21:30:00Z", "2027-01-01T23:00:00+05:00", "2028-02-29T09:00:00+05:00"} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		letters, err := putDemoLetters(startSandbox(t), at)
		if err != nil {
			t.Fatal(err)
		}
		var last time.Time
		for _, l := range letters {
			arrived := mailbox.Parse(bytes.NewReader(l.raw)).Date
			if arrived.In(almaty).Year() != at.In(almaty).Year() || arrived.Before(last) || arrived.After(at) {
				t.Errorf("at %s: a letter of %s after one of %s", now, arrived, last)
			}
			last = arrived
		}
	}
}

// TestDemo runs the demo as a newcomer does, and then every command that needs
// no server on the directory that it leaves.
func TestDemo(t *testing.T) {
	inRussian(t)
	dir := filepath.Join(t.TempDir(), "demo")
	screen := pometka(t, "demo", "--dir", dir).well(t).out
	fits80(t, "demo", screen)
	for _, want := range []string{"LK-2026-000001", "list --config", "show 1 --config", "зарегистрирован", "SHA-256"} {
		if !strings.Contains(screen, strings.ReplaceAll(want, "2026", thisYear())) {
			t.Errorf("the demo does not show %q:\n%s", want, screen)
		}
	}
	cfg := filepath.Join(dir, "config.yaml")
	list := demoList(t, cfg)
	kinds := map[string]int{}
	for _, r := range list {
		kinds[string(r.Kind)]++
	}
	for kind, n := range map[string]int{"consent_withdrawal": 4, "opt_out": 1, "data_correction": 1, "claim": 1, "erasure": 2, "": 1} {
		if kinds[kind] != n {
			t.Errorf("%d requests of kind %q, want %d (%v)", kinds[kind], kind, n, kinds)
		}
	}
	var status statusJSON
	if err := json.Unmarshal([]byte(pometka(t, "--config", cfg, "status", "--json").well(t).out), &status); err != nil {
		t.Fatal(err)
	}
	if status.Ledger.None != 3 { // newsletter, out of office, question
		t.Errorf("%d letters are no request, want 3", status.Ledger.None)
	}
	for _, r := range list {
		if strings.Contains(r.From, "pravo-news") || strings.Contains(r.Subject, "Автоответ") {
			t.Errorf("a robot's letter was registered: %s", r.Subject)
		}
	}
	demoCommands(t, cfg)
	onlySentLetters(t, dir)
}

func demoList(t *testing.T, cfg string) []requestJSON {
	t.Helper()
	var list []requestJSON
	if err := json.Unmarshal([]byte(pometka(t, "--config", cfg, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// demoCommands tries the commands that need no server.
func demoCommands(t *testing.T, cfg string) {
	for _, args := range [][]string{
		{"list"}, {"show", "1"}, {"explain", "1"}, {"outbox"}, {"outbox", "show", "1"}, {"remind", "--dry-run"}, {"status"},
		{"--help"}, {"show", "--help"}, {"confirm", "--help"}, {"config", "check"}, {"audit", "verify"}, {"policy", "check"}, {"take", "1"}, {"note", "1", "позвонил"},
		{"close", "1", "done", "--why", "обработка прекращена", "--step", "all"}, {"reopen", "1", "--why", "не всё удалено"}, {"show", "1"},
	} {
		for _, lang := range []string{"ru", "kk", "en"} {
			if len(args) > 2 && lang != "ru" {
				continue // what changes something is done once
			}
			r := pometka(t, append([]string{"--config", cfg, "--lang", lang}, args...)...).well(t)
			fits80(t, strings.Join(args, " "), r.out)
			if r.err != "" {
				t.Errorf("%v wrote to stderr: %s", args, r.err)
			}
		}
	}
}

// fits80 checks that every line fits a terminal of 80 columns; commands to be
// copied and file names may be longer.
func fits80(t *testing.T, what, screen string) {
	t.Helper()
	for _, line := range strings.Split(screen, "\n") {
		if utf8.RuneCountInString(line) > 80 && !strings.Contains(line, "/") {
			t.Errorf("%s: %d columns: %s", what, utf8.RuneCountInString(line), line)
		}
	}
}

// onlySentLetters checks that the directory holds what was sent as sent/ID.eml
// and no other letter.
func onlySentLetters(t *testing.T, dir string) {
	n := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".eml" {
			n++
			if filepath.Base(filepath.Dir(path)) != "sent" {
				t.Errorf("a letter lies at %s", path)
			}
		}
		return err
	})
	if err != nil || n == 0 {
		t.Errorf("%d letters in %s: %v", n, dir, err)
	}
}

// TestDemoAgain starts afresh in its own directory and touches no other.
func TestDemoAgain(t *testing.T) {
	inRussian(t)
	dir := filepath.Join(t.TempDir(), "demo")
	pometka(t, "demo", "--dir", dir).well(t)
	first := demoList(t, filepath.Join(dir, "config.yaml"))
	notes := filepath.Join(dir, "notes", "mine.txt")
	if err := os.MkdirAll(filepath.Dir(notes), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, notes, "what I tried", 0o600)
	pometka(t, "demo", "--dir", dir).well(t)
	if _, err := os.Stat(notes); err != nil {
		t.Errorf("the second demo took away what it had not made: %v", err)
	}
	if again := demoList(t, filepath.Join(dir, "config.yaml")); len(again) != len(first) || again[0].Number != first[0].Number {
		t.Errorf("the second demo did not start afresh: %d requests, then %d", len(first), len(again))
	}
	other := t.TempDir()
	keep := filepath.Join(other, "thesis.txt")
	if err := os.WriteFile(keep, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := pometka(t, "demo", "--dir", other)
	if r.code != exitUsage || !strings.Contains(r.err, other) {
		t.Errorf("a foreign directory: exit %d, %s", r.code, r.err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Errorf("a foreign file is gone: %v", err)
	}
	if _, err := os.Stat(filepath.Join(other, demoMarker)); err == nil {
		t.Error("a foreign directory was marked as a demo's")
	}
}

// Two demos, or a demo and a daemon, do not work in one folder: the files of the
// first stay as they are.
func TestDemoBusy(t *testing.T) {
	inRussian(t)
	dir := filepath.Join(t.TempDir(), "demo")
	pometka(t, "demo", "--dir", dir).well(t)
	first, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(who string) {
		t.Helper()
		r := pometka(t, "demo", "--dir", dir)
		now, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
		if r.code != exitFailed || !strings.Contains(r.err, dir) || err != nil || !bytes.Equal(now, first) {
			t.Errorf("beside %s: exit %d, %s; %v", who, r.code, r.err, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	serves, screen := make(chan int), make(lines, 1000)
	go func() {
		serves <- run(ctx, []string{"demo", "--dir", filepath.Join(dir, "..", "served"), "--serve"}, streams{in: strings.NewReader(""), out: screen, err: io.Discard})
	}()
	for line := range screen {
		if strings.Contains(line, "IMAP 127.0.0.1") {
			break
		}
	}
	if r := pometka(t, "demo", "--dir", filepath.Join(dir, "..", "served")); r.code != exitFailed {
		t.Errorf("beside a demo that serves: exit %d", r.code)
	}
	stop()
	<-serves
	daemon, err := store.Acquire(filepath.Join(dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	refused("a daemon")
	daemon.Release()
	pometka(t, "demo", "--dir", dir).well(t)
}

// Letters behind a link in the folder are not the demo's.
func TestDemoFollowsNoLink(t *testing.T) {
	inRussian(t)
	dir, others := filepath.Join(t.TempDir(), "demo"), t.TempDir()
	pometka(t, "demo", "--dir", dir).well(t)
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, "sent")), os.Symlink(others, filepath.Join(dir, "sent"))); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(others, "mine.eml"), "my letter", 0o600)
	if r := pometka(t, "demo", "--dir", dir); r.code != exitFailed || !strings.Contains(r.err, "sent: это не папка") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	if _, err := os.Stat(filepath.Join(others, "mine.eml")); err != nil {
		t.Errorf("a foreign letter is gone: %v", err)
	}
}

// lines gets what is written, in pieces.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// A slip of the finger is wrong usage, and says what was meant.
func TestUnknownCommand(t *testing.T) {
	inRussian(t)
	r := pometka(t, "lsit")
	if r.code != exitUsage || !strings.Contains(r.err, "list") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}
