package main

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Of a letter over imap.max_size, or one that could not be had, only the beginning is here.
// Wherever its bytes or its files are shown, saved or put in evidence, that is said.

// cutText says that only the beginning of a letter is here, the one at the index i of a
// request's, and where the whole of it is. "": it is here whole.
func (a *app) cutText(letters []store.Letter, i int) string {
	l := &letters[i]
	switch whole := wholeOf(letters, i); {
	case !l.Cut:
		return ""
	case whole >= 0:
		return a.t("cut.whole", i+1, whole+1)
	case slices.Contains(l.Troubles, "gone") || l.Place.Folder == "":
		return a.t("cut.gone", i+1)
	}
	return a.t("cut.mailbox", i+1, templates.Safe(l.Place.Folder), strconv.FormatUint(uint64(l.Place.UID), 10))
}

// unread reports that no more than the header of a letter could be had.
func unread(l *store.Letter) bool {
	return slices.Contains(l.Troubles, mailbox.TroubleUnreadable) || slices.Contains(l.Troubles, "gone")
}

// wholeOf is the index of the letter that is the whole of a cut one; -1: there is none. The two
// lie under one UID, or were moved between; then their sizes and Message-IDs tell.
func wholeOf(letters []store.Letter, i int) int {
	cut := &letters[i]
	for n := range letters {
		if l := &letters[n]; cut.Cut && !l.Cut && l.Size == cut.Size && l.MessageID == cut.MessageID && l.Via == cut.Via {
			return n
		}
	}
	return -1
}

// cutTexts says that of all letters of a request of which it is true.
func (a *app) cutTexts(letters []store.Letter) (all []string) {
	for i := range letters {
		if text := a.cutText(letters, i); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// endsInFile reports whether a cut letter ends in the last of its files.
func endsInFile(ctx context.Context, d *desk.Desk, l store.Letter) (ends bool, err error) {
	if !l.Cut || len(l.Attachments) == 0 {
		return false, nil
	}
	err = eachFile(ctx, d, l, func(_ mailbox.Attachment, _ []byte, cut bool) error {
		ends = cut
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return ends, err
}

// attached lists the files of all letters of a request.
func attached(ctx context.Context, d *desk.Desk, r store.Request) ([]fileJSON, error) {
	files := []fileJSON{}
	for i, l := range r.Letters {
		ends, err := endsInFile(ctx, d, l)
		if err != nil {
			return nil, err
		}
		for n, f := range l.Attachments {
			files = append(files, fileJSON{Letter: i + 1, Name: f.Name, Type: f.Type, Size: f.Size, Cut: ends && n == len(l.Attachments)-1})
		}
	}
	return files, nil
}
