package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// wrongPassword makes the password for IMAP a wrong one, and returns its file. That for SMTP
// stays right.
func (i installation) wrongPassword(t *testing.T) (file string) {
	t.Helper()
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(config), "smtp:\n")
	file = filepath.Join(i.dir, "password")
	for name, content := range map[string]string{
		i.config:                              before + "smtp:\n" + strings.Replace(after, "password_file: password", "password_file: smtp-password", 1),
		filepath.Join(i.dir, "smtp-password"): "sandbox\n",
		file:                                  "wrong\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// toStaff are the subjects of the letters to the operator's own address.
func toStaff(box *sandbox.Sandbox) (subjects []string) {
	for _, e := range box.Sent() {
		if e.To == "info@license.kz" {
			subjects = append(subjects, mailbox.Parse(bytes.NewReader(e.Raw)).Subject)
		}
	}
	return subjects
}

// Where cron runs it, too, a refused log-in is tried three times; then staff is told, once, and
// the account is left alone until the hour is over or the file of the password was changed.
func TestOnceLoginRefused(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	i.call(t, "run", "--once").well(t)
	password := i.wrongPassword(t)
	for try := 1; try <= refusals+2; try++ {
		r := i.call(t, "run", "--once")
		calm := strings.Contains(r.err, "трижды")
		if r.code != exitFailed || calm != (try > refusals) {
			t.Fatalf("try %d: exit %d: %s", try, r.code, r.err)
		}
		if n := len(toStaff(box)); n != min(max(try-refusals+1, 0), 1) {
			t.Fatalf("try %d: letters to staff: %q", try, toStaff(box))
		}
	}
	if err := os.WriteFile(password, []byte("sandbox\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	if told := toStaff(box); len(told) != 2 {
		t.Errorf("letters to staff: %q", told)
	}
	db, err := store.Open(t.Context(), filepath.Join(i.dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, key := range routeKeys {
		if text, err := db.Meta(t.Context(), key); text != "" || err != nil {
			t.Errorf("%s is still %q (%v)", key, text, err)
		}
	}
}

// What a process learns of the log-ins is what the next one knows.
func TestRouteMemory(t *testing.T) {
	at := time.Now()
	for n, l := range []route{
		{}, {refused: 1, lost: at}, {refused: 2, lost: at},
		{refused: 3, since: at.Add(-time.Hour), lost: at, next: at.Add(refusedPause)},
	} {
		var got route
		got.remember(l.memory())
		if got.refused != l.refused || !got.since.Equal(l.since) || !got.lost.Equal(l.lost) || !got.next.Equal(l.next) {
			t.Errorf("%d: %+v, want %+v", n, got, l)
		}
	}
	for _, text := range []string{"", "x", "3", "1 2 3 4", "-1 a"} {
		var got route
		if got.remember(text); got.paused(at) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// A mail server that is away for long is told of by the passes of cron as by a daemon.
func TestOnceTellsOfNoPass(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	i.call(t, "run", "--once").well(t)
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(box.IMAPAddr, ":")
	_, closed, _ := strings.Cut(closedPort(t), ":")
	away := strings.Replace(string(config), "port: "+port, "port: "+closed, 1)
	for _, c := range []struct {
		age  time.Duration // of the last pass
		text string
		told int
	}{{time.Minute, away, 0}, {quietLimit + time.Minute, away, 1}, {quietLimit + time.Hour, away, 1}, {0, string(config), 2}} {
		if err := os.WriteFile(i.config, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c.age > 0 {
			db, err := store.Open(t.Context(), filepath.Join(i.dir, "pometka.db"))
			if err != nil {
				t.Fatal(err)
			}
			if err := db.SetPass(t.Context(), time.Now().Add(-c.age)); err != nil {
				t.Fatal(err)
			}
			db.Close()
		}
		if r := i.call(t, "run", "--once"); (r.code == 0) != (c.age == 0) {
			t.Fatalf("exit %d: %s", r.code, r.err)
		}
		if told := toStaff(box); len(told) != c.told {
			t.Fatalf("%v behind the last pass: %q", c.age, told)
		}
	}
}
