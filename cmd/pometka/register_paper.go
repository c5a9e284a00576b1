package main

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

func (a *app) registerPaper(ctx context.Context, d *desk.Desk, g registration, h desk.ByHand, who desk.Actor) (desk.Registered, error) {
	if !utf8.ValidString(g.text) || strings.ContainsRune(g.text, 0) {
		return desk.Registered{}, a.misuse("register.refused.text")
	}
	files, err := a.scans(g.attach)
	if err != nil {
		return desk.Registered{}, err
	}
	return d.RegisterPaper(ctx, desk.Paper{
		Via: store.Via(g.via), Kinds: h.Kinds, Received: h.Received, Why: h.Why, Name: g.from,
		Email: g.email, Send: g.send, Text: g.text, Documents: g.documents, Files: files,
	}, who)
}

// scans reads the files that belong to a paper, no more of them than can be
// taken. Any type will do: it is evidence, and goes to nobody.
func (a *app) scans(paths []string) ([]mailbox.File, error) {
	var files []mailbox.File
	total := 0
	for _, path := range paths {
		data, err := readRegular(path, desk.MaxPaper)
		if err != nil {
			return nil, a.fileError(path, err)
		}
		if total += len(data); total > desk.MaxPaper {
			return nil, a.misuse("register.refused.large_files", desk.MaxPaper>>20)
		}
		f, err := desk.CheckFile(path, data, files, true)
		if errors.Is(err, desk.ErrFileEmpty) {
			return nil, a.wrongFile("error.file.empty", path)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
