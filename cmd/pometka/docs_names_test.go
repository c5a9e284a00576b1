package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

var (
	// inline is a call of the program within a sentence, also over a line's end.
	inline = regexp.MustCompile("[`\"](?:sudo |\\./)?pometka\\s([^`\"]+)[`\"]")
	// goTest names tests for "go test" to run.
	goTest = regexp.MustCompile("`go test \\./([a-z/]+)[^`]* -(?:run|fuzz) (\\w+)[^`]*`")
	// exported is a part of a room, named in a sentence.
	exported = regexp.MustCompile("`(rules|mailbox|store|desk|templates)\\.((?:[A-Z]\\w*\\.)?[A-Z]\\w*)`")
	// link leads to a file of the project.
	link = regexp.MustCompile(`\]\(([^):#]+)\)`)
	// ours is a file of the project, named in a sentence.
	ours = regexp.MustCompile("`((?:packaging|rules|mailbox|store|desk|templates|cmd|docs|\\.ci)/[A-Za-z0-9_./-]+)[ `]")
)

// sentence checks what a text names: calls of the program, tests, files.
func sentence(t *testing.T, root, path, text string) {
	t.Helper()
	for _, m := range inline.FindAllStringSubmatch(text, -1) {
		if err := known(strings.Join(strings.Fields(m[1]), " ")); err != nil {
			t.Errorf("%s: %s: %v", path, m[0], err)
		}
	}
	for _, m := range goTest.FindAllStringSubmatch(text, -1) {
		if !testsOf(t, filepath.Join(root, m[1]))[m[2]] {
			t.Errorf("%s: %s: there is no such test", path, m[0])
		}
	}
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
			t.Errorf("%s: a link leads nowhere: %v", path, err)
		}
	}
	for _, m := range exported.FindAllStringSubmatch(text, -1) {
		if !exportedBy(t, filepath.Join(root, m[1]))[m[2]] {
			t.Errorf("%s: %s is no part of the program", path, m[0])
		}
	}
	for _, m := range ours.FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil && !strings.Contains(m[1], "LANG") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// exportedBy lists what a room offers: functions, types, and methods by type.
func exportedBy(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	found := testsOf(t, dir)
	declared := regexp.MustCompile(`(?m)^(?:func |type |var |const |\t)(?:\(\w* ?\*?(\w+)\) )?([A-Z]\w*)`)
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(b), -1) {
			found[m[2]] = true
			if m[1] != "" {
				found[m[1]+"."+m[2]] = true
			}
		}
	}
	return found
}

// What other files of the project say of the program is true as well.
func TestCommandsNamedElsewhere(t *testing.T) {
	for _, pattern := range []string{"config.example.yaml", "LICENSE", ".ci/run", "packaging/*", "packaging/debian/*", "policy*.yaml", "rules/*.yaml", "rules/*.csv", "cmd/pometka/presets/*"} {
		files, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if info, err := os.Stat(file); err != nil || info.IsDir() || strings.HasSuffix(file, ".go") {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := regexp.MustCompile(`\n\s*#\s?`).ReplaceAllString(string(b), " ") // comments run on
			sentence(t, "../..", file, text)
		}
	}
}

// The symptoms by which the administrator looks for help are what the program
// says, word for word.
func TestSymptoms(t *testing.T) {
	b, err := os.ReadFile("../../docs/ru/administrator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(b), "## Неполадки по признакам")
	table, _, _ = strings.Cut(table, "\n## ")
	files, err := filepath.Glob("../../templates/catalogue/ru/*.json")
	if err != nil {
		t.Fatal(err)
	}
	said := "permission denied unmet condition check" // Go, systemd
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said += regexp.MustCompile(`\{\d\}`).ReplaceAllString(string(b), "…")
	}
	quotes := 0
	for line := range strings.Lines(table) {
		symptom, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		for _, m := range regexp.MustCompile("«([^»]+)»").FindAllStringSubmatch(symptom, -1) {
			if quotes++; !strings.Contains(said, m[1]) {
				t.Errorf("the program never says «%s»", m[1])
			}
		}
	}
	if quotes < 8 {
		t.Errorf("%d symptoms are quoted", quotes)
	}
}

// The catalogue sends nobody to a command that does not exist.
func TestCatalogueNamesCommands(t *testing.T) {
	calls := regexp.MustCompile(`pometka (?:pometka )?([a-z]+(?: [a-z]+)?(?: --[a-z-]+)*)`)
	for _, pattern := range []string{"catalogue/ru/*.json", "catalogue/kk/*.json", "letters/ru/*", "letters/kk/*"} {
		files, err := filepath.Glob("../../templates/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range calls.FindAllStringSubmatch(string(b), -1) {
				if err := known(m[1]); err != nil {
					t.Errorf("%s: %s: %v", name, m[0], err)
				}
			}
		}
	}
}

// The manual names every command, and no other.
func TestManual(t *testing.T) {
	b, err := os.ReadFile("../../packaging/pometka.1")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(b), ".SS Every day\n")
	list, _, _ = strings.Cut(list, ".SH ")
	var named, real []string
	for line := range strings.Lines(list) {
		if rest, ok := strings.CutPrefix(line, ".BR "); ok {
			named = append(named, regexp.MustCompile(`[a-z]+`).FindAllString(rest, -1)...)
		}
	}
	words, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range (&app{words: words, lang: rules.EN}).rootCommand().Commands() {
		real = append(real, c.Name())
	}
	real = append(real, "completion") // cobra adds it when it is executed
	slices.Sort(named)
	slices.Sort(real)
	if !slices.Equal(named, slices.Compact(real)) {
		t.Errorf("the manual names\n%v\nthere are\n%v", named, real)
	}
}

// known reports a command or flag, named in a sentence, that does not exist.
func known(args string) error {
	words, err := templates.New("")
	if err != nil {
		return err
	}
	root := (&app{words: words, lang: rules.EN}).rootCommand()
	c, rest, err := root.Find(strings.Fields(args))
	if err != nil {
		return err
	}
	if c == root && !strings.HasPrefix(args, "-") {
		return errors.New("no such command")
	}
	var flags []string
	for _, word := range rest {
		if strings.HasPrefix(word, "-") {
			flags = append(flags, word)
		}
	}
	for _, f := range flags {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if c.Flags().Lookup(name) == nil && c.InheritedFlags().Lookup(name) == nil && c.Flags().ShorthandLookup(name) == nil && name != "help" {
			return fmt.Errorf("no flag %s", f)
		}
	}
	return nil
}
