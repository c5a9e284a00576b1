package main

import (
	"path/filepath"
	"strings"
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

// The night in which the clock is put forward or back has its one copy, wherever the hour
// of store.backup.schedule falls, and the doctor does not miss it before its time.
func TestBackupOnTheNightOfTheChange(t *testing.T) {
	b := BackupConfig{Schedule: mustSchedule("30 2 * * *")}
	for _, c := range []struct{ zone, before, want string }{
		{"Europe/Berlin", "2027-03-27T02:30:00+01:00", "2027-03-28T03:30:00+02:00 2027-03-29T02:30:00+02:00"},
		{"Europe/Berlin", "2027-10-30T02:30:00+02:00", "2027-10-31T02:30:00+01:00 2027-11-01T02:30:00+01:00"},
		{"America/New_York", "2027-03-13T02:30:00-05:00", "2027-03-14T01:30:00-05:00 2027-03-15T02:30:00-04:00"},
		{"Asia/Almaty", "2027-03-27T02:30:00+05:00", "2027-03-28T02:30:00+05:00 2027-03-29T02:30:00+05:00"},
	} {
		at, err := time.Parse(time.RFC3339, c.before)
		if err != nil {
			t.Fatal(err)
		}
		zone := mustZone(c.zone)
		first := b.after(at, zone)
		got := first.Format(time.RFC3339) + " " + b.after(first.Add(time.Second), zone).Format(time.RFC3339)
		if got != c.want {
			t.Errorf("%s, after %s: %s, want %s", c.zone, c.before, got, c.want)
		}
		if late := b.overdue(backupFile{at: at}, zone).Format(time.RFC3339); !strings.HasSuffix(c.want, late) {
			t.Errorf("%s: after %s late from %s on", c.zone, c.before, late)
		}
	}
}

// The daemon keeps to that.
func TestBackupIsMadeOnTheNightOfTheChange(t *testing.T) {
	cfg, err := LoadConfig(demoAt(t), NeedStore)
	if err != nil {
		t.Fatal(err)
	}
	zone := mustZone("Europe/Berlin")
	now := time.Date(2026, time.March, 29, 3, 31, 0, 0, zone)
	cfg.Calendar.Zone = zone
	cfg.Store.Backup = BackupConfig{Dir: t.TempDir(), Schedule: mustSchedule("30 2 * * *"), Keep: 2}
	writeFile(t, filepath.Join(cfg.Store.Backup.Dir, backupName(cfg.Store.Path, now.Add(-24*time.Hour))), "of the night before", 0o600)
	d := &daemon{serving: &serving{cfg: cfg, Desk: desk.New(desk.Options{Now: func() time.Time { return now }})}, copied: make(chan error, 1)}
	err = d.startBackup(t.Context())
	d.beside.Wait()
	if err != nil || !d.copying {
		t.Errorf("no copy is made: %v", err)
	}
}
