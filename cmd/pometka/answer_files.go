package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/templates"
)

// maxText is far more than anybody writes to a person, and stops a wrong file.
const maxText = 256 << 10

// readText reads the words of an answer; «-» is stdin.
func (a *app) readText(ctx context.Context, path string) (string, error) {
	wrong := func(key string, args ...any) error {
		return usage(errors.New(a.t(key, append([]any{templates.Safe(path)}, args...)...)))
	}
	var text []byte
	var err error
	if path == "-" {
		text, err = io.ReadAll(io.LimitReader(a.stdin(ctx), maxText+1))
	} else {
		text, err = readRegular(path, maxText)
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, errNotRegular):
		return "", wrong("error.file.regular")
	case err != nil:
		return "", wrong("error.file.read", a.unwrapped(err))
	case len(text) > maxText:
		return "", wrong("error.file.text_large", maxText>>10)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return "", wrong("error.file.utf8")
	}
	if s := strings.TrimSpace(string(text)); s != "" {
		return s, nil
	}
	return "", wrong("error.file.empty")
}

// readFiles reads what is to be attached, and refuses what no server would take
// or no person should send unawares.
func (a *app) readFiles(paths []string, anyType bool) ([]mailbox.File, error) {
	var files []mailbox.File
	total := 0
	for _, path := range paths {
		wrong := func(key string, args ...any) error {
			return usage(errors.New(a.t(key, append([]any{templates.Safe(path)}, args...)...)))
		}
		data, err := readRegular(path, desk.MaxAnswer)
		switch total += len(data); {
		case errors.Is(err, errNotRegular):
			return nil, wrong("error.file.regular")
		case err != nil:
			return nil, wrong("error.file.read", a.unwrapped(err))
		case total > desk.MaxAnswer:
			return nil, usage(errors.New(a.t("answer.too_large", desk.MaxAnswer/1_000_000)))
		}
		f, err := desk.CheckFile(path, data, files, anyType)
		switch {
		case errors.Is(err, desk.ErrFileType):
			return nil, wrong("error.file.type")
		case errors.Is(err, desk.ErrFileEmpty):
			return nil, wrong("error.file.empty")
		case err != nil:
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// errNotRegular says that a path names a folder, a device or a pipe.
var errNotRegular = errors.New("not a regular file")

// readRegular reads at most one byte more than limit of a regular file: a pipe
// or a device could go on for ever.
func readRegular(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path) // before opening: a pipe would wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// readData reads a file that the configuration or a command names, such as a policy or
// a calendar. It need not be a regular one, but one without end is left alone.
func readData(path string) ([]byte, error) {
	f, err := os.Open(path)
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

// printFiles lists the attachments of a letter that is about to be sent.
func (a *app) printFiles(reply desk.Reply) {
	for _, f := range reply.Files {
		a.printf("  %s\n", a.t("answer.attached", f.Name, a.fileSize(len(f.Data))))
	}
}

// fileSize words a size as people read it.
func (a *app) fileSize(bytes int) string {
	if bytes < 1_000_000 {
		return a.t("size.kb", max((bytes+999)/1000, 1))
	}
	return a.t("size.mb", fmt.Sprintf("%.1f", float64(bytes)/1_000_000))
}
