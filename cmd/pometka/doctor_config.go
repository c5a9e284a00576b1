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
)

// admit reads the configuration as far as it can be read. What is wrong with
// it is told by the area config; the others look at the sections that are whole.
func (a *app) admit(ctx context.Context) *patient {
	cfg := DefaultConfig()
	p := &patient{ctx: ctx}
	path, err := FindConfig(a.configFlag)
	if err == nil {
		abs, data, rerr := readConfig(path)
		if err = rerr; err == nil {
			cfg, p.problems = parseConfig(abs, data, []Need{NeedOperator, NeedStore, NeedIMAP, NeedSMTP})
			p.read = len(cfg.lines) > 0
			if a.langFlag == "" && cfg.Language != "" {
				a.lang = cfg.Language
			}
		}
	}
	if err != nil {
		p.problems = []Problem{{What: phrased("config.fault.only", err)}}
		if errors.Is(err, ErrNoConfig) || errors.Is(err, fs.ErrNotExist) {
			p.problems[0].Key = missingConfig
		}
	}
	p.app = a.under(cfg)
	return p
}

// under is the program as it would be under a configuration that it has not taken over.
func (a *app) under(cfg *Config) *app {
	other := *a
	other.cfg = cfg
	return &other
}

// missingConfig stands in the place of a key when there is no file at all.
const missingConfig = "(none)"

// whole reports whether a section can be relied on, and says once that it
// cannot: looking at a server whose port is misspelt would tell nothing.
func (w *ward) whole(sections ...string) bool {
	if w.cfg.Path == "" || !w.read {
		w.skip("config.yaml")
		return false
	}
	for _, s := range sections {
		for _, p := range w.problems {
			if p.Key == s || strings.HasPrefix(p.Key, s+".") || strings.HasPrefix(p.Key, s+"[") || p.Key == "" {
				w.skip(s)
				return false
			}
		}
	}
	return true
}

// skip says that something was not looked at before the section is mended.
func (w *ward) skip(section string) {
	if code := w.area + ".skipped"; !w.said(code) {
		w.as(levelNote, code, "skipped", section)
	}
}

// configFile looks at the file itself.
func (w *ward) configFile(context.Context) {
	if w.cfg.Path == "" && len(w.problems) > 0 {
		p := w.problems[0]
		if p.Key == missingConfig {
			w.add(levelMend, "config.none", p.What.in(w.lang))
			return
		}
		if path, err := FindConfig(w.configFlag); err == nil {
			if fi, err := os.Stat(path); err == nil && !fi.Mode().IsRegular() {
				w.add(levelMend, "config.folder", path)
				return
			}
		}
		w.add(levelMend, "config.unreadable", p.What.in(w.lang))
		return
	}
	for _, p := range w.problems {
		w.add(levelMend, "config.wrong", w.cfg.Path, strconv.Itoa(p.Line), p.Key, p.What.in(w.lang))
	}
	w.configMode()
	if len(w.list) == 0 {
		w.add(levelGood, "config.good", w.cfg.Path)
	}
}

// configMode: whoever may write the file may run programs as the daemon.
func (w *ward) configMode() {
	fi, err := os.Stat(w.cfg.Path)
	if err != nil {
		w.add(levelMend, "config.unreadable", worded(err, w.lang))
		return
	}
	if m := fi.Mode().Perm(); m&0o002 != 0 || m&0o020 != 0 && !w.ours(groupOf(fi)) {
		w.add(levelMend, "config.open", w.cfg.Path, octal(m))
	}
	if o := ownerOf(fi); o != 0 && o != os.Geteuid() && o != w.daemonUser() {
		w.add(levelMend, "config.owner", w.cfg.Path, userName(o))
	}
	folder := filepath.Dir(w.cfg.Path)
	if fi, err := os.Stat(folder); err == nil && fi.Mode().Perm()&0o002 != 0 && fi.Mode()&fs.ModeSticky == 0 {
		w.add(levelMend, "config.folder_open", folder, octal(fi.Mode().Perm()))
	}
}

// ours reports whether a group has nobody in it but whom the register is for:
// the group of the register's folder.
func (w *ward) ours(gid int) bool {
	fi, err := os.Stat(filepath.Dir(w.cfg.Store.Path))
	return w.cfg.Store.Path != "" && err == nil && groupOf(fi) == gid
}

// daemonUser is the user that the daemon runs as: whom the register's folder
// belongs to; -1 when that cannot be told.
func (w *ward) daemonUser() int {
	if w.cfg.Store.Path == "" {
		return -1
	}
	fi, err := os.Stat(filepath.Dir(w.cfg.Store.Path))
	if err != nil {
		return -1
	}
	return ownerOf(fi)
}

//go:noinline
func ownerOf(fi fs.FileInfo) int {
	if s, ok := fi.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}

func groupOf(fi fs.FileInfo) int {
	if s, ok := fi.Sys().(*syscall.Stat_t); ok {
		return int(s.Gid)
	}
	return -1
}
