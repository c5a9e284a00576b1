package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// testRooms is where the tests of a room stand, by the word of SECURITY.md.
var testRooms = map[string]string{
	"rules": "rules", "mailbox": "mailbox", "store": "store", "desk": "desk", "templates": "templates", "pometka": "cmd/pometka", "packaging": "packaging",
}

// testsOf lists the tests and fuzz tests that "go test" finds in a folder.
func testsOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", dir, err)
	}
	found := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && len(f.Type.Params.List) == 1 && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
				found[f.Name.Name] = true
			}
		}
	}
	return found
}

// threats are what SECURITY.md must speak of.
var threats = []string{"Forged sender", "Mail bomb", "Loop", "Malicious letter", "Stolen database", "Curious colleague", "Compromised mail server"}

// Every threat has tests that prove what is said of it, and each of them exists.
func TestSecurityDocument(t *testing.T) {
	b, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(string(b), "\n## ")[1:] {
		title, text, _ := strings.Cut(s, "\n")
		sections[title] = text
	}
	for _, threat := range threats {
		_, proof, ok := strings.Cut(sections[threat], "Proved by ")
		if tests := namedTest.FindAllString(proof, -1); !ok || len(tests) < 5 {
			t.Errorf("%s: proved by %d tests", threat, len(tests))
		}
		if !strings.Contains(sections[threat], "\n- ") {
			t.Errorf("%s: nothing is said to protect from it", threat)
		}
	}
	checkNamedTests(t, string(b), "TestSecurityDocument")
}

// namedTest is the form in which a document names a test.
var namedTest = regexp.MustCompile("`([a-z]+)\\.((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// checkNamedTests looks for each test that a document names. One that is named
// in another form would not be found: only those of loosely may be.
func checkNamedTests(t *testing.T, text string, loosely ...string) {
	t.Helper()
	all := map[string]map[string]bool{}
	for room, dir := range testRooms {
		all[room] = testsOf(t, filepath.Join("../..", dir))
	}
	for _, m := range namedTest.FindAllStringSubmatch(text, -1) {
		if !all[m[1]][m[2]] {
			t.Errorf("%s.%s does not exist", m[1], m[2])
		}
	}
	if loose := regexp.MustCompile(`(?:Test|Fuzz)[A-Z]\w+`).FindAllString(namedTest.ReplaceAllString(text, ""), -1); !slices.Equal(loose, loosely) {
		t.Errorf("named in another form: %v", loose)
	}
}
