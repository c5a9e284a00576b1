package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// store looks at the register: its folder, its file, what is in it, and the
// disk under it.
func (w *ward) store(ctx context.Context) {
	if !w.whole("store") {
		return
	}
	path := w.cfg.Store.Path
	fi, err := os.Stat(filepath.Dir(path))
	if err != nil || !fi.IsDir() {
		w.add(levelMend, "store.folder", filepath.Dir(path))
		return
	}
	if fi, err := os.Stat(path); err == nil && !fi.Mode().IsRegular() {
		w.add(levelMend, "store.foreign", path)
		return
	}
	w.disk(path)
	w.writable(ctx, path)
	e, err := store.Examine(ctx, path)
	switch {
	case err != nil:
		w.storeFault(ctx, err)
		return
	case e.Missing, e.Schema == 0 && len(e.Damage)+len(e.Breaks) == 0:
		w.noRegister(path)
		return
	case len(e.Damage) > 0:
		w.add(levelMend, "store.damaged", path, e.Damage[0])
		return
	case len(e.Breaks) > 0:
		w.add(levelMend, "store.chain", len(e.Breaks))
		return
	case e.Schema < e.Known:
		w.add(levelNote, "store.older", strconv.Itoa(e.Schema), strconv.Itoa(e.Known))
	case e.Journal != "wal":
		w.add(levelMend, "store.journal", e.Journal)
	}
	if e.Traces {
		w.add(levelMend, "store.traces")
	}
	w.add(levelGood, "store.good", path, strconv.Itoa(e.Schema))
	w.ownLetters(e.Reasons)
	if e.Schema == e.Known {
		w.formerSettings(ctx)
	}
}

// formerSettings tells where the register rests on settings that are others now.
func (w *ward) formerSettings(ctx context.Context) {
	d, done, err := w.opened(ctx)
	if err != nil {
		return // told of the section it stems from
	}
	defer done()
	w.formerKinds(ctx, d)
	if n, err := d.Unfiled(ctx); err == nil && n > 0 {
		w.add(levelNote, "store.unfiled", n)
	}
	if former, err := d.FormerZone(ctx); err == nil && former != "" {
		w.add(levelNote, "store.zone", former, d.Zone.String())
	}
}

// formerKinds names the kinds of the register that the policy does not have: it may be
// another one by mistake.
func (w *ward) formerKinds(ctx context.Context, d *desk.Desk) {
	kinds, open, err := d.KeepKinds(ctx)
	if err != nil || len(kinds) == 0 {
		return
	}
	grave := levelNote
	if open {
		grave = levelMend
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = d.KindName(k, w.lang)
	}
	w.add(grave, "store.kinds", strings.Join(names, ", "), d.Policy.Name)
}

// ownLetters says so when many letters come from the operator's own domain: where
// others than staff have addresses there, their requests are looked for in vain.
func (w *ward) ownLetters(reasons map[string]int) {
	const few = 10
	all := 0
	for _, n := range reasons {
		all += n
	}
	if own, domain := reasons[rules.ReasonStaff], ownOf(w.cfg).Domain; domain != "" && own >= few && own*3 >= all {
		w.add(levelNote, "store.own", own, all, domain)
	}
}

// noRegister: a new one is only right where there was none before.
func (w *ward) noRegister(path string) {
	if newest := newestBackup(w.cfg); newest != "" {
		w.add(levelMend, "store.lost", path, newest)
		return
	}
	w.add(levelNote, "store.new", path)
}

// lostRegister reports whether the register is gone, or emptied, though there
// are copies of it, and which is the newest. A new one beside them would
// register every letter again, and answer anew.
func lostRegister(cfg *Config) (newest string, lost bool) {
	if fi, err := os.Stat(cfg.Store.Path); err == nil && fi.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	newest = newestBackup(cfg)
	return newest, newest != ""
}

// newestBackup is the newest of the daily copies of the register; "": none.
func newestBackup(cfg *Config) string {
	if cfg.Store.Backup.Dir == "" {
		return ""
	}
	list, err := backupFiles(cfg.Store.Backup.Dir, cfg.Store.Path, time.Now()) // the oldest first
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[len(list)-1].path
}

// storeFault words what kept the register from being read.
func (w *ward) storeFault(ctx context.Context, err error) {
	path := w.cfg.Store.Path
	switch {
	case ctx.Err() != nil:
		w.add(levelNote, "store.slow")
	case errors.Is(err, store.ErrNewerSchema):
		w.add(levelMend, "store.newer", path)
	case errors.Is(err, store.ErrNotRegister):
		w.add(levelMend, "store.foreign", path)
	case errors.Is(err, store.ErrDamaged):
		w.add(levelMend, "store.damaged", path, "SQLite")
	case errors.Is(err, store.ErrBusy):
		w.add(levelMend, "store.busy", path)
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, fs.ErrPermission):
		w.readOnly(path)
	case errors.Is(err, store.ErrFull):
		w.full(path)
	default:
		w.add(levelMend, "store.unreadable", path, worded(err, w.lang))
	}
}

// writable tries for real whether this user may write.
func (w *ward) writable(ctx context.Context, path string) {
	err := store.TryWrite(ctx, path)
	switch {
	case err == nil, errors.Is(err, store.ErrNotRegister), errors.Is(err, store.ErrDamaged), ctx.Err() != nil:
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, fs.ErrPermission):
		w.readOnly(path)
	case errors.Is(err, store.ErrFull):
		w.full(path)
	case errors.Is(err, store.ErrBusy):
		w.add(levelMend, "store.busy", path)
	default:
		w.add(levelMend, "store.unwritable", path, worded(err, w.lang))
	}
}

// readOnly is said once, whoever found it.
func (w *ward) readOnly(path string) {
	if !w.said("store.readonly") {
		w.add(levelMend, "store.readonly", path, userName(os.Geteuid()))
	}
}

func (w *ward) full(path string) {
	if !w.said("disk.full") {
		w.add(levelMend, "disk.full", filepath.Dir(path), 0)
	}
}

// said reports whether a finding was noted in this area.
func (w *ward) said(code string) bool {
	for _, f := range w.list {
		if f.Code == code {
			return true
		}
	}
	return false
}

// disk looks at the room that is left, in bytes and in files.
func (w *ward) disk(path string) {
	var s syscall.Statfs_t
	folder := filepath.Dir(path)
	if err := syscall.Statfs(folder, &s); err != nil {
		w.add(levelNote, "disk.unknown", folder)
		return
	}
	free := s.Bavail * uint64(s.Bsize)
	switch {
	case free < desk.LeastFree:
		w.add(levelMend, "disk.full", folder, int(free>>20))
	case s.Files > 0 && s.Ffree < 100:
		w.add(levelMend, "disk.files", folder)
	default:
		w.add(levelGood, "disk.good", int(free>>20))
	}
}

// access looks at who may read and write the register: nobody beyond its group,
// and everybody of the staff who has a log-in.
func (w *ward) access(context.Context) {
	if !w.whole("store") {
		return
	}
	path := w.cfg.Store.Path
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return // told by store
	}
	if m := folder.Mode(); m.Perm()&0o002 != 0 {
		w.add(levelMend, "access.folder_open", filepath.Dir(path), octal(m))
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		fi, err := os.Stat(name)
		if err != nil {
			continue
		}
		w.fileMode(name, fi, folder)
	}
	if w.whole("staff") {
		w.staffLogins(folder)
	}
	if len(w.list) == 0 {
		w.add(levelGood, "access.good", filepath.Dir(path), octal(folder.Mode()), groupName(groupOf(folder)))
	}
}

func (w *ward) fileMode(name string, fi, folder fs.FileInfo) {
	m := fi.Mode().Perm()
	shared := folder.Mode()&fs.ModeSetgid != 0
	switch {
	case m&0o007 != 0:
		w.add(levelMend, "access.open", name, octal(m))
	case m&0o600 != 0o600 || shared && m&0o060 != 0o060:
		w.add(levelMend, "access.closed", name, octal(m))
	case ownerOf(fi) != ownerOf(folder) && (!shared || groupOf(fi) != groupOf(folder)):
		w.add(levelMend, "access.owner", name, userName(ownerOf(fi)), userName(ownerOf(folder)), groupName(groupOf(folder)))
	}
}
