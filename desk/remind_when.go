package desk

import (
	"context"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// digestDue reports whether the time of a digest has come.
func (d *Desk) digestDue(ctx context.Context, now time.Time) (bool, error) {
	if !d.atWork(now) {
		return false, nil
	}
	last, err := d.lastTime(ctx, store.MetaLastRemind, now)
	return err == nil && !d.digestAt(last, now).After(now), err
}

// NextDigest returns when the next digest goes out, if anything is due then;
// now if it is overdue.
func (d *Desk) NextDigest(ctx context.Context) (time.Time, error) {
	now := d.Now()
	last, err := d.lastTime(ctx, store.MetaLastRemind, now)
	if err != nil {
		return time.Time{}, err
	}
	if at := d.digestAt(last, now); at.After(now) {
		return at, nil
	}
	return d.opens(now), nil
}

// digestAt is the time of the digest that follows the last one (zero: there was
// none; a last digest in the future is a clock that was wrong). The schedule may
// have fired while nobody was at work, or while the program was down: that is
// made up for by the next firing of the working day that follows, and at its
// beginning only where the schedule has none, for nobody gets two a day.
func (d *Desk) digestAt(last, now time.Time) time.Time {
	if d.Reminders.Next == nil {
		return d.opens(now)
	}
	today := d.DayBegins(rules.DateIn(now, d.Zone))
	fired, missed := today, true
	if !last.IsZero() {
		if next := d.firing(last); !next.Before(today) {
			fired, missed = next, false
		}
	}
	at := d.opens(fired)
	if at.Equal(fired) && !missed {
		return at
	}
	day := rules.DateIn(at, d.Zone)
	if next := d.firing(d.DayBegins(day).Add(-1)); rules.DateIn(next, d.Zone) == day && d.atWork(next) {
		return next
	}
	return at
}

// firing is when reminders.schedule fires next after t. It goes by the clock on the
// wall as if no zone ever changed: cron leaves out a day on which its hour is the
// one that is skipped, and fires twice in one that comes twice.
func (d *Desk) firing(t time.Time) time.Time {
	return onWall(d.Reminders.Next(onWall(t.In(d.Zone), time.UTC)), d.Zone)
}

func onWall(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// lastTime reads an instant from the small facts of the register; zero when it
// was never set, or lies ahead.
func (d *Desk) lastTime(ctx context.Context, name string, now time.Time) (time.Time, error) {
	text, err := d.Store.Meta(ctx, name)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.After(now) {
		return time.Time{}, nil
	}
	return at, nil
}
