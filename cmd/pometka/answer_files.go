package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
)

// maxText is far more than anybody writes to a person, and stops a wrong file.
const maxText = 256 << 10

// readText reads the words of an answer; «-» is stdin.
func (a *app) readText(ctx context.Context, path string) (string, error) {
	wrong := func(key string, args ...any) error { return a.wrongFile(key, path, args...) }
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
	case err != nil:
		return "", a.fileError(path, err)
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
		data, err := readRegular(path, desk.MaxAnswer)
		switch total += len(data); {
		case err != nil:
			return nil, a.fileError(path, err)
		case total > desk.MaxAnswer:
			return nil, a.misuse("answer.too_large", desk.MaxAnswer/1_000_000)
		}
		f, err := desk.CheckFile(path, data, files, anyType)
		switch {
		case errors.Is(err, desk.ErrFileType):
			return nil, a.wrongFile("error.file.type", path)
		case errors.Is(err, desk.ErrFileEmpty):
			return nil, a.wrongFile("error.file.empty", path)
		case err != nil:
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// printFiles lists the attachments of a letter that is about to be sent.
func (a *app) printFiles(reply desk.Reply) {
	for _, f := range reply.Files {
		a.printf("  %s\n", a.t("answer.attached", f.Name, a.fileSize(len(f.Data))))
	}
}
