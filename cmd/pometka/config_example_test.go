package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"license.kz/pometka/rules"
)

var commentedKey = regexp.MustCompile(`(?m)^( *)#([a-z-].*)$`)

func readExample(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// As it stands, the example is the smallest configuration.
func TestExampleLoads(t *testing.T) {
	got, err := LoadConfig("../../config.example.yaml", everyNeed...)
	if err != nil {
		t.Fatal(err)
	}
	want, problems := parseConfig(got.Path, []byte(smallest), everyNeed)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if !reflect.DeepEqual(withoutLines(got), withoutLines(want)) {
		t.Errorf("got  %+v\nwant %+v", withoutLines(got), withoutLines(want))
	}
}

// Every line that claims to be a default is one.
func TestExampleStatesDefaults(t *testing.T) {
	before := readExample(t)
	after := commentedKey.ReplaceAllStringFunc(before, func(line string) string {
		if strings.Contains(line, "# example") {
			return line
		}
		return strings.Replace(line, "#", "", 1)
	})
	// Without a folder for them, the two other keys of backups are refused.
	after = strings.Replace(after, "#dir:", "dir:", 1)
	got := mustParse(t, after, everyNeed...)
	got.Store.Backup.Dir = ""
	want := mustParse(t, before, everyNeed...)
	got.IMAP.Folders = nil // [] says the same
	if !reflect.DeepEqual(withoutLines(got), withoutLines(want)) {
		t.Errorf("got  %+v\nwant %+v", withoutLines(got), withoutLines(want))
	}
	if stated := len(got.lines) - len(want.lines); stated < 40 {
		t.Errorf("the example states %d defaults, which is too few to be true", stated)
	}
}

// Every key that there is stands in the example, in a form that is accepted.
func TestExampleHasEveryKey(t *testing.T) {
	c, problems := parse(commentedKey.ReplaceAllString(readExample(t), "$1$2"), everyNeed...)
	for _, p := range problems {
		if !strings.Contains(p.What.Error(), "one way to the secret is enough") {
			t.Errorf("line %d: %s: %s", p.Line, p.Key, p.What.Error())
		}
	}
	if _, err := rules.NewCalendar(calendarOptions(c)); err != nil {
		t.Errorf("the days of the example are refused: %v", err)
	}
	keys := allowedKeys("")
	for _, key := range keys {
		if _, ok := c.lines[key]; !ok {
			t.Errorf("config.example.yaml does not show %s", key)
		}
	}
	if len(keys) < 90 {
		t.Errorf("only %d keys found: %s", len(keys), keys)
	}
}

// allowedKeys returns every key at and under the key, as the errors about a
// key that does not exist tell them.
func allowedKeys(key string) []string {
	text, end := "", ""
	for _, word := range strings.Split(key, ".") {
		if name, ok := strings.CutSuffix(word, "[0]"); ok {
			text, end = text+"{"+name+": [", "]}"+end
		} else if word != "" {
			text, end = text+"{"+word+": ", "}"+end
		}
	}
	_, problems := parse(text + "{no_such_key_here: 1}" + end)
	var keys []string
	for _, p := range problems {
		_, names, ok := strings.Cut(p.What.Error(), "unknown key: allowed here: ")
		if !ok {
			continue
		}
		for _, name := range strings.Split(names, ", ") {
			child := strings.TrimPrefix(key+"."+name, ".")
			keys = append(keys, child)
			keys = append(keys, allowedKeys(child)...)
			keys = append(keys, allowedKeys(child+"[0]")...)
		}
	}
	return keys
}
