package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Who acts is the user that the system knows. What the environment says counts
// only for those who could write any history.
func TestActor(t *testing.T) {
	root, me := userName(0), userName(os.Getuid())
	for _, c := range []struct {
		uid, register int
		sudo, want    string
	}{
		{0, 105, "", root},
		{0, 105, "aigerim", "aigerim"},
		{105, 105, "aigerim", "aigerim"}, // sudo -u pometka
		{4711, 105, "aigerim", "4711"},
		{4711, -1, "aigerim", "4711"},
		{os.Getuid(), -1, "", me},
	} {
		if got := whoActs(c.uid, c.register, c.sudo); got != c.want {
			t.Errorf("uid %d, register of %d, SUDO_USER=%s: %s, want %s", c.uid, c.register, c.sudo, got, c.want)
		}
	}

	s := healthy(t)
	s.asRoot()
	const stranger = 4711 // in no /etc/passwd: package os/user would believe $USER
	s.openTo(stranger)
	s.must(os.Chmod(s.dir, 0o777))
	for _, name := range []string{"pometka.db", "pometka.db.lock"} {
		s.must(os.Chmod(s.path(name), 0o666))
	}
	s.as, s.env = stranger, []string{"USER=boss", "LOGNAME=boss", "HOME=/", "SUDO_USER=boss", "SUDO_UID=0"}
	s.examine("note", "1", "forged", "--as", "claimed").well(t)
	out := s.examine("history", "1").well(t).out
	if strings.Contains(out, "boss") || !strings.Contains(out, "4711") || !strings.Contains(out, "claimed") {
		t.Errorf("whoever sets USER and SUDO_USER is recorded as\n%s", out)
	}
}

// Whatever the caller's umask is, the register is for its group, what is made
// of it for whoever asked, and nothing for everybody.
func TestModes(t *testing.T) {
	for _, umask := range []string{"000", "077"} {
		dir := t.TempDir()
		sh := func(script string) {
			t.Helper()
			c := exec.CommandContext(t.Context(), "bash", "-euc", "umask "+umask+`; pometka() { POMETKA_TEST_MAIN=1 `+os.Args[0]+` --config demo/config.yaml "$@"; }; `+script)
			c.Dir = dir
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", script, err, out)
			}
		}
		sh(`pometka demo
			mv pometka-demo demo
			mkdir out
			pometka backup out/copy.db
			pometka restore out/copy.db --to out/restored.db
			pometka export --format csv -o out/register.csv
			pometka casefile 4 -o out/case.zip
			pometka raw 4 -o out/letter.eml
			pometka attachments 4 --save out/files
			pometka suppressions --format csv >out/shell.txt
			rm out/shell.txt`)
		want := map[string]fs.FileMode{
			"demo": 0o700, "demo/config.yaml": 0o600, "demo/password": 0o600, "demo/pometka.db": 0o660, "demo/sent": 0o700,
			"out/copy.db": 0o660, "out/restored.db": 0o660, "out/register.csv": 0o600, "out/case.zip": 0o600, "out/letter.eml": 0o600,
		}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(dir, path)
			info, err := d.Info()
			if err != nil {
				return err
			}
			if mode, ok := want[name]; ok && info.Mode().Perm() != mode {
				t.Errorf("umask %s: %s has mode %04o, want %04o", umask, name, info.Mode().Perm(), mode)
			}
			delete(want, name)
			if name != "." && name != "out" && info.Mode().Perm()&0o007 != 0 {
				t.Errorf("umask %s: %s has mode %04o", umask, name, info.Mode().Perm())
			}
			return nil
		})
		if err != nil || len(want) > 0 {
			t.Errorf("umask %s: not made: %v, %v", umask, want, err)
		}
	}
}
