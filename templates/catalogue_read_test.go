package templates

import (
	"encoding/json"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the quick reader makes of every file of the catalogue is what
// encoding/json makes of it.
func TestTopicsAreReadAsJSON(t *testing.T) {
	files, err := fs.Glob(catalogueFiles, "catalogue/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files: %v", len(files), err)
	}
	for _, file := range files {
		b, err := catalogueFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, raw := map[string]entry{}, map[string]any{}
		if err := readTopic(string(b), got); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if err := json.Unmarshal(b, &raw); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		want := map[string]entry{}
		for key, v := range raw {
			switch v := v.(type) {
			case string:
				want[key] = entry{text: v}
			case map[string]any:
				forms := map[string]string{}
				for form, sentence := range v {
					forms[form], _ = sentence.(string)
				}
				want[key] = entry{forms: forms}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as something else than it says", file)
		}
	}
}

// A file that is no object of sentences is refused, and so is a key that stands
// there twice.
func TestTopicsThatAreRefused(t *testing.T) {
	for _, text := range []string{
		``, `{`, `{"a"`, `{"a":`, `{"a":"b"`, `{"a":"b",`, `{"a":"b",}`, `{"a" "b"}`, `{"a":"b"}x`, `{"a":1}`, `{"a":["b"]}`,
		`{"a":{"one":"b"`, `{"a":{"one":2}}`, `{"a":"b\`, `{"a":"\q"}`, `["a"]`, `{"a":"b" "c":"d"}`, `{"a":"b","a":"c"}`, `{a:"b"}`,
	} {
		if err := readTopic(text, map[string]entry{}); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	c := map[string]entry{}
	if err := readTopic(" {\n \"a\" : \"\\u0430\\n\\\"\" , \"b\":{ } }\r\n", c); err != nil || c["a"].text != "а\n\"" {
		t.Errorf("read as %q: %v", c["a"].text, err)
	}
}

// place is what stands for an argument, optional the part that goes with it.
var (
	place    = regexp.MustCompile(`\{[0-9]\}`)
	optional = regexp.MustCompile(`\[[^][]*\{[0-9]\}[^][]*\]`)
)

// fillSlowly is fill, as its comment says it, in regular expressions.
func fillSlowly(pattern string, args []string) string {
	given := func(place string) string {
		if n := int(place[1] - '0'); n < len(args) {
			return args[n]
		}
		return ""
	}
	pattern = optional.ReplaceAllStringFunc(pattern, func(part string) string {
		if slices.ContainsFunc(place.FindAllString(part, -1), func(p string) bool { return given(p) == "" }) {
			return ""
		}
		return part[1 : len(part)-1]
	})
	return place.ReplaceAllStringFunc(pattern, func(p string) string {
		if s := given(p); s != "" {
			return s
		}
		return "…"
	})
}

// Every sentence, and some that nobody wrote, is filled as the regular
// expressions fill it, whichever arguments are missing. What is inserted is not
// looked at again.
func TestPlacesAreFilled(t *testing.T) {
	patterns := strings.Split("|{0}|a{0}b{1}c|[{0}]|[[x {0}] y]|[x]{0}|[ {0} [ {1} ]|{0}}|{{0}|{|[|]|{9}|{00}|{x}|[{0}{1}]{|[{0}]]|x[ {1}", "|")
	for _, lang := range languages {
		for _, key := range slices.Sorted(maps.Keys(catalogues[lang]())) {
			patterns = append(patterns, slices.Collect(maps.Values(sentences(catalogues[lang]()[key])))...)
		}
	}
	for _, args := range [][]string{nil, {"один"}, {"", "два"}, {"{1}", "[{0}]", "три", "четыре", "пять", "шесть"}} {
		given := make([]any, len(args))
		for i, a := range args {
			given[i] = a
		}
		for _, p := range patterns {
			// What was inserted must not count for the slow one either.
			hidden := slices.Clone(args)
			for i := range hidden {
				hidden[i] = strings.NewReplacer("{", "\x01", "[", "\x02", "]", "\x03").Replace(hidden[i])
			}
			want := strings.NewReplacer("\x01", "{", "\x02", "[", "\x03", "]").Replace(fillSlowly(p, hidden))
			if got := fill(RU, p, given); got != want {
				t.Errorf("%q with %q is %q, want %q", p, args, got, want)
			}
		}
	}
}
