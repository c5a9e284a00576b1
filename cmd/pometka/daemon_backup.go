package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// backupAgain is how long the daemon waits after a copy that failed.
const backupAgain = time.Hour

// startBackup makes the copy that is due by store.backup.schedule, beside the
// passes. One that was missed while the daemon was down is made at its start:
// what is due is computed from the newest copy in the folder, not from a timer.
func (d *daemon) startBackup(ctx context.Context) error {
	cfg, now := d.serving.cfg, d.Now()
	b := cfg.Store.Backup
	if b.Dir == "" || d.copying || now.Before(d.copyAfter) {
		return nil
	}
	if list, err := backupFiles(b.Dir, cfg.Store.Path, now); err == nil && len(list) > 0 {
		newest := list[len(list)-1]
		if !newest.ahead(now) && now.Before(b.after(newest.at, cfg.Calendar.Zone)) {
			return nil
		}
	}
	d.copying = true
	d.beside.Go(func() { d.copied <- mailbox.Survive(func() error { return makeBackup(ctx, cfg, now) }) }) // whose failure is a trouble
	return nil
}

// backedUp notes how a copy ended.
func (d *daemon) backedUp(ctx context.Context, err error) error {
	d.copying = false
	if err != nil {
		d.copyAfter = d.Now().Add(backupAgain)
		d.log.Error("backup failed", "error", err)
	} else {
		d.log.Info("backup made")
	}
	return d.BackedUp(ctx, err == nil)
}

// makeBackup makes one copy, named by its moment, and then removes the oldest
// of the copies that are more than store.backup.keep. Nothing else in the
// folder is ever touched, and nothing is removed when no copy could be made.
func makeBackup(ctx context.Context, cfg *Config, now time.Time) error {
	b := cfg.Store.Backup
	if _, err := store.Backup(ctx, cfg.Store.Path, filepath.Join(b.Dir, backupName(cfg.Store.Path, now))); err != nil {
		return err
	}
	list, err := backupFiles(b.Dir, cfg.Store.Path, now)
	if err != nil {
		return fmt.Errorf("list copies: %w", err)
	}
	var errs []error
	for len(list) > b.Keep {
		if err := os.Remove(list[0].path); err != nil {
			errs = append(errs, fmt.Errorf("remove old copy: %w", err))
		}
		list = list[1:]
	}
	return errors.Join(errs...)
}
