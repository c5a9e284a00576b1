package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// secrets looks at the passwords and the authorities' certificates: whether
// they can be had at all is seen here, whether the server takes them elsewhere.
func (w *ward) secrets(ctx context.Context) {
	for _, s := range []struct {
		name string
		c    ServerConfig
	}{{"imap", w.cfg.IMAP.ServerConfig}, {"smtp", w.cfg.SMTP.ServerConfig}} {
		if !w.whole(s.name) {
			continue
		}
		if !s.c.Secret.IsZero() && s.c.Secret.known == "" {
			w.secret(ctx, s.c.Secret)
		}
		if s.c.CAFile != "" {
			if _, err := readData(s.c.CAFile); err != nil {
				w.add(levelMend, "secret.ca", s.name+".ca_file", w.unwrapped(err))
			}
		}
	}
}

func (w *ward) secret(ctx context.Context, s SecretRef) {
	if s.File != "" && !w.credential(s) && !w.secretFile(s) {
		return
	}
	_, err := s.Secret()(ctx)
	switch {
	case err == nil:
		w.add(levelGood, "secret.good", s.Key)
	case errors.Is(err, errEmptySecret):
		w.add(levelMend, "secret.empty", s.Key)
	default:
		w.add(levelMend, "secret.wrong", s.Key, worded(err, w.lang))
	}
}

// credential reports whether systemd passed the secret to this process.
func (w *ward) credential(s SecretRef) bool {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" || !filepath.IsLocal(s.Name) {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, s.Name))
	return err == nil
}

// secretFile looks at the file around the secret, and reports whether it is
// worth reading.
func (w *ward) secretFile(s SecretRef) bool {
	fi, err := os.Stat(s.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		w.add(levelMend, "secret.missing", s.Key, s.File)
		return false
	case err != nil:
		w.add(levelMend, "secret.denied", s.Key, s.File, w.unwrapped(err))
		return false
	case !fi.Mode().IsRegular():
		w.add(levelMend, "secret.folder", s.Key, s.File)
		return false
	case fi.Mode().Perm()&0o077 != 0:
		w.add(levelMend, "secret.open", s.Key, s.File, octal(fi.Mode().Perm()))
		return false
	}
	if o := ownerOf(fi); o != 0 && o != w.daemonUser() && w.daemonUser() >= 0 {
		w.add(levelMend, "secret.owner", s.Key, s.File, userName(o), userName(w.daemonUser()))
		return false
	}
	f, err := os.Open(s.File)
	if err != nil {
		w.add(levelMend, "secret.denied", s.Key, s.File, w.unwrapped(err))
		return false
	}
	f.Close()
	return true
}

func groupName(gid int) string {
	if g, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil {
		return g.Name
	}
	return strconv.Itoa(gid)
}

//go:noinline
func octal(m fs.FileMode) string { return fmt.Sprintf("%04o", m.Perm()) }

// unwrapped words an error without the operation and path that os puts before it.
func (a *app) unwrapped(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return worded(err, a.lang)
}
