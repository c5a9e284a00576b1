package main

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
)

// patience is how long a test waits for what must come; far more than it takes.
const patience = 30 * time.Second

// running is a daemon in a process of its own.
type running struct {
	*exec.Cmd
	t    testing.TB
	mu   sync.Mutex
	text strings.Builder
	grew chan struct{}
	done chan struct{}
}

// start runs the daemon until the test ends.
func (i installation) start(t testing.TB, env ...string) *running {
	t.Helper()
	return i.startBinary(t, "", env...)
}

// startBinary is start of another binary than this one, unless it is "".
func (i installation) startBinary(t testing.TB, binary string, env ...string) *running {
	t.Helper()
	r := &running{Cmd: i.process(t, "run"), t: t, grew: make(chan struct{}, 1), done: make(chan struct{})}
	if binary != "" {
		r.Path = binary
	}
	r.Env = append(r.Env, env...)
	out, err := r.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.done)
		for in := bufio.NewScanner(out); in.Scan(); {
			r.mu.Lock()
			r.text.WriteString(in.Text() + "\n")
			r.mu.Unlock()
			select {
			case r.grew <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() { r.Process.Kill(); <-r.done; r.Wait() })
	return r
}

func (r *running) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// waitFor waits until the log holds a text so many times.
func (r *running) waitFor(text string, times int) {
	r.t.Helper()
	deadline := time.After(patience)
	for strings.Count(r.log(), text) < times {
		select {
		case <-r.grew:
		case <-r.done:
			r.t.Fatalf("the daemon ended before it said %q:\n%s", text, r.log())
		case <-deadline:
			r.t.Fatalf("the daemon does not say %q:\n%s", text, r.log())
		}
	}
}

// stop ends the daemon as systemd does.
func (r *running) stop() {
	r.t.Helper()
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	<-r.done
	if err := r.Wait(); err != nil {
		r.t.Errorf("the daemon ended with %v:\n%s", err, r.log())
	}
}

// accepted tells of each letter that the sandbox takes for a person.
func accepted(box *sandbox.Sandbox) <-chan string {
	ch := make(chan string, 1000)
	box.SMTP.OnDot = func(e sandbox.Envelope) error {
		if strings.HasPrefix(e.To, "person") {
			ch <- e.To
		}
		return nil
	}
	return ch
}

// A letter is acknowledged as soon as the server announces it, long before the
// poll interval ends; asked again and again, also without announcements.
func TestPush(t *testing.T) {
	for name, imap := range map[string]string{
		"idle":  "  poll: 1h\n",
		"eager": "  poll: 1h\n  eager: 50ms\n",
		"poll":  "  poll: 1s\n  idle: false\n",
	} {
		t.Run(name, func(t *testing.T) {
			box := startSandbox(t)
			sent := accepted(box)
			i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": imap, "": "acknowledge:\n  caps:\n    domain_hour: 1000\n"})
			d := i.start(t)
			d.waitFor("pometka started", 1)
			letters := 10
			if name == "poll" {
				letters = 2
			}
			var took []time.Duration
			for n := range letters {
				at := time.Now()
				if err := box.Put("INBOX", withdrawal(n), at); err != nil {
					t.Fatal(err)
				}
				select {
				case <-sent:
					took = append(took, time.Since(at))
				case <-time.After(patience):
					t.Fatalf("letter %d is not acknowledged:\n%s", n, d.log())
				}
			}
			slices.Sort(took)
			t.Logf("from arrival to acknowledgement: median %v, worst %v", took[len(took)/2], took[len(took)-1])
			d.stop()
		})
	}
}

// SIGHUP takes a new configuration into use; a wrong one is named and the old
// one stays.
func TestReload(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	d := i.start(t)
	d.waitFor("pometka started", 1)
	good, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	reload := func(config string) {
		t.Helper()
		if err := os.WriteFile(i.config, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := d.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	reload(string(good) + "reminders:\n  shedule: x\n")
	d.waitFor("configuration not reloaded, the old one stays in use", 1)
	if !strings.Contains(d.log(), "shedule") {
		t.Errorf("what is wrong is not named:\n%s", d.log())
	}
	reload(string(good) + "acknowledge:\n  templates: words\n")
	d.waitFor("configuration not reloaded", 2) // there is no such folder
	reload(string(good) + "alarm:\n  to: Ivan Petrov ivan@x\n")
	d.waitFor("configuration not reloaded", 3)
	if log := d.log(); !strings.Contains(log, "alarm.to") || strings.Contains(log, "Ivan") {
		t.Errorf("the key is not named, or a person is:\n%s", log)
	}
	reload(strings.Replace(string(good), "password_file: password", "password_file: nowhere", 1))
	d.waitFor("configuration not reloaded", 4)
	reload(string(good) + "acknowledge:\n  enabled: false\n")
	d.waitFor("configuration reloaded", 1)
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	d.waitFor("request registered", 1)
	d.stop()
	if n := len(box.Sent()); n != 0 {
		t.Errorf("%d letters were sent although acknowledgements are off now", n)
	}
	if strings.Contains(d.log(), "waiting for letters failed") {
		t.Errorf("the wait that SIGHUP ended is taken for a failure of the server:\n%s", d.log())
	}
}

// A refused log-in is tried three times; then staff is told, the process
// stays, and SIGHUP tries anew and ends the alarm.
func TestLoginRefused(t *testing.T) {
	box := startSandbox(t)
	addr := closedPort(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  poll: 1s\n", "": "http: {listen: " + addr + "}\n" + outOfHours()})
	password := i.wrongPassword(t)
	d := i.start(t)
	d.waitFor("alarm=login", 1)
	if code, body := get(t, "http://"+addr+"/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("ready while the log-in is refused: %d %s", code, body)
	}
	if code, body := get(t, "http://"+addr+"/metrics"); code != http.StatusOK || !strings.Contains(body, `pometka_trouble{code="login"} 1`) {
		t.Errorf("metrics do not name the trouble: %d %s", code, body)
	}
	if err := os.WriteFile(password, []byte("sandbox\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.waitFor("msg=recovered alarm=login", 1)
	if code, body := get(t, "http://"+addr+"/readyz"); code != http.StatusOK {
		t.Errorf("not ready although all is well again: %d %s", code, body)
	}
	d.waitFor("purpose=alarm state=sent", 2)
	d.stop()
	if tries := strings.Count(d.log(), "refused the password"); tries != refusals {
		t.Errorf("%d tries with a wrong password:\n%s", tries, d.log())
	}
	if n := strings.Count(d.log(), "msg=alarm"); n != 1 {
		t.Errorf("%d alarms, want one:\n%s", n, d.log())
	}
	var subjects int
	for _, e := range box.Sent() {
		if e.To == "info@license.kz" {
			subjects++
		}
	}
	if subjects != 2 {
		t.Errorf("%d letters to staff, want the alarm and its end", subjects)
	}
}
