package desk

import (
	"context"
	"errors"

	"license.kz/pometka/rules"
)

// ErrOutdated says that the dates in the register are counted by another
// calendar or other deadline options than those of this desk: somebody brought
// a new calendar in while it was at work.
var ErrOutdated = errors.New("the calendar or the deadline options are no longer those of the register")

// Outdated reports whether another process has counted the dates of the register anew,
// by another calendar or by other deadline options. What this desk counts from then on
// must be counted once more: see Follow.
func (d *Desk) Outdated(ctx context.Context) (bool, error) {
	cause, err := d.changed(ctx)
	return cause != "", err
}

// Follow begins to use the calendar and the deadline options by which the register is
// counted, and counts once more what this desk had registered by the old ones. If those
// that are given are not those of the register, it is ErrOutdated, and nothing changes:
// above all, no date moves back.
func (d *Desk) Follow(ctx context.Context, c *rules.Calendar, o rules.DeadlineOptions) (Recomputation, error) {
	before := d.Options
	d.Calendar, d.Deadlines = c, o
	if err := d.current(ctx); err != nil {
		d.Options = before
		return Recomputation{}, err
	}
	return d.Recompute(ctx, true)
}

// current is ErrOutdated where this desk would count dates otherwise than the register
// does. It is asked before a person's decision; intake does not ask, for no letter waits
// for a calendar.
func (d *Desk) current(ctx context.Context) error {
	outdated, err := d.Outdated(ctx)
	if err == nil && outdated {
		return ErrOutdated
	}
	return err
}
