package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

func (a *app) registerPaper(ctx context.Context, d *desk.Desk, g registration, h desk.ByHand, who desk.Actor) (desk.Registered, error) {
	if !utf8.ValidString(g.text) || strings.ContainsRune(g.text, 0) {
		return desk.Registered{}, usage(errors.New(a.t("register.refused.text")))
	}
	files, err := a.readFiles(g.attach)
	if err != nil {
		return desk.Registered{}, err
	}
	return d.RegisterPaper(ctx, desk.Paper{
		Via: store.Via(g.via), Kinds: h.Kinds, Received: h.Received, Why: h.Why, Name: g.from,
		Email: g.email, Send: g.send, Text: g.text, Documents: g.documents, Files: files,
	}, who)
}

// readFiles reads the files to be attached, no more of them than can be taken.
func (a *app) readFiles(paths []string) ([]mailbox.File, error) {
	var files []mailbox.File
	left := int64(desk.MaxPaper) + 1
	for _, path := range paths {
		f, err := a.openRegular(path)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(f, left))
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("read file to attach: %w", err)
		}
		left -= int64(len(data))
		files = append(files, mailbox.File{Name: filepath.Base(path), Type: fileType(path), Data: data})
	}
	return files, nil
}

// fileType is the media type of what offices scan and send, by the end of its
// name; "" for another. The tables of the system would differ from one machine
// to the next.
func fileType(path string) string {
	return map[string]string{
		".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff",
		".heic": "image/heic", ".webp": "image/webp", ".txt": "text/plain", ".rtf": "application/rtf", ".doc": "application/msword",
		".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".odt": "application/vnd.oasis.opendocument.text",
		".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".wav": "audio/wav", ".zip": "application/zip",
	}[strings.ToLower(filepath.Ext(path))]
}
