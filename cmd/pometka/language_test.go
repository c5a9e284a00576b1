package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// sources parses the Go files of the rooms that show words, without tests.
func sources(t *testing.T, rooms ...string) (*token.FileSet, map[string]*ast.File) {
	t.Helper()
	fset, files := token.NewFileSet(), map[string]*ast.File{}
	for _, room := range rooms {
		names, err := filepath.Glob(filepath.Join("..", "..", room, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", room, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = f
		}
	}
	return fset, files
}

// catalogueKeys are the keys of the Russian catalogue.
func catalogueKeys(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	names, err := filepath.Glob("../../templates/catalogue/ru/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no catalogue", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var topic map[string]any
		if err := json.Unmarshal(b, &topic); err != nil {
			t.Fatal(err)
		}
		for key := range topic {
			keys[key] = true
		}
	}
	return keys
}

// literals calls f with every string literal of the files.
func literals(files map[string]*ast.File, f func(at token.Pos, s string)) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if _, isImport := n.(*ast.ImportSpec); isImport {
				return false
			}
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil {
					f(l.Pos(), s)
				}
			}
			return true
		})
	}
}

// calledWith calls f with the first string literal of every call of a method.
func calledWith(files map[string]*ast.File, method string, f func(at token.Pos, s string, whole bool)) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != method {
				return true
			}
			arg, whole := call.Args[0], true
			if sum, ok := arg.(*ast.BinaryExpr); ok {
				arg, whole = sum.X, false
			}
			if l, ok := arg.(*ast.BasicLit); ok && l.Kind == token.STRING {
				s, _ := strconv.Unquote(l.Value)
				f(l.Pos(), s, whole)
			}
			return true
		})
	}
}

// Every key that the screens ask for is in the catalogue: the whole key, or a
// beginning to which the program adds a code.
func TestNoKeyIsMissing(t *testing.T) {
	keys := catalogueKeys(t)
	fset, files := sources(t, "cmd/pometka")
	asked := 0
	for _, method := range []string{"t", "misuse", "wrongFile", "section", "heading"} {
		calledWith(files, method, func(at token.Pos, s string, whole bool) {
			asked++
			if whole && keys[s] {
				return
			}
			for key := range keys {
				if !whole && strings.HasPrefix(key, s) {
					return
				}
			}
			t.Errorf("%s: there is no word %q", fset.Position(at), s)
		})
	}
	if asked < 300 {
		t.Errorf("only %d words are asked for: is the method still called t?", asked)
	}
}

// Every key of the catalogue is asked for somewhere: by name, or by a beginning
// to which a code is added.
func TestNoKeyIsUnused(t *testing.T) {
	_, files := sources(t, "cmd/pometka", "desk", "templates", "rules", "store")
	whole, beginnings := map[string]bool{}, map[string]bool{}
	literals(files, func(_ token.Pos, s string) {
		whole[s] = true
		s, _, _ = strings.Cut(s, "%") // the code is put in by fmt
		if strings.HasSuffix(s, ".") && len(s) > 2 {
			beginnings[s] = true
		}
	})
	letters, err := filepath.Glob("../../templates/letters/*/*.txt")
	if err != nil || len(letters) == 0 {
		t.Fatal("no letters", err)
	}
	quoted := regexp.MustCompile(`"([a-z_.]+)"`)
	for _, name := range letters {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
			whole[m[1]] = true
		}
	}
	for key := range catalogueKeys(t) {
		if whole[key] {
			continue
		}
		used := false
		for at, r := range key {
			used = used || r == '.' && beginnings[key[:at+1]]
		}
		if !used {
			t.Errorf("nothing asks for %q", key)
		}
	}
}

// No sentence for staff stands in the code: no Cyrillic, and nothing with
// several words is given to what prints.
func TestNoSentenceInTheCode(t *testing.T) {
	fset, files := sources(t, "cmd/pometka", "desk")
	literals(files, func(at token.Pos, s string) {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			if p := fset.Position(at); !spokenForm[filepath.Base(p.Filename)] {
				t.Errorf("%s: %.60q", p, s)
			}
		}
	})
	words := regexp.MustCompile(`[A-Za-z]{3,}[ ,]+[a-z]{2,} +[a-z]{2,}`)
	for _, method := range []string{"printf", "errorf", "say", "sayAside", "Println", "Fprintln"} {
		calledWith(files, method, func(at token.Pos, s string, _ bool) {
			if words.MatchString(s) {
				t.Errorf("%s: %s(%.60q)", fset.Position(at), method, s)
			}
		})
	}
}

// What an error says where a person has to do something stands in the catalogue
// as well: errors made in the code are a step and its cause ("verb noun: %w"), or
// so short that only code compares them.
func TestNoSentenceInErrors(t *testing.T) {
	fset, files := sources(t, "cmd/pometka")
	step := regexp.MustCompile(`^[a-z]+( [a-z.%]+){0,5}: %w$`)
	words := regexp.MustCompile(`[A-Za-z]{2,}[ ,:]+[a-z]{2,}[ ,:]+[a-z]{2,}`)
	seen := 0
	for _, method := range []string{"New", "Errorf"} {
		calledWith(files, method, func(at token.Pos, s string, whole bool) {
			seen++
			if p := fset.Position(at); whole && step.MatchString(s) || !words.MatchString(s) || onlyCompared[s] {
				return
			} else {
				t.Errorf("%s: %q", p, s)
			}
		})
	}
	if seen < 30 {
		t.Errorf("only %d errors were seen", seen)
	}
}

// onlyCompared are errors that code looks for, and then says what the catalogue
// has for that, or that go into the log alone.
var onlyCompared = map[string]bool{
	"read calendar: the file of calendar.file is not there":       true,
	"no configuration found":                                      true,
	"the secret is empty":                                         true,
	"there is no register yet":                                    true,
	"the mailbox is left alone until its pause is over":           true, // the log
	"store.path is another one":                                   true, // the log
	"store.path is another one: stop pometka and start it again":  true, // the log
	"http.listen is another one: stop pometka and start it again": true, // the log
}

// Every phrase that is made in the code is in the catalogue.
func TestPhrasesAreInTheCatalogue(t *testing.T) {
	keys := catalogueKeys(t)
	fset, files := sources(t, "cmd/pometka")
	of := regexp.MustCompile(`^(config\.(fault|want|missing|found|yaml)|(secret|store)\.fault|system)\.[a-z_.]+$`)
	seen := map[string]bool{}
	literals(files, func(at token.Pos, s string) {
		if of.MatchString(s) {
			if seen[s] = true; !keys[s] {
				t.Errorf("%s: there is no phrase %q", fset.Position(at), s)
			}
		}
	})
	if len(seen) < 100 {
		t.Errorf("only %d phrases were seen", len(seen))
	}
}

// spokenForm are the files in which Cyrillic is no word to a reader but a form
// that people or mail programs write, or a sample.
var spokenForm = map[string]bool{
	"bounce_outcome.go": true, // what mail servers write
	"demo_folder.go":    true, // the operator of the demo
	"review_keys.go":    true, // the keys of a keyboard
}
