//go:build unix

package dovecot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Drop lays letters into the Maildir of INBOX behind the server's back, byte for
// byte as a broken delivery or a restored disk leaves them: no IMAP command could
// store some of them. Each file's name ends with its entry of flaws, as ",W=10" for
// a size that is wrong.
func (s *Server) Drop(letters []Letter, flaws map[int]string) {
	s.t.Helper()
	uid, gid := owner()
	dir := filepath.Join(s.dir, "home", "mail")
	for _, d := range []string{dir, filepath.Join(dir, "cur"), filepath.Join(dir, "new"), filepath.Join(dir, "tmp")} {
		if err := errors.Join(os.MkdirAll(d, 0o700), os.Chown(d, uid, gid)); err != nil {
			s.t.Fatal(err)
		}
	}
	for i, l := range letters {
		// Dovecot gives UIDs in the order of the names.
		name := filepath.Join(dir, "new", fmt.Sprintf("%d.M%07dP1.test%s", l.At.Unix(), i, flaws[i]))
		if err := errors.Join(os.WriteFile(name, l.Raw, 0o600), os.Chown(name, uid, gid), os.Chtimes(name, l.At, l.At)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// KillSessions ends the processes that serve logged-in connections, as the
// kernel does when memory runs out; the server itself lives on. It reports how
// many there were.
func (s *Server) KillSessions() (killed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return 0
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(stat, []byte("(imap)")) {
			continue
		}
		_, rest, _ := bytes.Cut(stat, []byte(") "))
		f := strings.Fields(string(rest)) // state, parent, process group
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil || len(f) < 3 || f[2] != strconv.Itoa(s.cmd.Process.Pid) {
			continue
		}
		if syscall.Kill(pid, syscall.SIGKILL) == nil {
			killed++
		}
	}
	return killed
}

// At is a moment that many seconds from an hour ago on, for letters that are to
// come in order.
func At(n int) time.Time { return time.Now().Add(-time.Hour + time.Duration(n)*time.Second) }

// Rebuild takes away what the server has noted of INBOX beside the letters, as a
// restored disk does: all get new UIDs under a new UIDVALIDITY.
func (s *Server) Rebuild() {
	s.t.Helper()
	s.Stop()
	notes, err := filepath.Glob(filepath.Join(s.dir, "home", "mail", "dovecot*"))
	if err != nil || len(notes) == 0 {
		s.t.Fatalf("no notes of the server: %v", err)
	}
	for _, name := range notes {
		if err := os.RemoveAll(name); err != nil {
			s.t.Fatal(err)
		}
	}
	s.Restart()
}

// Save copies the mail of the account as it is now, with all that the server has
// noted of it. The function that it returns puts the copy back, as a restored disk
// does: UIDs that were given since are given again, under the same UIDVALIDITY.
func (s *Server) Save() (restore func()) {
	s.t.Helper()
	mail, saved := filepath.Join(s.dir, "home", "mail"), filepath.Join(s.dir, "saved")
	copyTree := func(from, to string) {
		s.t.Helper()
		s.Stop()
		err := os.RemoveAll(to)
		if err == nil {
			err = exec.Command("cp", "-a", from, to).Run()
		}
		if err != nil {
			s.t.Fatalf("copy mail: %v", err)
		}
		s.Restart()
	}
	copyTree(mail, saved)
	return func() { copyTree(saved, mail) }
}
