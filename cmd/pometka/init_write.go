package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"license.kz/pometka/templates"
)

// write makes the files of the installation, the configuration last, and
// replaces none. Where one cannot be made, those of this call are taken away.
func (s *setup) write(config string) (made []string, err error) {
	defer func() {
		if err != nil {
			for _, path := range made {
				os.Remove(path) // a folder only while it is empty
			}
			made = nil
		}
	}()
	add := func(path string, mode fs.FileMode, text string) error {
		err := makeFile(path, mode, text)
		if err == nil {
			made = append(made, path)
		}
		return err
	}
	for _, x := range s.accounts() {
		if x.password == "" {
			continue
		}
		if err := add(s.absolute(x.file), 0o600, x.password+"\n"); err != nil {
			return made, err
		}
	}
	dir := s.absolute(s.backups)
	if _, err := os.Stat(filepath.Dir(dir)); err == nil { // else the doctor says what to make
		switch err := os.Mkdir(dir, 0o770); {
		case errors.Is(err, fs.ErrExist):
		case err != nil:
			return made, fmt.Errorf("make folder for backups: %w", err)
		default:
			made = append(made, dir)
			if err := likeFolder(dir); err != nil {
				return made, err
			}
		}
	}
	// There is no secret in it, and staff, daemon and administrator read it.
	return made, add(s.path, 0o644, config)
}

// makeFile writes a file that is not there yet.
func makeFile(path string, mode fs.FileMode, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("make %s: %w", filepath.Base(path), err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = likeFolder(path)
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("make %s: %w", filepath.Base(path), err)
	}
	return nil
}

// likeFolder gives what root makes to the owner of the folder it lies in: the
// daemon has to read it.
func likeFolder(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	fi, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return os.Lchown(path, int(st.Uid), int(st.Gid))
	}
	return nil
}

// initDone says what was made and what comes next.
func (a *app) initDone(s *setup, made []string, asked bool) {
	a.printf("\n")
	for _, path := range made {
		a.say(a.t("init.made", templates.Safe(path)))
	}
	for _, x := range s.accounts() {
		if ok, _ := statRegular(s.absolute(x.file)); !ok && len(x.command) == 0 {
			a.say(a.t("init.no_password", templates.Safe(s.absolute(x.file))))
		}
	}
	if !asked && s.policy == "" && !strings.EqualFold(s.address, s.policyFile.Operator.Address) {
		a.say(a.t("init.foreign", s.policyFile.Operator.Name.In(a.lang)))
	}
	call := "pometka"
	if where, err := FindConfig(""); err != nil || where != s.path && s.absolute(where) != s.path {
		call += " --config " + templates.Safe(s.path)
	}
	last := call + " run"
	if s.packaged() {
		last = "systemctl enable --now pometka"
	}
	a.printf("\n%s\n  %s doctor\n  %s run --once\n  %s\n", a.t("init.next"), call, call, last)
}
