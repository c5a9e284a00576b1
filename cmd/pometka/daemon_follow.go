package main

import (
	"context"
	"errors"
	"fmt"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
)

// follow keeps the daemon at the calendar of the register: after `calendar
// import`, or a change of the configuration that another command came upon
// first, the dates of all open requests are counted by that. Of the
// configuration only what dates are counted by is read anew.
//
// Where the daemon cannot follow (the file is broken, or a newer program
// brought newer days), letters are registered all the same, staff is told, and
// no date moves back.
func (d *daemon) follow(ctx context.Context) error {
	outdated, err := d.Outdated(ctx)
	if err != nil {
		return fmt.Errorf("compare calendars: %w", err)
	}
	if outdated {
		err = d.catchUp(ctx)
	}
	if err == nil {
		d.behind = false
		return d.Clear(ctx, desk.TroubleCalendar)
	}
	if !d.behind {
		d.log.Error("the register is counted by another calendar: restart pometka", "error", err)
		d.behind = true
	}
	return d.Raise(ctx, desk.TroubleCalendar, 0, d.Now())
}

// catchUp reads the calendar and the deadline options from the configuration as
// it is now, and counts by them if they are those of the register.
func (d *daemon) catchUp(ctx context.Context) error {
	next := *d.app
	cfg, err := next.config(NeedStore)
	if err != nil {
		return err
	}
	if cfg.Store.Path != d.serving.cfg.Store.Path {
		return errors.New("store.path is another one")
	}
	calendar, err := calendarOf(cfg)
	if err != nil {
		return err
	}
	done, err := d.Follow(ctx, calendar, rules.DeadlineOptions{Statutory: cfg.Deadlines.Statutory, Targets: cfg.Deadlines.Targets})
	if err != nil {
		return err
	}
	d.log.InfoContext(ctx, "calendar taken over from the configuration", "moved", len(done.Moved))
	return nil
}
