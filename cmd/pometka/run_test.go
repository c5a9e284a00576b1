package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/templates"
)

func thisYear() string { return strconv.Itoa(time.Now().In(almaty).Year()) }

var almaty = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		panic(err)
	}
	return zone
}()

// installation is a configuration directory on servers of the test.
type installation struct {
	dir, config string
}

// install writes a configuration as an administrator would; extra lines are
// added to the sections by name.
func install(t testing.TB, imap, smtp string, ca []byte, extra map[string]string) installation {
	t.Helper()
	inRussian(t)
	dir := t.TempDir()
	section := func(name, addr string) string {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s:\n  host: %s\n  port: %s\n  ca_file: ca.pem\n  username: info@license.kz\n  password_file: password\n%s", name, host, port, extra[name])
	}
	body := "operator:\n  name: \"ТОО «I-License»\"\n  address: info@license.kz\n" +
		section("imap", imap) + section("smtp", smtp) + "store:\n  path: pometka.db\n" + extra[""]
	for name, content := range map[string]string{"config.yaml": body, "ca.pem": string(ca), "password": "sandbox\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return installation{dir, filepath.Join(dir, "config.yaml")}
}

// outOfHours is a section of the configuration by which nobody is at work now:
// no digest goes to staff, on whatever day and at whatever hour the test runs.
func outOfHours() string {
	far := (time.Now().In(almaty).Hour() + 12) % 24
	return fmt.Sprintf("calendar:\n  office_hours: %02d:00-%02d:30\n", far, far)
}

// call runs a command on the installation.
func (i installation) call(t *testing.T, args ...string) result {
	t.Helper()
	return pometka(t, append([]string{"--config", i.config}, args...)...)
}

func startSandbox(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

func TestRunOnce(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	if _, err := putDemoLetters(box, time.Now()); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	first := i.call(t, "list", "--json", "--all").well(t).out
	sent := len(box.Sent())
	i.call(t, "run", "--once").well(t)
	if again := i.call(t, "list", "--json", "--all").well(t).out; again != first {
		t.Errorf("a second run changed the register:\n%s\n%s", first, again)
	}
	if n := len(box.Sent()); n != sent || n == 0 {
		t.Errorf("%d letters were sent, then %d", sent, n)
	}
	i.call(t, "status").well(t)
}

// TestRunFails shows each machine trouble as one clear line and exit code 1.
func TestRunFails(t *testing.T) {
	box := startSandbox(t)
	closed := closedPort(t)
	other := startSandbox(t)
	quiet := map[string]string{"": outOfHours()}
	for _, c := range []struct {
		name string
		make func(t *testing.T) installation
		want string // in the one line
	}{
		{"wrong password", func(t *testing.T) installation {
			i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, quiet)
			if err := os.WriteFile(filepath.Join(i.dir, "password"), []byte("hunter2\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return i
		}, "imap"},
		{"unreachable server", func(t *testing.T) installation { return install(t, closed, box.SMTPAddr, box.CA, quiet) }, closed},
		{"foreign certificate", func(t *testing.T) installation {
			return install(t, box.IMAPAddr, box.SMTPAddr, other.CA, quiet)
		}, "сертификат"},
		{"no folder", func(t *testing.T) installation {
			return install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  folders: [INBOX, Nowhere]\n", "": quiet[""]})
		}, "Nowhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := c.make(t)
			r := i.call(t, "run", "--once")
			if r.code != exitFailed {
				t.Errorf("exit %d, want 1", r.code)
			}
			if strings.Count(strings.TrimSpace(r.err), "\n") > 0 || !strings.Contains(strings.ToLower(r.err), strings.ToLower(c.want)) || strings.Contains(r.err, "hunter2") {
				t.Errorf("not one clear line with %q:\n%s", c.want, r.err)
			}
			if out := i.call(t, "list", "--json", "--all").well(t).out; strings.TrimSpace(out) != "[]" {
				t.Errorf("something was half done: %s", out)
			}
		})
	}
}

// closedPort returns an address on loopback where nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A second daemon on the same database says so.
func TestRunLocked(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	i.call(t, "run", "--once").well(t)
	a := &app{streams: streams{out: os.Stdout, err: os.Stderr}, configFlag: i.config, lang: "ru"}
	a.words = mustWords(t)
	s, err := a.openServing(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	r := i.call(t, "run", "--once")
	if r.code != exitFailed || !strings.Contains(r.err, "другой процесс") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}

func mustWords(t *testing.T) *templates.Set {
	t.Helper()
	w, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A register that is gone is not begun anew beside its copies: restored, it
// answers nobody twice.
func TestRunRefusesALostRegister(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	i.write(t, "config.yaml", strings.Replace(string(config), "path: pometka.db", "path: pometka.db\n  backup: {dir: copies}", 1))
	if err := os.Mkdir(filepath.Join(i.dir, "copies"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := box.Put("INBOX", withdrawal(0), time.Now()); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t) // a first run needs no register
	saved := filepath.Join(i.dir, "copies", backupName("pometka.db", time.Now()))
	i.call(t, "backup", saved).well(t)
	register := filepath.Join(i.dir, "pometka.db")
	for _, name := range []string{register, register + "-wal", register + "-shm"} {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	for _, empty := range []bool{false, true} {
		if empty {
			i.write(t, "pometka.db", "")
		}
		if r := i.call(t, "run", "--once"); r.code != exitFailed || !strings.Contains(r.err, "pometka restore "+saved) {
			t.Errorf("an empty file %t: exit %d, %s", empty, r.code, r.err)
		}
	}
	if err := os.Remove(register); err != nil { // empty: nothing was begun
		t.Fatal(err)
	}
	i.call(t, "restore", saved).well(t)
	i.call(t, "run", "--once").well(t)
	if n := len(box.Sent()); n != 1 {
		t.Errorf("%d letters were sent, want the one acknowledgement", n)
	}
}
