//go:build unix

// Package dovecot starts a real Dovecot for tests, with a configuration, a
// directory, a certificate and a loopback port of its own: no file of the
// system is touched, and everything is gone when the test ends. It runs as root
// or as an ordinary user. Only tests import it.
package dovecot

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Options describes the one account.
type Options struct {
	Username, Password string   // empty: info@license.kz, secret
	Folders            []string // created beside INBOX, in UTF-8
	Junk, Sent         string   // folders that get \Junk and \Sent; empty: Junk, Sent
	Prefix             string   // of all folders but INBOX; its last letter separates folders; empty: none, and /
	Capability         string   // what the server says it can, in place of the truth; empty: the truth
}

// Server is a running Dovecot.
type Server struct {
	Host      string // 127.0.0.1
	Port      int    // IMAP over TLS
	PlainPort int    // IMAP with STARTTLS
	CA        []byte // PEM
	Username  string
	Password  string

	t    testing.TB
	dir  string
	conf string

	mu   sync.Mutex
	cmd  *exec.Cmd // nil: not running
	log  bytes.Buffer
	done chan struct{} // closed when all of cmd's output has been read
}

// Start starts a Dovecot, or skips the test where none is installed; with
// POMETKA_REQUIRE_DOVECOT=1 its absence fails the test instead.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if _, err := binary(); err != nil {
		if os.Getenv("POMETKA_REQUIRE_DOVECOT") == "1" {
			t.Fatalf("Dovecot is required and not installed: %v", err)
		}
		t.Skipf("Dovecot is not installed (%v): install dovecot-imapd to run this test", err)
	}
	s := &Server{t: t, Host: "127.0.0.1", Username: o.Username, Password: o.Password}
	if s.Username == "" {
		s.Username, s.Password = "info@license.kz", "secret"
	}
	if err := s.prepare(); err != nil {
		t.Fatalf("prepare Dovecot: %v", err)
	}
	t.Cleanup(s.clean)
	var err error
	for range 3 { // somebody may take a free port before Dovecot does
		if err = s.choosePorts(o); err == nil {
			err = s.run()
		}
		if err == nil {
			return s
		}
	}
	t.Fatalf("start Dovecot: %v", err)
	return nil
}

func binary() (string, error) {
	if path, err := exec.LookPath("dovecot"); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/dovecot")
}

// prepare makes the directory. Its path is short, for sockets live in it, and
// others may enter it, since Dovecot never reads mail as root.
func (s *Server) prepare() error {
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		return err
	}
	s.dir, s.conf = dir, filepath.Join(dir, "dovecot.conf")
	cert, key, err := selfSigned()
	if err != nil {
		return err
	}
	s.CA = cert
	home := filepath.Join(dir, "home")
	uid, gid := owner()
	for _, err := range []error{
		os.Chmod(dir, 0o755),
		os.Mkdir(home, 0o700), os.Chown(home, uid, gid),
		os.WriteFile(filepath.Join(dir, "cert.pem"), cert, 0o600),
		os.WriteFile(filepath.Join(dir, "key.pem"), key, 0o600),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// owner is the user whose mail it is: ourselves, or nobody when we are root.
func owner() (uid, gid int) {
	if uid, gid = os.Getuid(), os.Getgid(); uid == 0 {
		return 65534, 65534
	}
	return uid, gid
}

func (s *Server) choosePorts(o Options) error {
	var ports [2]int
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	s.Port, s.PlainPort = ports[0], ports[1]
	return os.WriteFile(s.conf, []byte(s.configuration(o)), 0o600)
}

// run starts the process and waits until it says that it listens.
func (s *Server) run() error {
	path, err := binary()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "-F", "-c", s.conf)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = in, in
	err = cmd.Start()
	in.Close()
	if err != nil {
		out.Close()
		return err
	}
	ready, done := make(chan struct{}), make(chan struct{})
	s.mu.Lock()
	s.cmd, s.done = cmd, done
	s.mu.Unlock()
	go s.read(out, ready, done)
	select {
	case <-ready:
		return nil
	case <-done:
		s.Kill()
		return fmt.Errorf("it ended at once:\n%s", s.Log())
	}
}

// read keeps what Dovecot says. All its processes hold the pipe, so that its
// end is the end of the last of them.
func (s *Server) read(out io.ReadCloser, ready, done chan struct{}) {
	defer close(done)
	defer out.Close()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.mu.Lock()
		fmt.Fprintln(&s.log, lines.Text())
		s.mu.Unlock()
		if ready != nil && strings.Contains(lines.Text(), "starting up") {
			close(ready)
			ready = nil
		}
	}
}

// Log is what Dovecot said so far.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// Addr is host:port of IMAP over TLS.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Kill ends every process of the server as a power cut would.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop asks the server to end, and waits for it.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

// Freeze stops every process of the server in mid-thought, and Thaw lets them
// go on: their connections stay, and nothing is answered.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw ends what Freeze began.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		s.t.Fatal("Dovecot is not running")
	}
	if err := syscall.Kill(-s.cmd.Process.Pid, sig); err != nil {
		s.t.Fatalf("signal Dovecot: %v", err)
	}
}

// Restart starts the server again on the same ports and mail after Kill or Stop.
func (s *Server) Restart() {
	s.t.Helper()
	s.end(syscall.SIGKILL)
	if err := s.unlock(); err != nil {
		s.t.Fatalf("restart Dovecot: %v", err)
	}
	if err := s.run(); err != nil {
		s.t.Fatalf("restart Dovecot: %v", err)
	}
}

// unlock removes the lock files that a killed server left: Dovecot believes in
// them for two minutes.
func (s *Server) unlock() error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".lock" {
			return err
		}
		return os.Remove(path)
	})
}

// end signals the whole process group, which is the server's own.
func (s *Server) end(sig syscall.Signal) {
	s.mu.Lock()
	cmd, done := s.cmd, s.done
	s.cmd = nil
	s.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = syscall.Kill(-cmd.Process.Pid, sig)
	_ = cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever outlived the master
	<-done
}

func (s *Server) clean() {
	s.end(syscall.SIGTERM)
	if s.t.Failed() {
		all := strings.Split(s.Log(), "\n")
		s.t.Logf("the last that Dovecot said:\n%s", strings.Join(all[max(0, len(all)-20):], "\n"))
	}
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Errorf("clean up after Dovecot: %v", err)
	}
}
