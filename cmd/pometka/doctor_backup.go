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
)

// backups looks at the copies that the daemon makes: whether they are made,
// may be read by nobody else, and hold nothing that store.retention has purged.
func (w *ward) backups(context.Context) {
	if !w.whole("store") {
		return
	}
	w.outlived()
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
		w.add(levelMend, "backup.denied", b.Dir, unwrapped(err), userName(os.Geteuid()))
	}
	list, err := backupFiles(b.Dir, w.cfg.Store.Path)
	if err != nil {
		w.add(levelMend, "backup.denied", b.Dir, unwrapped(err), userName(os.Geteuid()))
		return
	}
	if len(list) == 0 {
		w.add(levelNote, "backup.first", b.Dir, b.Schedule.Spec)
		return
	}
	newest := list[len(list)-1]
	due := b.Schedule.Next(b.Schedule.Next(newest.at))
	if time.Now().After(due) {
		w.add(levelMend, "backup.late", newest.path, newest.at.In(w.cfg.Calendar.Zone).Format("2006-01-02 15:04"))
		return
	}
	w.add(levelGood, "backup.good", newest.path, len(list))
}

// outlived names copies that are older than the time for which the content of
// closed requests is kept: what was purged is still in them.
func (w *ward) outlived() {
	keep := w.cfg.Store.Retention
	if keep <= 0 {
		return
	}
	var old []string
	for _, f := range w.copies() {
		if time.Since(f.at) > keep {
			old = append(old, f.path)
		}
	}
	if len(old) > 0 {
		w.add(levelMend, "backup.retention", len(old), strings.Join(old[:min(len(old), 5)], ", "))
	}
}

// copies are those that the daemon made and those that an upgrade left beside
// the register.
func (w *ward) copies() []backupFile {
	var out []backupFile
	if dir := w.cfg.Store.Backup.Dir; dir != "" {
		out, _ = backupFiles(dir, w.cfg.Store.Path)
	}
	beside, _ := filepath.Glob(w.cfg.Store.Path + ".schema-*")
	for _, path := range beside {
		if fi, err := os.Stat(path); err == nil {
			out = append(out, backupFile{path, fi.ModTime()})
		}
	}
	return out
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

// backupStamp is the form of that moment in the name, in UTC.
const backupStamp = "20060102T150405Z"

// backupName is the name of a copy of the register made at a moment.
func backupName(register string, at time.Time) string {
	base := filepath.Base(register)
	ext := filepath.Ext(base)
	return strings.TrimSuffix(base, ext) + "-" + at.UTC().Format(backupStamp) + ext
}

// backupFiles lists the copies of the register in a folder, the oldest first.
// Whatever else lies there is nobody's business here.
func backupFiles(dir, register string) ([]backupFile, error) {
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
	sort.Slice(list, func(i, j int) bool { return list[i].at.Before(list[j].at) })
	return list, nil
}
