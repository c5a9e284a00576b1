package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What reads makes no register: an empty one, where store.path is misspelt, would say that
// nobody waits and that nothing was changed.
func TestNoRegisterIsMadeByReading(t *testing.T) {
	inRussian(t)
	dir := t.TempDir()
	config, path := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "pometka.db")
	writeFile(t, config, smallest, 0o600)
	for _, empty := range []bool{false, true} {
		if empty {
			writeFile(t, path, "", 0o660)
		}
		for _, args := range [][]string{
			{"list"}, {"list", "--json"}, {"show", "1"}, {"search", "иванов"}, {"stats"}, {"export"}, {"outbox"}, {"take", "1"}, {"remind", "--dry-run"},
			{"audit", "verify"}, {"backup", filepath.Join(dir, "b.db")}, {"suppressions"}, {"forget", "a@b.example", "--dry-run"}, {"review"},
		} {
			r := pometka(t, append([]string{"--config", config}, args...)...)
			if r.code == exitDone || strings.Contains(r.out, "пуст") || strings.Count(strings.TrimSpace(r.err), "\n") > 1 {
				t.Errorf("%v, empty file %v: exit %d\n%s%s", args, empty, r.code, r.out, r.err)
			}
			if info, err := os.Stat(path); empty && (err != nil || info.Size() > 0) || !empty && err == nil {
				t.Fatalf("%v made a register", args)
			}
		}
		r := pometka(t, "--config", config, "list")
		if !strings.Contains(r.err, "базы ещё нет") || !strings.Contains(r.err, "pometka run") || !strings.Contains(r.err, path) {
			t.Errorf("list says %q", r.err)
		}
	}
}

// The first request of all may come on paper, before the service has run; but not where
// copies tell that there was a register.
func TestRegisterMakesARegister(t *testing.T) {
	inRussian(t)
	dir := t.TempDir()
	config, path := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "pometka.db")
	writeFile(t, config, strings.Replace(smallest, "{path: pometka.db}", "{path: pometka.db, backup: {dir: copies}}", 1), 0o600)
	register := func() result {
		return pometka(t, "--config", config, "register", "--paper", "--kind", "claim", "--received", time.Now().AddDate(0, 0, -1).Format(time.DateOnly),
			"--from", "Иван Петров", "--text", "Верните деньги.")
	}
	if r := register().well(t); !strings.Contains(r.out, "-000001") {
		t.Errorf("registered %s", r.out)
	}
	pometka(t, "--config", config, "list").well(t)
	if err := os.Mkdir(filepath.Join(dir, "copies"), 0o700); err != nil {
		t.Fatal(err)
	}
	pometka(t, "--config", config, "backup", filepath.Join(dir, "copies", backupName(path, time.Now()))).well(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, r := range []result{register(), pometka(t, "--config", config, "list")} {
		if r.code != exitFailed || !strings.Contains(r.err, "pometka restore") {
			t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a register beside the copies of another")
	}
}
