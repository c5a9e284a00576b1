//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"license.kz/pometka/store"
)

// terminal is the program on a pseudo-terminal: what it writes is gathered.
type terminal struct {
	*exec.Cmd
	master, slave *os.File
	before        *term.State // of the terminal, when the program began

	mu   sync.Mutex
	out  bytes.Buffer
	more chan struct{} // something was written
}

// newTerminal opens a pseudo-terminal of 80x24.
func newTerminal(t *testing.T) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminal:", err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	x := &terminal{master: master, slave: slave, more: make(chan struct{}, 1)}
	x.resize(t, 80, 24)
	if x.before, err = term.GetState(int(slave.Fd())); err != nil {
		t.Fatal(err)
	}
	go x.gather()
	return x
}

// restored holds the terminal against what it was before.
func (x *terminal) restored(t *testing.T) {
	t.Helper()
	after, err := term.GetState(int(x.slave.Fd()))
	if err != nil || fmt.Sprint(*after) != fmt.Sprint(*x.before) {
		t.Errorf("the terminal was not restored (%v):\n%v\n%v", err, *x.before, *after)
	}
}

// onTerminal starts a command of the installation on a terminal.
func (i installation) onTerminal(t *testing.T, args ...string) *terminal {
	t.Helper()
	x := newTerminal(t)
	x.Cmd = i.process(t, args...)
	x.Stdin, x.Stdout, x.Stderr = x.slave, x.slave, x.slave
	x.Env = append(x.Env, "TERM=xterm")
	x.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *terminal) gather() {
	b := make([]byte, 64<<10)
	for {
		n, err := x.master.Read(b)
		if err != nil {
			return
		}
		x.mu.Lock()
		x.out.Write(b[:n])
		x.mu.Unlock()
		select {
		case x.more <- struct{}{}:
		default:
		}
	}
}

func (x *terminal) resize(t *testing.T, w, h uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(x.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: w, Row: h}); err != nil {
		t.Fatal(err)
	}
}

// enter sends keys and waits until the program has written something with want
// in it since.
func (x *terminal) enter(t *testing.T, keys, want string) string {
	t.Helper()
	x.mu.Lock()
	x.out.Reset()
	x.mu.Unlock()
	if _, err := x.master.WriteString(keys); err != nil {
		t.Fatal(err)
	}
	return x.await(t, want)
}

func (x *terminal) await(t *testing.T, want string) string {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		x.mu.Lock()
		out := x.out.String()
		x.mu.Unlock()
		if strings.Contains(out, want) {
			return out
		}
		select {
		case <-x.more:
		case <-deadline:
			t.Fatalf("the terminal never showed %q:\n%q", want, out)
		}
	}
}

// TestReviewTerminal drives the screens over a real terminal: with keys, a
// resize and each way to end. The terminal is then as it was before.
func TestReviewTerminal(t *testing.T) {
	i, m := reviewed(t, "ru", undecided...)
	var ends = map[string]func(t *testing.T, x *terminal){
		"q":      func(t *testing.T, x *terminal) { x.enter(t, "й", screenOff) },
		"ctrl-c": func(t *testing.T, x *terminal) { x.enter(t, "2\x03", screenOff) },
		"term":   func(t *testing.T, x *terminal) { x.Process.Signal(syscall.SIGTERM); x.await(t, screenOff) },
		"hup":    func(t *testing.T, x *terminal) { x.Process.Signal(syscall.SIGHUP); x.await(t, screenOff) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			x := i.onTerminal(t, "review")
			if s := x.await(t, "1/3"); !strings.Contains(s, screenOn) {
				t.Errorf("the screen of the shell is not kept: %q", s)
			}
			x.enter(t, "3", "Решение: это претензия")
			x.enter(t, "г", "Решения ещё нет")
			x.mu.Lock()
			x.out.Reset()
			x.mu.Unlock()
			x.resize(t, 120, 40)
			x.await(t, strings.Repeat("─", 120))
			end(t, x)
			if err := x.Wait(); err != nil {
				t.Errorf("ended with %v", err)
			}
			x.restored(t)
		})
	}
	for n := range m.numbers {
		if got := m.stored(t, n).Status; got != "review" {
			t.Errorf("%s: %s", m.numbers[n], got)
		}
	}
	x := i.onTerminal(t, "review")
	x.await(t, "1/3")
	x.enter(t, "1", "Решение: это отзыв согласия")
	x.enter(t, "т", "2/3")
	x.enter(t, "q", "Решено 1 письмо, осталось: 2")
	if err := x.Wait(); err != nil {
		t.Error(err)
	}
	if r := m.stored(t, 0); r.Kind != "consent_withdrawal" {
		t.Errorf("confirmed: %+v", r.Kind)
	}
}

// A panic leaves the terminal as it was, and is not swallowed.
func TestReviewPanics(t *testing.T) {
	x := newTerminal(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second) // or the screens would wait for a key
	defer stop()
	m := &reviewer{app: &app{}, ctx: ctx, now: store.Request{Letters: []store.Letter{{}}}} // no desk: the first screen panics
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		m.run(x.slave, x.slave)
	}()
	x.await(t, screenOff)
	x.restored(t)
}

// TestAnswerTerminal: on a terminal the letter is shown whole, and only a yes
// sends it.
func TestAnswerTerminal(t *testing.T) {
	i, m := reviewed(t, "ru", undecided[0])
	for _, word := range []string{"нет", "", "\x04"} {
		x := i.onTerminal(t, "answer", m.numbers[0], "--text", "О каких данных речь?")
		if s := x.await(t, "[да/нет]"); !strings.Contains(s, "To: <p0@mail.example>") || !strings.Contains(s, "О каких данных речь?") {
			t.Errorf("the letter is not shown:\n%s", s)
		}
		if word != "\x04" {
			word += "\n"
		}
		x.enter(t, word, "ответ не отправлен")
		if x.Wait(); x.ProcessState.ExitCode() != exitFailed {
			t.Errorf("%q: exit %d", word, x.ProcessState.ExitCode())
		}
	}
	for _, args := range [][]string{{"answer", m.numbers[0], "--text", "Ответ"}, {"forget", "p0@mail.example", "--why", "по решению суда"}} {
		x := i.onTerminal(t, args...)
		x.await(t, map[string]string{"answer": "[да/нет]", "forget": "Напишите «да»"}[args[0]])
		x.enter(t, "\x03", "прервано")
		if x.Wait(); x.ProcessState.ExitCode() != exitFailed {
			t.Errorf("%v, Ctrl-C: exit %d", args, x.ProcessState.ExitCode())
		}
	}
	x := i.onTerminal(t, "answer", m.numbers[0], "--text", "О каких данных речь?")
	x.await(t, "[да/нет]")
	x.enter(t, "да\n", "ответ для p0@mail.example в очереди")
	if err := x.Wait(); err != nil {
		t.Error(err)
	}
}
