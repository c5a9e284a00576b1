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

// digestAt is the time of the digest that follows the last one; last is zero where there was
// none. If the schedule fired while nobody was at work, or while the program did not run,
// that digest goes out at the next firing on the working day that follows; at the beginning
// of that day only if the schedule does not fire on it, since nobody gets two digests a day.
// A schedule that counts from the last digest has no hour of that day: it goes out at once.
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
	if at.Equal(fired) && !missed || d.Reminders.Every {
		return at
	}
	day := rules.DateIn(at, d.Zone)
	if next := d.firing(d.DayBegins(day).Add(-1)); rules.DateIn(next, d.Zone) == day && d.atWork(next) {
		return next
	}
	return at
}

// firing is when reminders.schedule fires next after t.
func (d *Desk) firing(t time.Time) time.Time { return Firing(d.Reminders.Next, t, d.Zone) }

// Firing is when a schedule fires next after t, by the clock on the wall, as if no zone
// ever changed its time. With the change, cron would not fire on a day on which its hour is
// skipped, and would fire twice in an hour that comes twice.
func Firing(next func(time.Time) time.Time, t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	at := onWall(next(onWall(t, time.UTC)), zone)
	if !at.After(t) { // a skipped hour that stands for the one before, or the first of two
		return next(t)
	}
	return at
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
