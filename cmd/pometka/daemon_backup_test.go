package main

import (
	"path/filepath"
	"testing"
	"time"

	"license.kz/pometka/desk"
)

// A copy that was made while the clock was far ahead neither keeps the daemon from
// making the next ones, nor is it the newest; it is the first to go.
func TestBackupsAfterAWrongClock(t *testing.T) {
	path := demoAt(t)
	cfg, err := LoadConfig(path, NeedStore)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Add(-2 * time.Hour)
	cfg.Store.Backup = BackupConfig{Dir: t.TempDir(), Schedule: mustSchedule("30 2 * * *"), Keep: 2}
	ahead := filepath.Join(cfg.Store.Backup.Dir, backupName(cfg.Store.Path, now.AddDate(10, 0, 0)))
	writeFile(t, ahead, "made by a wrong clock", 0o600)

	d := &daemon{serving: &serving{cfg: cfg, Desk: desk.New(desk.Options{Now: func() time.Time { return now }})}, copied: make(chan error, 1)}
	d.startBackup(t.Context())
	d.beside.Wait()
	if !d.copying {
		t.Fatal("no copy is made before the moment that the wrong clock wrote down")
	}
	if err := <-d.copied; err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(cfg.Store.Backup.Dir, backupName(cfg.Store.Path, now))
	if newest := newestBackup(cfg); newest != made {
		t.Errorf("the newest copy is %s, want %s", newest, made)
	}
	d.copying = false
	if d.startBackup(t.Context()); d.copying {
		t.Error("a second copy on the same day")
	}
	if err := makeBackup(t.Context(), cfg, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, err := backupFiles(cfg.Store.Backup.Dir, cfg.Store.Path, time.Now())
	if err != nil || len(list) != 2 || list[0].path != made {
		t.Errorf("kept: %v %v, want the two true ones", list, err)
	}
}

// The schedule of copies is that of the operator's clock, for the doctor as for
// the daemon: copies in office hours are not late in the evening.
func TestBackupOverdue(t *testing.T) {
	zone := mustZone("Asia/Almaty")
	b := BackupConfig{Schedule: mustSchedule("0 9-18 * * *")}
	newest := backupFile{at: time.Date(2026, time.November, 30, 18, 0, 0, 0, zone).UTC()}
	if got, want := b.overdue(newest, zone), time.Date(2026, time.December, 1, 10, 0, 0, 0, zone); !got.Equal(want) {
		t.Errorf("late from %v on, want %v", got, want)
	}
}
