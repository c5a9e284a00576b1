package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"license.kz/pometka/templates"
)

// errNotRegular says that a path names a folder, a device or a pipe.
var errNotRegular = errors.New("not a regular file")

// openRegular opens a file: a pipe or a device would wait, or go on for ever.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	return os.Open(path)
}

// statRegular reports whether a path is an ordinary file.
func statRegular(path string) (bool, error) {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular(), err
}

// readRegular reads at most one byte more than limit of a regular file.
func readRegular(path string, limit int64) ([]byte, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// openData opens a file, a device or a pipe such as a shell makes of <(…). A pipe
// that nobody writes into is empty: waiting for its writer would be deaf to Ctrl-C
// (open(2) blocks, fifo(7)).
func openData(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// readData reads a file that the configuration or a command names, such as a policy or
// a calendar. It need not be a regular one, but one without end is left alone.
func readData(path string) ([]byte, error) {
	f, err := openData(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostData+1))
	if len(data) > mostData {
		return nil, &fs.PathError{Op: "read", Path: path, Err: syscall.EFBIG}
	}
	return data, err
}

// mostData is far above any such file.
const mostData = 8 << 20

// toStdout writes bytes for a program: -o - and no -o at all. On a terminal they would
// do harm; the sentence says what to do instead.
func (a *app) toStdout(write func(io.Writer) error, key string, args ...any) error {
	if f, ok := a.out.(*os.File); ok && isTerminal(f) {
		return a.misuse(key, args...)
	}
	return write(a.out)
}

// named refuses "-" where only a file or a folder will do. One of that name is ./-.
func (a *app) named(path string) error {
	if path == "-" {
		return a.misuse("error.file.stdout")
	}
	return nil
}

// writeNew makes a file that only its owner may read, and leaves none behind
// if that fails. A file that is there already is not touched.
func (a *app) writeNew(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return a.wrongFile("export.exists", path)
	}
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	if err = errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		os.Remove(path)
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// fileError words why a file cannot be read.
func (a *app) fileError(path string, err error) error {
	if errors.Is(err, errNotRegular) {
		return a.wrongFile("error.file.regular", path)
	}
	return a.wrongFile("error.file.read", path, a.unwrapped(err))
}

// wrongFile is misuse about a file that the command line names: the sentence takes
// its path first.
func (a *app) wrongFile(key, path string, args ...any) error {
	return a.misuse(key, append([]any{templates.Safe(path)}, args...)...)
}

// fileSize words a size as people read it.
func (a *app) fileSize(bytes int) string {
	if bytes < 1_000_000 {
		return a.t("size.kb", max((bytes+999)/1000, 1))
	}
	return a.t("size.mb", fmt.Sprintf("%.1f", float64(bytes)/1_000_000))
}
