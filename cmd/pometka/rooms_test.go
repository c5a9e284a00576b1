package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The rooms of the program and what each may open. A package that is not
// listed has no right to exist; tests may import more than their package.
var rooms = map[string]struct {
	siblings []string // packages of this module
	modules  []string // third-party modules, by prefix of the import path
}{
	"rules":           {nil, []string{"golang.org/x/text", "github.com/kljensen/snowball", "go.yaml.in/yaml/v3"}},
	"templates":       {nil, []string{"golang.org/x/text"}},
	"mailbox":         {nil, []string{"github.com/emersion/go-imap/v2", "github.com/emersion/go-message", "github.com/emersion/go-sasl", "github.com/wneessen/go-mail", "golang.org/x/text", "golang.org/x/net/html"}},
	"mailbox/sandbox": {[]string{"mailbox"}, []string{"github.com/emersion/go-imap/v2", "github.com/emersion/go-smtp", "github.com/emersion/go-sasl"}},
	"mailbox/dovecot": {nil, []string{"github.com/emersion/go-imap/v2"}},
	"mailbox/network": {},
	"store":           {[]string{"rules"}, []string{"modernc.org/sqlite", "github.com/klauspost/compress/zstd"}},
	"desk":            {[]string{"mailbox", "rules", "store", "templates"}, nil},
	"packaging":       {nil, nil}, // tests alone: what is made of the program
	"cmd/pometka": {[]string{"desk", "mailbox", "mailbox/sandbox", "rules", "store", "templates"},
		[]string{"github.com/spf13/cobra", "github.com/spf13/pflag", "go.yaml.in/yaml/v3", "github.com/robfig/cron/v3", "golang.org/x/term"}},
}

// TestRooms holds the import graph against the plan of the house: arrows run
// one way, and each third-party module stays in its room.
func TestRooms(t *testing.T) {
	const module = "license.kz/pometka/"
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		seen[name] = true
		room, ok := rooms[name]
		if !ok {
			t.Errorf("package %s has no place in the plan", name)
			continue
		}
		for _, path := range p.Imports {
			if sibling, ours := strings.CutPrefix(path, module); ours {
				if !slices.Contains(room.siblings, sibling) {
					t.Errorf("%s must not import its sibling %s", name, sibling)
				}
				continue
			}
			first, _, _ := strings.Cut(path, "/")
			if strings.Contains(first, ".") && !slices.ContainsFunc(room.modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") }) {
				t.Errorf("%s must not import %s", name, path)
			}
			if forbiddenStd(name, path) {
				t.Errorf("%s must not import %s", name, path)
			}
		}
	}
	for name := range rooms {
		if !seen[name] {
			t.Errorf("the plan has a room %s that does not exist", name)
		}
	}
}

// forbiddenStd names what of the standard library would break a room's
// promise: rules is pure, only mailbox opens sockets, only store speaks SQL,
// and the binary stays small.
func forbiddenStd(room, path string) bool {
	switch path {
	case "os", "io/ioutil", "log", "log/slog":
		return room == "rules"
	case "net", "crypto/tls":
		return room != "cmd/pometka" && !strings.HasPrefix(room, "mailbox")
	case "database/sql":
		return room != "store"
	case "text/template", "html/template", "net/http":
		// They look methods up by name, for which the linker keeps every
		// method of every type: megabytes of a binary that has few to spare.
		return true
	}
	return false
}

type listedPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "license.kz/pometka/...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var list []listedPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}
