package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Copies are known by what they are: whatever they are called, wherever of the
// two folders they lie, and however young the file is.
func TestCopiesOf(t *testing.T) {
	path := demoAt(t)
	cfg, err := LoadConfig(path, NeedStore)
	if err != nil {
		t.Fatal(err)
	}
	beside, apart := filepath.Dir(cfg.Store.Path), t.TempDir()
	cfg.Store.Backup.Dir = apart
	var want []string
	for _, name := range []string{filepath.Join(beside, "before upgrade.sqlite"), filepath.Join(apart, "copy"), filepath.Join(apart, "pometka-20260101T000000Z.db")} {
		pometka(t, "--config", path, "backup", name).well(t)
		later := time.Now().Add(time.Hour)
		if err := os.Chtimes(name, later, later); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	want = append(want, filepath.Join(apart, ".new.db.part"))
	writeFile(t, want[3], "half a copy", 0o600)
	writeFile(t, filepath.Join(apart, "notes.txt"), "SQLite format 3", 0o600)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(apart, "other.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec("CREATE TABLE events (at TEXT)"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range copiesOf(t.Context(), cfg) {
		got = append(got, f.path)
		if f.path != want[3] && f.at.After(time.Now()) {
			t.Errorf("%s is of %v: the time of the file, not of what is in it", f.path, f.at)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("copies %q, want %q", got, want)
	}
}
