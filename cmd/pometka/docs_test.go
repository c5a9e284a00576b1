package main

import (
	"bufio"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A block of commands in a document: what stands between ```sh and ```.
type docBlock struct {
	line int
	how  string // what follows "sh": "" runs here; "root" in packaging/; "ci" in .ci/run
	text string
}

// Every command of the documents is run: each document is a story that is
// played from its top on the register of a fresh demo, whose servers are up.
func TestDocuments(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range documents(t, root) {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			blocks := docBlocks(t, filepath.Join(root, file))
			if len(blocks) == 0 {
				return
			}
			w := newDocWorld(t, root)
			for _, b := range blocks {
				if b.how == "" {
					w.play(t, file, b)
				}
			}
		})
	}
}

// documents lists what is written for people, by its path in the project.
func documents(t *testing.T, root string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if err == nil && filepath.Ext(path) == ".md" {
			name, _ := filepath.Rel(root, path)
			files = append(files, name)
		}
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d documents: %v", len(files), err)
	}
	return files
}

var (
	command  = regexp.MustCompile(`^\s*(\./)?(pometka|go|sudo|systemctl|journalctl|apt|dpkg|docker|python3|packaging/\w+) `)
	indented = regexp.MustCompile(`^(    |\t)` + command.String()[1:])
)

// docBlocks finds the blocks that are run, and whatever looks like a command and
// stands where nobody would run it.
func docBlocks(t *testing.T, path string) (blocks []docBlock) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	open, prose, lines := "", "", bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		fence := strings.HasPrefix(strings.TrimSpace(line), "```") || strings.HasPrefix(strings.TrimSpace(line), "~~~")
		switch {
		case fence && open != "" && line == "```":
			open = ""
		case fence && open == "" && slices.Contains([]string{"```sh", "```sh ci", "```sh root", "```text"}, line):
			open = line
			if how, ok := strings.CutPrefix(line, "```sh"); ok {
				blocks = append(blocks, docBlock{line: n, how: strings.TrimSpace(how)})
			}
		case fence, strings.Contains(line, "<pre"):
			t.Errorf("%s:%d: %s is neither ```sh, ```sh ci, ```sh root nor ```text, from the first column", path, n, line)
		case strings.HasPrefix(open, "```sh"):
			blocks[len(blocks)-1].text += line + "\n"
		case indented.MatchString(line), open != "" && command.MatchString(line):
			t.Errorf("%s:%d: a command outside a block that is run: %s", path, n, line)
		default:
			prose += line + "\n"
		}
	}
	if open != "" {
		t.Errorf("%s: the last block has no end", path)
	}
	sentence(t, "../..", path, prose)
	return blocks
}

// A docWorld is a folder in which a reader could have followed the document:
// the demo's register and its servers, and the program on the path.
type docWorld struct{ dir, bin string }

func newDocWorld(t *testing.T, root string) docWorld {
	t.Helper()
	w := docWorld{dir: filepath.Join(t.TempDir(), "demo"), bin: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The auditor's script lies where its reader would have put it.
	verify, err := os.ReadFile(filepath.Join(root, "docs/verify.py"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("python3"); err != nil && os.Getenv("POMETKA_REQUIRE_PYTHON") == "" {
		writeFile(t, filepath.Join(w.bin, "python3"), "#!/bin/sh\n", 0o755)
	}
	script := "#!/bin/sh\nPOMETKA_TEST_MAIN=1 exec " + self + ` "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(w.bin, "pometka"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	demo := w.command(ctx, "pometka", "demo", "--serve", "--dir", w.dir)
	demo.Dir = t.TempDir()
	demo.Cancel = func() error { return demo.Process.Signal(os.Interrupt) }
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); demo.Wait() })
	up := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Ctrl-C") {
				up <- true
			}
		}
		up <- false
	}()
	if !<-up {
		t.Fatal("the demo's servers ended before they were up")
	}
	writeFile(t, filepath.Join(w.dir, "verify.py"), string(verify), 0o644)
	if err := os.Symlink(filepath.Join(root, "docs"), filepath.Join(w.dir, "docs")); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w docWorld) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	path := filepath.Join(w.bin, name)
	if name != "pometka" {
		path = name
	}
	c := exec.CommandContext(ctx, path, args...)
	c.Dir = w.dir
	c.Env = append(os.Environ(), "PATH="+w.bin+":"+os.Getenv("PATH"), "POMETKA_CONFIG="+filepath.Join(w.dir, "config.yaml"), "LC_ALL=C.UTF-8", "TZ=UTC", "COLUMNS=80")
	return c
}

// promised is the exit code that a document promises for the last command of a
// block, in a remark: "# … (exit 4)".
var promised = regexp.MustCompile(`\((?:exit|код) ([0-9])\)`)

func (w docWorld) play(t *testing.T, file string, b docBlock) {
	t.Helper()
	script := b.text
	if m := promised.FindStringSubmatch(script); m != nil {
		script = strings.TrimRight(script, "\n") + "\ntest $? -eq " + m[1] + "\n"
	} else {
		script = "set -e\n" + script
	}
	c := w.command(t.Context(), "bash", "-uo", "pipefail", "-c", script)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s:%d: %v\n%s\n%s", file, b.line, err, b.text, out)
	}
}
