// Package packaging_test tries what packaging makes: the package is installed,
// started, upgraded and purged on a copy of this machine that forgets it all.
package packaging_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come; far more than it takes.
const patience = 3 * time.Minute

// machines counts them, for names.
var machines atomic.Int32

// machine is a copy of this machine in name spaces of its own: what happens in
// it stays in memory and ends with the test. Only the network is shared.
type machine struct {
	*testing.T
	pid int
}

// startMachine starts a machine whose process 1 is systemd. It skips where the
// kernel or the user's rights do not allow that, unless POMETKA_REQUIRE_MACHINE
// is set.
func startMachine(t *testing.T) *machine {
	t.Helper()
	unable := t.Skipf
	if os.Getenv("POMETKA_REQUIRE_MACHINE") != "" {
		unable = t.Fatalf
	}
	if os.Getuid() != 0 {
		unable("only root can make a machine")
	}
	for _, tool := range []string{"/lib/systemd/systemd", "/usr/bin/dpkg", "/usr/bin/nsenter", "/usr/bin/unshare"} {
		if _, err := os.Stat(tool); err != nil {
			unable("no machine can be made: %v", err)
		}
	}
	name := fmt.Sprintf("pometka-trial-%d-%d", os.Getpid(), machines.Add(1))
	group, err := controlGroup(t, name)
	if err != nil {
		unable("no control group can be made: %v", err)
	}
	up, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "@" + name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer up.Close()
	c := exec.Command("/usr/bin/unshare", "--cgroup", "testdata/machine", t.TempDir(), "NOTIFY_SOCKET="+up.LocalAddr().String(),
		"/lib/systemd/systemd", "--system", "--unit=basic.target", "--log-target=journal", "--show-status=0")
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UseCgroupFD: true, CgroupFD: int(group.Fd()), Pdeathsig: syscall.SIGKILL,
	}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the machine ends with the thread that made it
		defer close(ended)
		err := c.Start()
		started <- err
		if err == nil {
			c.Wait()
			up.Close()
		}
	}()
	if err := <-started; err != nil {
		unable("no machine can be made: %v", err)
	}
	t.Cleanup(func() { c.Process.Kill(); <-ended })
	if err := ready(up); err != nil {
		c.Process.Kill()
		<-ended
		unable("the machine does not start: %v\n%s", err, said.String())
	}
	return &machine{t, c.Process.Pid}
}

// ready waits until systemd says that it has started (sd_notify(3)).
func ready(up *net.UnixConn) error {
	up.SetReadDeadline(time.Now().Add(patience))
	for b := make([]byte, 4096); ; {
		n, err := up.Read(b)
		if err != nil || strings.Contains("\n"+string(b[:n])+"\n", "\nREADY=1\n") {
			return err
		}
	}
}

// controlGroup makes a control group for the machine's processes.
func controlGroup(t *testing.T, name string) (*os.File, error) {
	mounts, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		if len(f) < 3 || f[2] != "cgroup2" {
			continue
		}
		dir := filepath.Join(f[1], name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
		t.Cleanup(func() { removeGroup(t, dir) })
		g, err := os.Open(dir)
		if err == nil {
			t.Cleanup(func() { g.Close() })
		}
		return g, err
	}
	return nil, errors.New("no cgroup2 is mounted")
}

func removeGroup(t *testing.T, dir string) {
	var groups []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			groups = append(groups, path)
		}
		return nil
	})
	for i := len(groups) - 1; i >= 0; i-- {
		if err := os.Remove(groups[i]); err != nil {
			t.Error(err)
		}
	}
}

// try runs a script in the machine, as root, and returns what it prints.
func (m *machine) try(script string) (string, error) {
	c := exec.CommandContext(m.Context(), "/usr/bin/nsenter", "--target", strconv.Itoa(m.pid), "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root",
		"/usr/bin/env", "-i", "--chdir=/", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "bash", "-euo", "pipefail", "-c", script)
	out, err := c.CombinedOutput()
	return string(out), err
}

// do is try of what must succeed.
func (m *machine) do(script string) string {
	m.Helper()
	out, err := m.try(script)
	if err != nil {
		m.Fatalf("%s\n%v\n%s", script, err, out)
	}
	return strings.TrimSuffix(out, "\n")
}

// want holds what a script prints against what it should.
func (m *machine) want(script, want string) {
	m.Helper()
	if got := m.do(script); got != want {
		m.Errorf("%s\nprints %s\nwant   %s", script, got, want)
	}
}

// path is where a file of the machine is found from outside.
func (m *machine) path(name string) string { return fmt.Sprintf("/proc/%d/root%s", m.pid, name) }

// put copies a file into the machine.
func (m *machine) put(from, to string, mode os.FileMode) {
	m.Helper()
	in, err := os.Open(from)
	if err != nil {
		m.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(m.path(to), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		m.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		m.Fatal(err)
	}
}
