package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/templates"
)

// program writes a shell script and returns its path.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tell")
	writeFile(t, path, "#!/bin/sh\n"+script, 0o700)
	return path
}

// alarming is a daemon of which only the alarms work.
func alarming(command ...string) (*daemon, *bytes.Buffer) {
	var log bytes.Buffer
	cfg := DefaultConfig()
	cfg.Alarm.Command = command
	cfg.IMAP.Secret.Env = "MAIL_PASSWORD"
	return &daemon{serving: &serving{cfg: cfg, log: slog.New(slog.NewTextHandler(&log, nil)), calls: new(alarmCalls)}}, &log
}

var broken = desk.Alert{Code: desk.TroubleLogin, MailBroken: true, Letter: templates.Letter{Subject: "Тревога", Body: "Почтовый сервер не принимает пароль.\n"}}

// The command gets the text on its standard input, its arguments as they are
// configured, and an environment without our secrets; where mail tells of the
// trouble, it is not run.
func TestAlarmCommand(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	t.Setenv("MAIL_PASSWORD", "hunter2")
	t.Setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
	t.Setenv("NOTIFY_SOCKET", "/run/notify")
	path := program(t, `{ for a in "$@"; do echo "arg $a"; done; env; echo --; cat; echo == ; } >> "$OUT"`)
	t.Setenv("OUT", out)
	d, log := alarming(path, "+77010000000", "; echo $HOME 'x")
	quiet := broken
	quiet.MailBroken = false
	d.tell(quiet)
	late := broken
	late.Again = true
	d.tell(late)
	ended := broken
	ended.Recovered, ended.Subject = true, "Устранено"
	d.tell(ended)
	d.calls.finish()
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	runs := strings.Split(strings.TrimSuffix(string(data), "==\n"), "==\n")
	if len(runs) != 2 {
		t.Fatalf("%d runs: %s", len(runs), data)
	}
	for i, want := range []struct{ subject, state string }{{"Тревога", "begun"}, {"Устранено", "ended"}} {
		head, text, _ := strings.Cut(runs[i], "--\n")
		if text != want.subject+"\n\n"+broken.Body {
			t.Errorf("text: %q", text)
		}
		lines := strings.Split(head, "\n")
		for _, line := range []string{"arg +77010000000", "arg ; echo $HOME 'x", "POMETKA_ALARM=login", "POMETKA_ALARM_STATE=" + want.state} {
			if !slices.Contains(lines, line) {
				t.Errorf("the command was not told %q:\n%s", line, head)
			}
		}
		for _, secret := range []string{"hunter2", "MAIL_PASSWORD", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"} {
			if strings.Contains(head, secret) {
				t.Errorf("the command was told %q:\n%s", secret, head)
			}
		}
	}
	if n := strings.Count(log.String(), "msg=alarm "); n != 1 || strings.Count(log.String(), "does not tell of the alarm") != 1 || strings.Contains(log.String(), "failed") || strings.Contains(log.String(), "+7701") {
		t.Errorf("log:\n%s", log)
	}
}

// A command that does not end holds up nobody, and the next alarm waits for it.
func TestAlarmCommandIsBeside(t *testing.T) {
	fifo, out := filepath.Join(t.TempDir(), "go"), filepath.Join(t.TempDir(), "out")
	for _, state := range []string{".begun", ".ended"} {
		if err := syscall.Mkfifo(fifo+state, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GO", fifo)
	t.Setenv("OUT", out)
	d, log := alarming(program(t, `read go < "$GO.$POMETKA_ALARM_STATE"; echo "$go $POMETKA_ALARM_STATE" >> "$OUT"`))
	ended := broken
	ended.Recovered = true
	d.tell(broken)
	d.tell(ended) // and comes here while the first waits to be let go
	writeFile(t, fifo+".begun", "one\n", 0o600)
	writeFile(t, fifo+".ended", "two\n", 0o600)
	d.calls.finish()
	if data, err := os.ReadFile(out); err != nil || string(data) != "one begun\ntwo ended\n" {
		t.Errorf("%q, %v\n%s", data, err, log)
	}
}

// A command that fails, is missing or never ends is a line in the log, and
// nothing that it started lives on.
func TestAlarmCommandFails(t *testing.T) {
	d, log := alarming(program(t, "echo some secret; echo more >&2; exit 3"))
	d.tell(broken)
	d.calls.finish()
	if got := log.String(); !strings.Contains(got, "alarm.command failed") || !strings.Contains(got, "exit status 3") || strings.Contains(got, "secret") {
		t.Errorf("log:\n%s", got)
	}
	d, log = alarming("/nowhere/tell")
	d.tell(broken)
	d.calls.finish()
	if !strings.Contains(log.String(), "no such file") {
		t.Errorf("log:\n%s", log)
	}
	// What the command starts holds the pipe for as long as it lives.
	fifo := filepath.Join(t.TempDir(), "alive")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(fifo, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	hangs := program(t, "(echo up; exec sleep 600) > "+fifo+" & wait")
	err = runAlarm([]string{hangs}, os.Environ(), "text", 500*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "not done within") {
		t.Errorf("got %v", err)
	}
	if err := pipe.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(pipe); err != nil || string(said) != "up\n" {
		t.Errorf("what the command started is still there: it said %q, then %v", said, err)
	}
	if err := runAlarm([]string{program(t, "exit 0")}, nil, strings.Repeat("x", 1<<20), alertPatience); err != nil {
		t.Errorf("a command that reads nothing: %v", err)
	}
}
