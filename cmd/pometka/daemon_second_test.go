package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A second daemon on a register says that there is one and ends, also where it comes to
// the register by a link. It talks to no server: a log-in more may be one too many.
func TestSecondDaemon(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	i.start(t).waitFor("pometka started", 1)

	addr, came := countCalls(t)
	link := filepath.Join(t.TempDir(), "register.db")
	if err := os.Symlink(filepath.Join(i.dir, "pometka.db"), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(i.dir, "pometka.db"), link} {
		for _, args := range [][]string{{"run"}, {"run", "--once"}} {
			second := install(t, addr, addr, box.CA, nil)
			config, err := os.ReadFile(second.config)
			if err != nil {
				t.Fatal(err)
			}
			second.write(t, "config.yaml", strings.Replace(string(config), "path: pometka.db", "path: "+path, 1))
			c := second.process(t, args...)
			serves := time.AfterFunc(patience, func() { c.Process.Kill() })
			out, _ := c.CombinedOutput()
			serves.Stop()
			if code := c.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(out), "pometka run") {
				t.Errorf("%v on %s: exit %d\n%s", args, path, code, out)
			}
		}
	}
	if n := came.Load(); n != 0 {
		t.Errorf("the second daemon called its servers %d times", n)
	}
}

// countCalls is a server that hangs up, and counts who calls it.
func countCalls(t *testing.T) (addr string, came *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came = new(atomic.Int32)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String(), came
}

// A daemon that cannot listen at http.listen names the key, the address and the reason, in
// each language.
func TestListenRefused(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	box := startSandbox(t)
	for _, addr := range []string{taken.Addr().String(), "192.0.2.1:9180"} {
		i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": "http:\n  listen: \"" + addr + "\"\n"})
		for _, lang := range []string{"ru", "kk", "en"} {
			want := map[string]string{"ru": "занято другой программой", "kk": "басқа бағдарлама пайдаланып тұр", "en": "another program is using it"}[lang]
			if addr != taken.Addr().String() {
				want = map[string]string{"ru": "у этой машины нет такого адреса", "kk": "бұл машинада мұндай мекенжай жоқ", "en": "this machine has no such address"}[lang]
			}
			c := i.process(t, "--lang", lang, "run")
			serves := time.AfterFunc(patience, func() { c.Process.Kill() })
			out, _ := c.CombinedOutput()
			serves.Stop()
			code, said := c.ProcessState.ExitCode(), strings.Join(strings.Fields(string(out)), " ")
			if code != exitFailed || !strings.Contains(said, "pometka: http.listen: ") || !strings.Contains(said, addr) || !strings.Contains(said, want) {
				t.Errorf("%s at %s: exit %d\n%s", lang, addr, code, out)
			}
		}
	}
}
