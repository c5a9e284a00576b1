package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"license.kz/pometka/rules"
)

// What the system says is told in the reader's language; what it hardly ever says
// is quoted.
func TestSystemTroubleIsWorded(t *testing.T) {
	for _, lang := range []rules.Lang{rules.RU, rules.KK} {
		for e := syscall.Errno(1); e < 134; e++ {
			err := fmt.Errorf("read the file: %w", &fs.PathError{Op: "open", Path: "42", Err: e})
			said, whole := inWords(err, lang)
			known := systemSays[e] != ""
			said = strings.ReplaceAll(strings.ReplaceAll(said, "(ulimit -n)", ""), "42: ", "")
			if !whole || !cyrillic().MatchString(said) || known == strings.Contains(said, e.Error()) || known && english.MatchString(said) {
				t.Errorf("%s, %d (%v): %s", lang, int(e), e, said)
			}
		}
		err := &os.LinkError{Op: "rename", Old: "1", New: "2", Err: syscall.EIO}
		if said, whole := inWords(err, lang); !whole || english.MatchString(said) || !strings.HasPrefix(said, "2: ") {
			t.Errorf("%s, of a link: %s", lang, said)
		}
	}
}

// classify --json says what is wrong with a letter in codes, as all that programs
// read, and of a file that cannot be read what people need to hear.
func TestClassifyTroubles(t *testing.T) {
	dir := t.TempDir()
	loop, broken := filepath.Join(dir, "1.eml"), filepath.Join(dir, "2.eml")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, []byte("From: a@one.example\r\nContent-Type: multipart/mixed\r\n\r\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"ru": "ссылки ведут по кругу", "kk": "сілтемелер шеңбер"} {
		r := pometka(t, "classify", "--json", "--lang", lang, dir).well(t)
		var lines []classified
		for d := json.NewDecoder(strings.NewReader(r.out)); d.More(); {
			var line classified
			if err := d.Decode(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		if len(lines) != 2 || !strings.Contains(lines[0].Error, want) || lines[0].ReasonCode != "unreadable" {
			t.Fatalf("%s: %s", lang, r.out)
		}
		if lines[1].Error == "" || cyrillic().MatchString(lines[1].Error) {
			t.Errorf("%s: %q is no code", lang, lines[1].Error)
		}
		screen := pometka(t, "classify", "--lang", lang, dir).well(t).out
		if !strings.Contains(screen, want) || strings.Contains(screen, lines[1].Error) || strings.Contains(screen, "…") {
			t.Errorf("%s: on the screen\n%s", lang, screen)
		}
	}
}

// A folder may be named by a link to it.
func TestClassifyLinkedFolder(t *testing.T) {
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	writeFile(t, filepath.Join(dir, "1.eml"), "From: a@one.example\n\nx\n", 0o600)
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{link, link + "/"} {
		var line classified
		if err := json.Unmarshal([]byte(pometka(t, "classify", "--json", name).well(t).out), &line); err != nil {
			t.Fatal(err)
		}
		if line.Path != filepath.Join(link, "1.eml") || line.From != "a@one.example" {
			t.Errorf("%s: %+v", name, line)
		}
	}
}

// A folder inside that cannot be looked into is told, not left out.
func TestClassifyClosedFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "closed"), 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	denied := &fs.PathError{Op: "open", Path: filepath.Join(dir, "closed"), Err: syscall.EACCES}
	if err := (&app{words: mustWords(t)}).gather(dir, &paths)(denied.Path, entries[0], denied); err != denied {
		t.Errorf("the walk goes on: %v", err)
	}
	if os.Geteuid() == 0 {
		return // no folder is closed to root
	}
	if err := os.Chmod(denied.Path, 0); err != nil {
		t.Fatal(err)
	}
	if r := pometka(t, "classify", dir); r.code != exitFailed || !strings.Contains(r.err, denied.Path) {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

// Each trouble that a letter can have is worded, as show and classify do.
func TestLetterTroublesAreWorded(t *testing.T) {
	source, err := os.ReadFile("../../mailbox/message.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`Trouble[A-Z]\w* += "([^"]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 10 {
		t.Fatalf("%d codes in mailbox/message.go", len(codes))
	}
	words := mustWords(t)
	for _, code := range codes {
		if !words.Has("reason." + code[1]) {
			t.Errorf("reason.%s is not in the catalogue", code[1])
		}
	}
}

// noRoom is a disk without room.
type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A result that could not be written is not taken for done.
func TestUnwritten(t *testing.T) {
	path := demoAt(t)
	for _, args := range []string{
		"list", "list --json", "list --csv", "show 3", "show 3 --json", "raw 3", "history 3", "search претензия", "stats", "ledger", "explain 3", "calendar", "outbox",
		"--help", "list --help", "version", "suppressions", "audit head", "policy show", "status", "remind --dry-run", "purge --before 2000-01-01 --dry-run",
		"attachments 3", "export", "templates preview acknowledgement", "config check", "explain --kind claim --received 2026-11-23", "note 3 звонил",
	} {
		var said strings.Builder
		code := run(t.Context(), append([]string{"--config", path, "--lang", "ru"}, strings.Fields(args)...), streams{in: strings.NewReader(""), out: noRoom{}, err: &said})
		if code != exitFailed || !strings.Contains(said.String(), "на диске нет места") {
			t.Errorf("%s: exit %d: %s", args, code, said.String())
		}
	}
}
