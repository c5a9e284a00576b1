package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// secretOf asks for the secret that the lines of the section imap lead to.
func secretOf(t *testing.T, dir, lines string) (string, error) {
	t.Helper()
	c, problems := parseConfig(filepath.Join(dir, "config.yaml"), []byte("imap: {username: a, "+lines+"}\n"), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c.IMAP.Secret.Secret()(t.Context())
}

func TestSecretFile(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		mode          os.FileMode
		want, err     string
	}{
		{"plain", "s3cret", 0o600, "s3cret", ""},
		{"one line end", "s3cret\n", 0o400, "s3cret", ""},
		{"line end of another system", "s3cret\r\n", 0o600, "s3cret", ""},
		{"blanks belong to it", " пароль \n", 0o600, " пароль ", ""},
		{"empty", "\n", 0o600, "", "the secret is empty"},
		{"two lines", "s3cret\nmore\n", 0o600, "", "want one line, the secret alone"},
		{"zero byte", "s3cret\x00", 0o600, "", "want one line, the secret alone"},
		{"huge", strings.Repeat("s3cret", 20000), 0o600, "", "more than 64 KB"},
		{"readable by the group", "s3cret", 0o640, "", "run chmod 600"},
		{"readable by all", "s3cret", 0o604, "", "run chmod 600"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "secret"), tt.content, tt.mode)
			got, err := secretOf(t, dir, "password_file: secret")
			checkSecret(t, got, err, tt.want, tt.err)
		})
	}
}

// checkSecret wants the secret, or an error that names the key and the remedy
// and not the secret.
func checkSecret(t *testing.T, got string, err error, want, wantErr string) {
	t.Helper()
	if got != want {
		t.Errorf("secret %q, want %q", got, want)
	}
	switch {
	case (err != nil) != (wantErr != ""):
		t.Errorf("error %v, want %q", err, wantErr)
	case err != nil && (!strings.Contains(err.Error(), wantErr) || !strings.HasPrefix(err.Error(), "read imap.")):
		t.Errorf("error %v, want %q with the key", err, wantErr)
	case err != nil && strings.Contains(err.Error(), "s3cret"):
		t.Errorf("the error repeats the secret: %v", err)
	}
}

func TestSecretFileMissing(t *testing.T) {
	_, err := secretOf(t, t.TempDir(), "password_file: secret")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want one that says that the file is not there", err)
	}
}

// A pipe would block a log-in until somebody writes to it.
func TestSecretFileIsPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "secret"), 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	got, err := secretOf(t, dir, "password_file: secret")
	checkSecret(t, got, err, "", "is no ordinary file")
}

// systemd puts credentials into a folder of its own, readable through an
// access list that shows as a group.
func TestSecretCredential(t *testing.T) {
	dir, credentials := t.TempDir(), t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	writeFile(t, filepath.Join(dir, "secret"), "from the file", 0o600)
	got, err := secretOf(t, dir, "password_file: secret")
	checkSecret(t, got, err, "from the file", "")

	writeFile(t, filepath.Join(credentials, "secret"), "from systemd\n", 0o440)
	got, err = secretOf(t, dir, "password_file: secret")
	checkSecret(t, got, err, "from systemd", "")

	got, err = secretOf(t, dir, "password_file: "+filepath.Join(dir, "secret"))
	checkSecret(t, got, err, "from the file", "")
	got, err = secretOf(t, filepath.Join(dir, "x"), "password_file: ../secret")
	checkSecret(t, got, err, "from the file", "")

	writeFile(t, filepath.Join(credentials, "secret"), "\n", 0o440) // the unit's word for a file that is not there
	got, err = secretOf(t, dir, "password_file: secret")
	checkSecret(t, got, err, "from the file", "")

	writeFile(t, filepath.Join(credentials, "secret"), "from systemd\n", 0o444)
	got, err = secretOf(t, dir, "password_file: secret")
	checkSecret(t, got, err, "", "run chmod 600")
}

func TestSecretEnv(t *testing.T) {
	t.Setenv("POMETKA_TEST_SECRET", "s3cret")
	got, err := secretOf(t, t.TempDir(), "password_env: POMETKA_TEST_SECRET")
	checkSecret(t, got, err, "s3cret", "")
	got, err = secretOf(t, t.TempDir(), "password_env: POMETKA_TEST_NO_SECRET")
	checkSecret(t, got, err, "", "the environment variable POMETKA_TEST_NO_SECRET is not set")
}

func TestSecretCommand(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "show"), "#!/bin/sh\nprintf 's3cret for %s\\n' \"$1\"\n", 0o700)
	for _, tt := range []struct{ name, argv, want, err string }{
		{"beside the file", "[./show, imap]", "s3cret for imap", ""},
		{"no shell", "[./show, '$HOME;ls']", "s3cret for $HOME;ls", ""},
		{"in the path", "[printf, s3cret]", "s3cret", ""},
		{"fails", "[sh, -c, 'echo s3cret; echo s3cret >&2; exit 3']", "", "sh: exit status 3: run it by hand"},
		{"says nothing", "['true']", "", "the secret is empty"},
		{"never stops", "[sh, -c, 'head -c 1000000 /dev/zero']", "", "more than 64 KB"},
		{"not there", "[./none]", "", "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := secretOf(t, dir, "password_command: "+tt.argv)
			checkSecret(t, got, err, tt.want, tt.err)
		})
	}
}

func TestSecretCommandTimeout(t *testing.T) {
	_, err := fromCommand(t.Context(), []string{"sh", "-c", "sleep 5 & wait"}, 50*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "no answer within 50ms") {
		t.Errorf("error %v, want one about the time", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("shutting down"))
	if _, err = fromCommand(ctx, []string{"sleep", "60"}, time.Minute); err == nil || !strings.Contains(err.Error(), "shutting down") {
		t.Errorf("error %v, want the cause", err)
	}
}

// A command that printed the secret and ended well has done its work, whoever of those that
// it began still holds its output.
func TestSecretCommandLeavesAHelper(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	hold, err := os.OpenFile(pipe, os.O_RDWR, 0) // the helper reads it until this is closed
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	got, err := fromCommand(t.Context(), []string{"sh", "-c", "(read x <'" + pipe + "') & echo good"}, time.Minute)
	if err != nil || string(got) != "good\n" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := hold.WriteString("end\n"); err != nil {
		t.Error(err)
	}
}

// What a command began ends with it where it is given up.
func TestSecretCommandTakesItsChildrenAlong(t *testing.T) {
	if tty, err := os.Open("/dev/tty"); err == nil {
		tty.Close()
		t.Skip("at a terminal they are left to that")
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		f, err := os.Open(pipe) // waits for somebody who writes
		if err == nil {
			defer f.Close()
			_, err = io.ReadAll(f) // and for the end of all of them
		}
		ended <- err
	}()
	if _, err := fromCommand(t.Context(), []string{"sh", "-c", "sleep 600 >'" + pipe + "' & wait"}, time.Second); err == nil {
		t.Fatal("no error of a command that hangs")
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("what it began outlives it")
	}
}

func TestSecretNone(t *testing.T) {
	if _, err := (SecretRef{Key: "smtp"}).Secret()(t.Context()); err == nil {
		t.Error("a secret out of nothing")
	}
}
