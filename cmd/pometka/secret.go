package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// SecretRef says where a password or token is found; the configuration holds
// no secret. At most one of File, Command and Env is set.
type SecretRef struct {
	Key     string // the key of the configuration, for errors: "imap.password_file"
	File    string // absolute
	Name    string // as written, when that was relative: a systemd credential may have it
	Command []string
	Env     string

	known string // what a person has just typed (init), before any file holds it
}

// IsZero reports whether no secret is configured.
func (s SecretRef) IsZero() bool { return s.File == "" && s.Env == "" && len(s.Command) == 0 }

// Limits of a secret, and of the command that prints one.
const (
	maxSecret     = 64 << 10
	secretTimeout = 30 * time.Second
)

// Secret returns the function that finds the secret anew at every call, since
// tokens expire and passwords change. Its errors name the key and what to do,
// never the secret nor anything that a command printed.
func (s SecretRef) Secret() func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		raw, err := s.find(ctx)
		if err != nil {
			return "", phrased("secret.fault.read", s.Key, err)
		}
		secret, err := oneSecret(raw)
		if err != nil {
			return "", phrased("secret.fault.read", s.Key, err)
		}
		return secret, nil
	}
}

func (s SecretRef) find(ctx context.Context) ([]byte, error) {
	switch {
	case s.known != "":
		return []byte(s.known), nil
	case s.File != "":
		return s.fromFile()
	case len(s.Command) > 0:
		return fromCommand(ctx, s.Command, secretTimeout)
	case s.Env != "":
		v, ok := os.LookupEnv(s.Env)
		if !ok {
			return nil, phrased("secret.fault.env", s.Env)
		}
		return []byte(v), nil
	}
	return nil, phrased("secret.fault.none")
}

var errEmptySecret = errors.New("the secret is empty")

// oneSecret takes one line end away, and refuses what no server can be sent:
// nothing, or several lines.
func oneSecret(b []byte) (string, error) {
	s := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	switch {
	case s == "":
		return "", errEmptySecret
	case len(s) > maxSecret:
		return "", phrased("secret.fault.large")
	case strings.ContainsAny(s, "\r\n\x00"):
		return "", phrased("secret.fault.lines")
	}
	return s, nil
}

// fromFile reads the credential that systemd passed under the file's name
// (LoadCredential=), else the file. A credential is protected by its folder,
// and an access list on it shows as a readable group; a file must be closed to
// everybody but its owner. An empty credential is the unit's word for a file
// that was not there when the service started (SetCredential=).
func (s SecretRef) fromFile() ([]byte, error) {
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && filepath.IsLocal(s.Name) {
		b, err := readSecretFile(filepath.Join(dir, s.Name), 0o007)
		if err == nil && len(bytes.TrimSpace(b)) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
			return b, err
		}
	}
	return readSecretFile(s.File, 0o077)
}

// readSecretFile reads a regular file none of whose forbidden mode bits is set.
func readSecretFile(path string, forbidden os.FileMode) ([]byte, error) {
	// Opening a pipe would wait for its writer: look first.
	if fi, err := os.Stat(path); err != nil {
		return nil, err
	} else if !fi.Mode().IsRegular() {
		return nil, phrased("secret.fault.file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if fi.Mode().Perm()&forbidden != 0 {
		return nil, phrased("secret.fault.open", path, octal(fi.Mode().Perm()))
	}
	return io.ReadAll(io.LimitReader(f, maxSecret+3))
}

// fromCommand runs a program without a shell and takes what it prints. What
// it says on stderr is thrown away: it may hold the secret.
func fromCommand(ctx context.Context, argv []string, timeout time.Duration) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, argv[0], argv[1:]...)
	cmd.WaitDelay = 300 * time.Millisecond // for grandchildren that keep the pipe open
	alone(cmd)
	var out limitedBuffer
	cmd.Stdout = &out
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		return nil, phrased("secret.fault.slow", argv[0], formatDuration(timeout))
	case errors.As(err, new(*exec.ExitError)):
		return nil, phrased("secret.fault.command", argv[0], err)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // that: it ended well, and left somebody behind
		return nil, phrased("secret.fault.start", err)
	}
	return out.Bytes(), nil
}

// alone lets a command that is given up take all with it that it began. At a terminal
// it stays in the group of that: else it could ask nothing there, and the end of the
// line would not reach it.
func alone(cmd *exec.Cmd) {
	if tty, err := os.Open("/dev/tty"); err == nil {
		tty.Close()
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// limitedBuffer keeps the beginning of what is written to it, enough to see
// that it is too long.
type limitedBuffer struct{ bytes.Buffer }

// Write never fails, so that the writer ends by itself.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, maxSecret+3-b.Len()))])
	return len(p), nil
}

// asSecretFile reads password_file. No error quotes the value: it may be the
// password itself, put in the wrong place.
func asSecretFile(dst *SecretRef) configReader {
	return func(p configValue) {
		s, ok := p.plain(phrased("config.want.file"), "!!str")
		if !ok {
			return
		}
		s, err := oneLine(s)
		if err != nil {
			p.wrong("config.fault.only", err)
			return
		}
		dst.File = p.absolute(s)
		if !filepath.IsAbs(s) {
			dst.Name = s
		}
	}
}

var envForm = lazily(`^[A-Za-z_][A-Za-z0-9_]*$`)

// asSecretEnv reads password_env, as carefully.
func asSecretEnv(dst *SecretRef) configReader {
	return func(p configValue) {
		s, ok := p.plain(phrased("config.want.env"), "!!str")
		if ok && !envForm().MatchString(s) {
			p.wrong("config.fault.want", phrased("config.want.env.name"))
		}
		dst.Env = s
	}
}
