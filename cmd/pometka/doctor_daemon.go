package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"license.kz/pometka/store"
)

// daemon looks at the processes: whether the daemon works, alone, and whether
// its passes end.
func (w *ward) daemon(ctx context.Context) {
	if !w.whole("store") {
		return
	}
	holder, err := store.LockHolder(w.cfg.Store.Path)
	if err != nil {
		w.add(levelNote, "daemon.unclear", worded(err, w.lang))
	}
	var others []int
	for _, p := range daemons() {
		if p.pid == holder || p.pid == os.Getpid() {
			continue
		}
		if p.reads(w.cfg) {
			others = append(others, p.pid)
		}
	}
	if len(others) > 0 {
		slices.Sort(others)
		w.add(levelMend, "daemon.second", pidList(others), strconv.Itoa(holder))
	}
	_, pass, err := store.Glance(ctx, w.cfg.Store.Path)
	late := late(w.cfg)
	since := time.Since(pass)
	switch {
	case holder == 0 && (err != nil || pass.IsZero()):
		w.add(levelNote, "daemon.none")
	case holder == 0 && since > late:
		w.add(levelMend, "daemon.stopped", pass)
	case holder == 0:
		w.add(levelNote, "daemon.none")
	case err == nil && since > late && w.running(holder) > late:
		w.add(levelMend, "daemon.late", strconv.Itoa(holder), pass)
	default:
		w.add(levelGood, "daemon.good", strconv.Itoa(holder))
	}
	w.port(holder)
}

// running is how long a process has been running; 0 when that cannot be told.
func (w *ward) running(pid int) time.Duration {
	fi, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid)))
	if err != nil {
		return 0
	}
	return time.Since(fi.ModTime())
}

// port: another program on the address of http.listen would keep the daemon
// from starting.
func (w *ward) port(holder int) {
	if w.cfg.HTTP.Listen == "" || holder != 0 {
		return
	}
	l, err := net.Listen("tcp", w.cfg.HTTP.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		w.add(levelMend, "daemon.port", w.cfg.HTTP.Listen)
	} else if err != nil {
		w.add(levelMend, "daemon.listen", w.cfg.HTTP.Listen, worded(err, w.lang))
	}
	if err == nil {
		l.Close()
	}
}

// process is a running «pometka run».
type process struct {
	pid  int
	args []string
	cwd  string
	env  []string
}

// daemons lists them, as far as this user may see.
func daemons() (list []process) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		args := procWords(filepath.Join(dir, "cmdline"))
		if len(args) < 2 || !isPometka(args[0], dir) || !slices.Contains(args[1:], "run") || slices.Contains(args, "--once") {
			continue
		}
		cwd, _ := os.Readlink(filepath.Join(dir, "cwd"))
		list = append(list, process{pid, args, cwd, procWords(filepath.Join(dir, "environ"))})
	}
	return list
}

// isPometka knows the program by its name, or by being this very file under
// another one.
func isPometka(name, dir string) bool {
	if strings.HasPrefix(filepath.Base(name), "pometka") {
		return true
	}
	own, err := os.Executable()
	exe, eerr := os.Readlink(filepath.Join(dir, "exe"))
	return err == nil && eerr == nil && exe == own
}

// procWords reads a file of strings that end with NUL.
func procWords(path string) (out []string) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for _, w := range bytes.Split(bytes.TrimSuffix(data, []byte{0}), []byte{0}) {
		out = append(out, string(w))
	}
	return out
}

// reads reports whether the daemon reads the same mailbox as c says. One whose
// configuration cannot be read is given the benefit of the doubt.
func (p process) reads(c *Config) bool {
	path := ""
	for i, a := range p.args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			path = v
		} else if a == "--config" && i+1 < len(p.args) {
			path = p.args[i+1]
		}
	}
	for _, e := range p.env {
		if v, ok := strings.CutPrefix(e, "POMETKA_CONFIG="); ok && path == "" {
			path = v
		}
	}
	for _, usual := range []string{"config.yaml", "/etc/pometka/config.yaml"} {
		if path == "" {
			if _, err := os.Stat(absoluteIn(p.cwd, usual)); err == nil {
				path = usual
			}
		}
	}
	if path == "" {
		return false
	}
	other, err := LoadConfig(absoluteIn(p.cwd, path))
	return err == nil && strings.EqualFold(other.IMAP.Host, c.IMAP.Host) && other.IMAP.Port == c.IMAP.Port && other.IMAP.Username == c.IMAP.Username
}

func absoluteIn(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func pidList(list []int) string {
	var b strings.Builder
	for i, n := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
