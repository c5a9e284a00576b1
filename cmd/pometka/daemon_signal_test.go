package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
)

// deaf starts a process whose log nobody reads any more.
func (i installation) deaf(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	c := i.process(t, args...)
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Where whoever reads the log has gone away, letters are taken in and answered as before.
func TestNobodyReadsTheLog(t *testing.T) {
	box := startSandbox(t)
	sent := accepted(box)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := i.deaf(t, "run", "--once").Wait(); err != nil {
		t.Errorf("one pass ended with %v", err)
	}
	if len(sent) != 1 {
		t.Errorf("one pass answered %d letters", len(sent))
	}
	if err := box.Put("INBOX", withdrawal(2), time.Now()); err != nil {
		t.Fatal(err)
	}
	c := i.deaf(t, "run")
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for range 2 {
		select {
		case <-sent:
		case err := <-ended:
			t.Fatalf("the daemon ended with %v", err)
		case <-time.After(patience):
			t.Fatal("the letter is not answered")
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the daemon ended with %v", err)
	}
}

// A reload that is asked for while the daemon still opens what it needs comes after that.
func TestReloadWhileStarting(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": "policy: own.policy\n" + outOfHours()})
	policy := filepath.Join(i.dir, "own.policy")
	if err := syscall.Mkfifo(policy, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(policy, os.O_RDWR, 0) // so it has a writer when the daemon opens it
	if err != nil {
		t.Fatal(err)
	}
	d := i.start(t)
	if _, err := f.WriteString(strings.Repeat("#", 1<<17)); err != nil { // more than a pipe holds: the daemon reads
		t.Fatal(err)
	}
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(i.dir, "whole")
	writeFile(t, whole, string(rules.BuiltInSource()), 0o600)
	if err := os.Rename(whole, policy); err != nil {
		t.Fatal(err)
	}
	go func() { // a daemon that has ended reads nothing
		defer f.Close()
		f.WriteString("\n" + string(rules.BuiltInSource()))
	}()
	d.waitFor("configuration reloaded", 1)
	d.stop()
}

// manager is systemd, as far as a service talks to it.
type manager struct {
	*net.UnixConn
	socket string
}

func listening(t *testing.T) manager {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return manager{conn, socket}
}

// hear waits until something is said.
func (m manager) hear(t *testing.T, want string, within time.Duration) string {
	t.Helper()
	m.SetReadDeadline(time.Now().Add(within))
	for b := make([]byte, 100); ; {
		n, err := m.Read(b)
		if err != nil {
			t.Fatalf("systemd does not hear %s: %v", want, err)
		}
		if strings.HasPrefix(string(b[:n]), want) {
			return string(b[:n])
		}
	}
}

// systemd hears that the daemon stops when it begins to, while a letter is still in hand.
func TestStoppingIsSaidAtOnce(t *testing.T) {
	sending, heard := make(chan struct{}), make(chan struct{})
	inHand := sync.OnceFunc(func() { close(sending) })
	box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "sandbox", SMTP: sandbox.Hooks{
		OnRcpt: func(string) error { inHand(); <-heard; return nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	release := sync.OnceFunc(func() { close(heard) })
	t.Cleanup(release)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	systemd := listening(t)
	d := i.start(t, "NOTIFY_SOCKET="+systemd.socket)
	<-sending
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	systemd.hear(t, "STOPPING=1", grace/2) // after grace the letter is given up
	release()
	d.stop()
}
