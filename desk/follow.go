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

// Outdated reports whether another process counted the dates of the register
// anew, by another calendar or by other deadline options. What this desk
// counts from then on has to be counted once more: see Follow.
func (d *Desk) Outdated(ctx context.Context) (bool, error) {
	cause, err := d.changed(ctx)
	return cause != "", err
}

// Follow takes the calendar and the deadline options by which the register is
// counted into use, and counts once more what this desk registered by the old
// ones meanwhile. ErrOutdated: those given are not those of the register; then
// nothing changes, and above all no date moves back.
func (d *Desk) Follow(ctx context.Context, c *rules.Calendar, o rules.DeadlineOptions) (Recomputation, error) {
	before := d.Options
	d.Calendar, d.Deadlines = c, o
	if err := d.current(ctx); err != nil {
		d.Options = before
		return Recomputation{}, err
	}
	return d.Recompute(ctx, true)
}

// TroubleCalendar begins when the desk cannot follow the register, and ends
// when it does.
const TroubleCalendar = "calendar"

// current is ErrOutdated where the dates that this desk would count for a
// person's decision are not those of the register any more. The passes do not
// ask: no letter waits for a calendar.
func (d *Desk) current(ctx context.Context) error {
	outdated, err := d.Outdated(ctx)
	if err == nil && outdated {
		return ErrOutdated
	}
	return err
}
