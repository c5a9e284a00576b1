package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// ErrNoConfig means that there is no configuration file in any of the usual
// places. A command that needs none goes on without.
var ErrNoConfig = errors.New("no configuration found")

// noConfig is ErrNoConfig, with where a file was looked for.
type noConfig struct{ *phrase }

func (noConfig) Is(target error) bool { return target == ErrNoConfig }

// FindConfig returns the path of the configuration: the value of --config,
// else $POMETKA_CONFIG, else ./config.yaml, else /etc/pometka/config.yaml. The
// first two are taken as they are. A file that merely lies in the current
// folder is taken only if it belongs to the caller or root and nobody else may
// write it: what it names is run (password_command), and one would be root's
// to run in a folder such as /tmp.
func FindConfig(flag string) (path string, err error) {
	return configPlaces{
		env:    os.Getenv("POMETKA_CONFIG"),
		local:  "config.yaml",
		system: "/etc/pometka/config.yaml",
		uid:    os.Geteuid(),
	}.find(flag)
}

// configPlaces is where a configuration may be, and who asks.
type configPlaces struct {
	env, local, system string
	uid                int
}

func (c configPlaces) find(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	if c.env != "" {
		return c.env, nil
	}
	why := c.refuse(c.local)
	if why == nil {
		return c.local, nil
	}
	// A file that is there but cannot be looked at is reported by LoadConfig.
	if _, err := os.Stat(c.system); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return c.system, nil
	}
	if errors.Is(why, fs.ErrNotExist) {
		why = phrased("config.found.not_there")
	}
	return "", noConfig{phrased("config.found.none", "./"+c.local, why, c.system)}
}

// refuse says why the file must not be taken just because it is there, and
// nil if it may. A symbolic link must be as safe as what it leads to.
func (c configPlaces) refuse(path string) error {
	for _, stat := range []func(string) (fs.FileInfo, error){os.Lstat, os.Stat} {
		fi, err := stat(path)
		if err != nil {
			return err
		}
		owner, ok := fi.Sys().(*syscall.Stat_t)
		switch {
		case !ok || int(owner.Uid) != c.uid && owner.Uid != 0:
			return phrased("config.found.foreign")
		case fi.Mode()&fs.ModeSymlink != 0:
			continue
		case !fi.Mode().IsRegular():
			return phrased("config.found.no_file")
		case fi.Mode().Perm()&0o022 != 0:
			return phrased("config.found.writable", strings.TrimPrefix(path, "./"))
		}
	}
	return nil
}
