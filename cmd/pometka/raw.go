package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// rawCommand gives a letter byte for byte as it was received. It never goes to
// a terminal: the bytes are the sender's.
func (a *app) rawCommand() *cobra.Command {
	which, file := 1, ""
	c := &cobra.Command{
		Use: "raw N", Short: a.t("help.raw"), Example: a.example("raw"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withRequest(c, args[0], func(d *desk.Desk, r store.Request) error {
				if which < 1 || which > len(r.Letters) {
					return a.misuse("raw.which", which, len(r.Letters))
				}
				letter := r.Letters[which-1].ID
				var err error
				if file != "" && file != "-" {
					err = a.rawFile(c, d, letter, file)
				} else {
					err = a.toStdout(func(w io.Writer) error { return a.rawTo(c, d, letter, w) }, "raw.terminal", templates.ShortNumber(r.Number))
				}
				if text := a.cutText(r.Letters, which-1); err == nil && text != "" {
					a.sayAside(text)
				}
				return err
			})
		},
	}
	c.Flags().IntVar(&which, "letter", 1, a.t("help.raw.letter"))
	c.Flags().StringVarP(&file, "output", "o", "", a.t("help.raw.output"))
	return c
}

func (a *app) rawTo(c *cobra.Command, d *desk.Desk, letter int64, w io.Writer) error {
	err := d.Store.Raw(c.Context(), letter, w)
	if errors.Is(err, store.ErrNotFound) {
		return coded{exitFailed, errors.New(a.t("raw.gone"))}
	}
	return err
}

// rawFile writes a letter into a new file.
func (a *app) rawFile(c *cobra.Command, d *desk.Desk, letter int64, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("save letter: %w", err)
	}
	err = a.rawTo(c, d, letter, f)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return err
	}
	a.printf("%s\n", a.t("raw.saved", templates.Safe(path)))
	return nil
}
