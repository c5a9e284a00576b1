package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// demoMarker is the file by which the demo knows a directory of its own; no
// other directory is ever emptied.
const demoMarker = ".pometka-demo"

// freshDemoDir makes the demo's directory, or takes out of it what an earlier
// demo left there. The directory is this demo's alone until it is released: one
// that serves, or a daemon, would go on with files that nobody finds any more.
func (a *app) freshDemoDir(dir string) (release func() error, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read demo directory: %w", err)
	case len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMarker && e.Type().IsRegular() }):
		return nil, a.misuse("error.demo.dir", templates.Safe(dir))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make demo directory: %w", err)
	}
	// The marker comes first: whatever happens next, the directory is known.
	marker, err := os.OpenFile(filepath.Join(dir, demoMarker), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("mark demo directory: %w", err)
	}
	if err = syscall.Flock(int(marker.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
		err = emptyDemoDir(dir)
	}
	switch {
	case err == nil:
		return marker.Close, nil
	case errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, store.ErrLocked):
		err = phrased("error.demo.busy", dir)
	default:
		err = fmt.Errorf("empty demo directory: %w", err)
	}
	marker.Close()
	return nil, err
}

// demoFiles are the files that a demo makes anew, beside the letters in sent.
// Whatever else lies in its directory belongs to somebody, and stays; so does the
// lock of the register, which is held meanwhile.
var demoFiles = []string{"config.yaml", "ca.pem", "password", "pometka.db", "pometka.db-wal", "pometka.db-shm"}

func emptyDemoDir(dir string) error {
	daemon, err := store.Acquire(filepath.Join(dir, "pometka.db"))
	if err != nil {
		return err
	}
	defer daemon.Release()
	names := slices.Clone(demoFiles)
	// A link leads to letters that no demo made.
	if fi, err := os.Lstat(filepath.Join(dir, "sent")); err == nil && !fi.IsDir() {
		return &fs.PathError{Op: "read", Path: filepath.Join(dir, "sent"), Err: syscall.ENOTDIR}
	}
	sent, err := os.ReadDir(filepath.Join(dir, "sent"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range sent {
		if filepath.Ext(e.Name()) == ".eml" {
			names = append(names, filepath.Join("sent", e.Name()))
		}
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// demoConfig is the configuration that the demo leaves behind.
const demoConfig = `# Made by pometka demo. The servers named here run only while the demo does
# (pometka demo --serve keeps them up); the commands that need no server work.
operator:
  name: "ТОО «I-License»"
  address: info@license.kz
imap:
  host: 127.0.0.1
  port: %s
  ca_file: ca.pem
  username: info@license.kz
  password_file: password
smtp:
  host: 127.0.0.1
  port: %s
  ca_file: ca.pem
  username: info@license.kz
  password_file: password
store:
  path: pometka.db
log:
  level: warn
`

func writeDemoConfig(dir string, box *sandbox.Sandbox) error {
	_, imap, err := net.SplitHostPort(box.IMAPAddr)
	if err != nil {
		return err
	}
	_, smtp, err := net.SplitHostPort(box.SMTPAddr)
	if err != nil {
		return err
	}
	for _, f := range []struct{ name, body string }{
		{"config.yaml", fmt.Sprintf(demoConfig, imap, smtp)},
		{"ca.pem", string(box.CA)},
		{"password", demoPassword + "\n"},
	} {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.body), 0o600); err != nil {
			return fmt.Errorf("write demo directory: %w", err)
		}
	}
	return nil
}

// writeSent leaves every letter that was sent as a file.
func writeSent(ctx context.Context, db *store.DB, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder for sent letters: %w", err)
	}
	mails, err := db.Outbox(ctx, []store.MailState{store.MailSent})
	if err != nil {
		return err
	}
	for _, m := range mails {
		full, err := db.Mail(ctx, m.ID)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", m.ID)), full.Raw, 0o600); err != nil {
			return fmt.Errorf("write sent letter: %w", err)
		}
	}
	return nil
}
