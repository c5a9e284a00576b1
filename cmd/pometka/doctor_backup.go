package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
)

// backups looks at the copies that the daemon makes: whether they are made,
// may be read by nobody else, and hold nothing that store.retention has purged.
func (w *ward) backups(ctx context.Context) {
	if !w.whole("store") {
		return
	}
	w.outlived(ctx)
	b := w.cfg.Store.Backup
	if b.Dir == "" {
		w.add(levelNote, "backup.none")
		return
	}
	fi, err := os.Stat(b.Dir)
	if err != nil || !fi.IsDir() {
		w.add(levelMend, "backup.folder", b.Dir)
		return
	}
	if m := fi.Mode().Perm(); m&0o007 != 0 {
		w.add(levelMend, "backup.open", b.Dir, octal(m))
	}
	if err := tryFolder(b.Dir); err != nil {
		w.add(levelMend, "backup.denied", b.Dir, w.unwrapped(err), userName(os.Geteuid()))
	}
	list, err := backupFiles(b.Dir, w.cfg.Store.Path, time.Now())
	if err != nil {
		w.add(levelMend, "backup.denied", b.Dir, w.unwrapped(err), userName(os.Geteuid()))
		return
	}
	if len(list) == 0 {
		w.add(levelNote, "backup.first", b.Dir, b.Schedule.Spec)
		return
	}
	newest := list[len(list)-1]
	if newest.ahead(time.Now()) { // there is no other
		w.add(levelNote, "backup.ahead", newest.path)
		return
	}
	if time.Now().After(b.overdue(newest, w.cfg.Calendar.Zone)) {
		w.add(levelMend, "backup.late", newest.path, newest.at)
		return
	}
	w.add(levelGood, "backup.good", newest.path, len(list))
}

// overdue is when the copy after the newest one should long have been made: the
// schedule speaks of the operator's hours.
func (b BackupConfig) overdue(newest backupFile, zone *time.Location) time.Time {
	return b.after(b.after(newest.at, zone), zone)
}

// after is when the copy is due that follows one of that moment.
func (b BackupConfig) after(at time.Time, zone *time.Location) time.Time {
	return desk.Firing(b.Schedule.Next, at, zone)
}

// outlived names copies that are older than the time for which the content of
// closed requests is kept: what was purged is still in them.
func (w *ward) outlived(ctx context.Context) {
	keep := w.cfg.Store.Retention
	if keep <= 0 {
		return
	}
	var old []string
	for _, f := range copiesOf(ctx, w.cfg) {
		if time.Since(f.at) > keep {
			old = append(old, f.path)
		}
	}
	if len(old) > 0 {
		w.add(levelMend, "backup.retention", len(old), strings.Join(old[:min(len(old), 5)], ", "))
	}
}

// copiesOf are the copies of the register in the folder of backups and beside
// the register, whoever made them and under whatever name: the daemon, the
// command backup, an upgrade, or a backup that was interrupted. Each is as old
// as the last event in it; that the file is younger says only that it was moved.
func copiesOf(ctx context.Context, cfg *Config) []backupFile {
	own, _ := os.Stat(cfg.Store.Path)
	folders := []string{filepath.Dir(cfg.Store.Path)}
	if dir := cfg.Store.Backup.Dir; dir != "" && filepath.Clean(dir) != folders[0] {
		folders = append(folders, filepath.Clean(dir))
	}
	var list []backupFile
	for _, folder := range folders {
		entries, _ := os.ReadDir(folder)
		for _, e := range entries {
			fi, err := e.Info()
			path := filepath.Join(folder, e.Name())
			if err != nil || !fi.Mode().IsRegular() || os.SameFile(fi, own) || !store.IsRegister(path) && !isPart(e.Name()) {
				continue
			}
			at, _, err := store.Glance(ctx, path)
			if err != nil || at.IsZero() {
				at = fi.ModTime()
			}
			list = append(list, backupFile{path, at})
		}
	}
	return list
}

// isPart reports whether a file is what an interrupted backup leaves.
func isPart(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".part")
}

func tryFolder(dir string) error {
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// backupFile is a copy of the register and when it was made, by its name.
type backupFile struct {
	path string
	at   time.Time
}

// ahead reports whether the moment is still to come.
func (f backupFile) ahead(now time.Time) bool { return f.at.Sub(now) > desk.ClockSlack }

// backupStamp is the form of that moment in the name, in UTC.
const backupStamp = "20060102T150405Z"

// backupName is the name of a copy of the register made at a moment.
func backupName(register string, at time.Time) string {
	base := filepath.Base(register)
	ext := filepath.Ext(base)
	return strings.TrimSuffix(base, ext) + "-" + at.UTC().Format(backupStamp) + ext
}

// backupFiles lists the copies of the register in a folder, the oldest first.
// Whatever else lies there is nobody's business here. Copies that bear a moment
// still to come were made while the clock was wrong: they stand in front of the
// oldest, since all that bear a true one have been made after them.
func backupFiles(dir, register string, now time.Time) ([]backupFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	base := filepath.Base(register)
	ext := filepath.Ext(base)
	prefix := strings.TrimSuffix(base, ext) + "-"
	var list []backupFile
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), prefix)
		if !ok || e.Type()&fs.ModeType != 0 {
			continue
		}
		if stamp, ok = strings.CutSuffix(stamp, ext); !ok {
			continue
		}
		at, err := time.Parse(backupStamp, stamp)
		if err != nil {
			continue
		}
		list = append(list, backupFile{filepath.Join(dir, e.Name()), at})
	}
	sort.Slice(list, func(i, j int) bool {
		if a, b := list[i].ahead(now), list[j].ahead(now); a != b {
			return a
		}
		return list[i].at.Before(list[j].at)
	})
	return list, nil
}
