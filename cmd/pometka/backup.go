package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) backupCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "backup FILE", Short: a.t("help.backup"), Long: a.t("help.backup.long"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error { return a.backup(c.Context(), args[0]) },
	})
}

func (a *app) restoreCommand() *cobra.Command {
	var to string
	c := a.withJSON(&cobra.Command{
		Use: "restore FILE [--to FILE]", Short: a.t("help.restore"), Long: a.t("help.restore.long"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error { return a.restore(c.Context(), args[0], to) },
	})
	c.Flags().StringVar(&to, "to", "", a.t("help.flag.restore_to"))
	return c
}

// copiedJSON is what backup and restore print with --json.
type copiedJSON struct {
	File      string `json:"file"`
	Bytes     int64  `json:"bytes"`
	Events    int64  `json:"events"`
	Taken     string `json:"taken,omitempty"`
	Held      int    `json:"held,omitempty"`
	Uncertain int    `json:"uncertain,omitempty"`
}

// backup makes one copy, beside whoever works on the register.
func (a *app) backup(ctx context.Context, file string) error {
	cfg, err := a.config(NeedStore)
	if err != nil {
		return err
	}
	if err := a.named(file); err != nil {
		return err
	}
	done, err := store.Backup(ctx, cfg.Store.Path, file)
	if err != nil {
		return a.copyError(err, file)
	}
	if a.json {
		return a.printJSON(copiedJSON{File: file, Bytes: done.Bytes, Events: done.Events})
	}
	a.say(a.t("backup.done", templates.Safe(file), a.fileSize(int(done.Bytes)), done.Events))
	return nil
}

// restore makes the register of a copy. It holds the daemon's lock meanwhile:
// a daemon whose file was taken away would go on writing into nothing.
func (a *app) restore(ctx context.Context, file, to string) error {
	cfg, err := a.config(NeedStore)
	if err != nil {
		return err
	}
	if err := a.named(to); err != nil {
		return err
	}
	if to == "" {
		to = cfg.Store.Path
	}
	if _, err := os.Lstat(to); err == nil {
		return a.copyError(fs.ErrExist, to)
	}
	lock, err := store.Acquire(to)
	if err != nil {
		return err
	}
	defer lock.Release()
	who, err := a.actor()
	if err != nil {
		return err
	}
	done, err := store.Restore(ctx, file, to, who.String(), time.Now())
	if err != nil {
		return a.copyError(err, to)
	}
	if a.json {
		return a.printJSON(copiedJSON{
			File: to, Bytes: done.Bytes, Events: done.Events, Taken: stamp(done.Taken, cfg.Calendar.Zone), Held: done.Held, Uncertain: done.Uncertain,
		})
	}
	a.say(a.t("restore.done", templates.Safe(to), a.fileSize(int(done.Bytes)), done.Events))
	if !done.Taken.IsZero() {
		a.say(a.t("restore.taken", a.moment(done.Taken, cfg.Calendar.Zone)))
	}
	if n := done.Held + done.Uncertain; n > 0 {
		a.say(a.t("restore.held", n))
	}
	a.say(a.t("restore.next"))
	return nil
}

// copyError words what a person can mend about a copy, and names the file that
// is at fault.
func (a *app) copyError(err error, file string) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		file = p.Path
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return a.wrongFile("backup.exists", file)
	case errors.Is(err, store.ErrUnsound), errors.Is(err, store.ErrDamaged):
		return coded{exitWanting, phrased("backup.unsound", file)}
	case errors.Is(err, store.ErrNotRegister):
		return usage(phrased("backup.other", file))
	}
	return err
}
