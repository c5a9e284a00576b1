package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// fileJSON is one element of attachments --json.
type fileJSON struct {
	Letter int    `json:"letter"` // of the request, from 1
	Name   string `json:"name"`   // as the sender named it
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Saved  string `json:"saved,omitempty"` // where it was written
	Cut    bool   `json:"cut,omitempty"`   // there is more of it than is here
}

func (a *app) attachmentsCommand() *cobra.Command {
	folder := ""
	c := a.withJSON(&cobra.Command{
		Use: "attachments N", Short: a.t("help.attachments"), Long: a.t("help.attachments.long"), Example: a.example("attachments"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withRequest(c, args[0], func(d *desk.Desk, r store.Request) error {
				files, err := a.filesOf(c.Context(), d, r, folder)
				if err != nil {
					return err
				}
				return a.printAttached(r, files)
			})
		},
	})
	c.Flags().StringVar(&folder, "save", "", a.t("help.attachments.save"))
	return c
}

// filesOf lists the files of all letters of a request; with a folder, it saves
// them there.
func (a *app) filesOf(ctx context.Context, d *desk.Desk, r store.Request, folder string) ([]fileJSON, error) {
	if folder == "" {
		return attached(ctx, d, r)
	}
	if err := a.named(folder); err != nil {
		return nil, err
	}
	files := []fileJSON{}
	for i, l := range r.Letters {
		err := eachFile(ctx, d, l, func(f mailbox.Attachment, data []byte, cut bool) error {
			path, err := a.saveFile(folder, safeFileName(f.Name, len(files)+1), data)
			files = append(files, fileJSON{i + 1, f.Name, f.Type, int64(len(data)), path, cut})
			return err
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			a.errorf("%s\n", a.t("attachments.gone", i+1))
		case err != nil:
			return nil, err
		}
	}
	return files, nil
}

// eachFile reads the files out of a stored letter.
func eachFile(ctx context.Context, d *desk.Desk, l store.Letter, f func(mailbox.Attachment, []byte, bool) error) error {
	r, w := io.Pipe()
	read := make(chan error, 1)
	go func() {
		err := d.Store.Raw(ctx, l.ID, w)
		w.CloseWithError(err)
		read <- err
	}()
	err := mailbox.Files(r, l.Cut, f)
	r.CloseWithError(err) // nil: the rest is read to its end by nobody
	if raw := <-read; err == nil && raw != nil && !errors.Is(raw, io.ErrClosedPipe) {
		return raw
	}
	return err
}

func (a *app) printAttached(r store.Request, files []fileJSON) error {
	cut := a.cutTexts(r.Letters)
	if a.json {
		for _, text := range cut {
			a.sayAside(text)
		}
		return a.printJSON(files)
	}
	if len(files) == 0 && len(cut) == 0 {
		a.printf("%s\n", a.t("attachments.none", r.Number))
		return nil
	}
	for _, f := range files {
		size := a.fileSize(int(f.Size))
		room := max(a.width()-columns(size)-2, 20)
		a.printf("%s  %s\n", pad(fileTitle(f.Name, f.Type), room), size)
		if f.Saved != "" {
			a.printf("%s\n", clip("    "+templates.Safe(f.Saved), a.width()))
		}
		if f.Cut {
			a.printf("    %s\n", a.t("attachments.cut"))
		}
	}
	for _, text := range cut {
		a.say(text)
	}
	if len(files) > 0 && files[0].Saved == "" {
		a.say(a.t("attachments.next", templates.ShortNumber(r.Number)))
	}
	return nil
}

// fileTitle names a file on the screen: its name, or its type where it has none.
func fileTitle(name, kind string) string {
	if strings.TrimSpace(name) == "" {
		return templates.Safe(kind)
	}
	return templates.Safe(name)
}

// longestName bounds a file name, in bytes: file systems take 255, and the
// number that tells two of one name apart must fit.
const longestName = 120

// safeFileName makes the name that a sender gave to a file into one that can
// do no harm on any system: no folder, no character that hides, turns the
// direction or means something to a shell, no device of Windows, no hidden
// file. number is its place among the files, for one that has no name.
func safeFileName(name string, number int) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*$&;!'(){}[]~#%^=+`+"`", r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ReplaceAll(templates.Safe(name), "·", "_"))
	name = strings.TrimLeft(strings.Join(strings.Fields(name), " "), ".-_ ")
	ext := filepath.Ext(name)
	if len(ext) > 16 {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for len(stem) > longestName-len(ext) {
		_, n := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-n]
	}
	stem = strings.TrimRight(stem, ". ")
	if stem == "" || reserved[strings.ToLower(strings.TrimSpace(strings.SplitN(stem, ".", 2)[0]))] {
		stem = strings.TrimRight(fmt.Sprintf("file-%d-%s", number, stem), "-")
	}
	return strings.TrimRight(stem+ext, ". ")
}

// reserved are names that Windows takes for devices.
var reserved = func() map[string]bool {
	m := map[string]bool{"con": true, "prn": true, "aux": true, "nul": true}
	for _, digit := range "0123456789¹²³" {
		m["com"+string(digit)], m["lpt"+string(digit)] = true, true
	}
	return m
}()

// saveFile writes a new file that only its owner may read and nobody may run;
// where the name is taken it gets a number. The folder is made with its first file.
func (a *app) saveFile(folder, name string, data []byte) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	ext := filepath.Ext(name)
	for i := 1; i < 1000; i++ {
		path := filepath.Join(folder, name)
		if i > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), i, ext))
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("save attachment: %w", err)
		}
		_, err = f.Write(data)
		if err := errors.Join(err, f.Close()); err != nil {
			os.Remove(path) // half a file would pass for a whole one
			return "", fmt.Errorf("save attachment: %w", err)
		}
		return path, nil
	}
	return "", a.misuse("error.attachments.names", templates.Safe(name))
}
