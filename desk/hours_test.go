package desk

import (
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// cairo is a zone whose clocks are put forward at midnight, and a calendar.
func cairo(t *testing.T) (*time.Location, *rules.Calendar) {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := rules.NewCalendar(rules.CalendarOptions{Week: 5})
	if err != nil {
		t.Fatal(err)
	}
	return zone, cal
}

// On a day on which the clocks are put forward at midnight the office opens when the
// clock on the wall says so.
func TestOpensByTheWall(t *testing.T) {
	zone, cal := cairo(t)
	d := New(Options{Zone: zone, Calendar: cal, Reminders: Reminders{Hours: Hours{9 * time.Hour, 18 * time.Hour}}})
	for _, from := range []time.Time{
		time.Date(2026, 4, 23, 20, 0, 0, 0, zone), // Thursday; at midnight it is one o'clock
		time.Date(2026, 4, 24, 5, 0, 0, 0, zone),
	} {
		if got, want := d.opens(from), time.Date(2026, 4, 24, 9, 0, 0, 0, zone); !got.Equal(want) {
			t.Errorf("from %v: %v, want %v", from, got, want)
		}
	}
}

// A digest at half past midnight goes out on that day too, right after the hour that
// the clocks leave out; and where an hour comes twice, once.
func TestDigestInASkippedHour(t *testing.T) {
	zone, cal := cairo(t)
	cron := func(hour, minute int) func(time.Time) time.Time { // which asks what the clock shows, as the library does
		return func(t time.Time) time.Time {
			for t = t.Truncate(time.Minute).Add(time.Minute); t.Hour() != hour || t.Minute() != minute; t = t.Add(time.Minute) {
			}
			return t
		}
	}
	d := New(Options{Zone: zone, Calendar: cal, Reminders: Reminders{Next: cron(0, 30)}})
	last := time.Date(2026, 4, 23, 0, 30, 0, 0, zone)
	if got, want := d.digestAt(last, last.Add(time.Minute)), time.Date(2026, 4, 24, 1, 30, 0, 0, zone); !got.Equal(want) {
		t.Errorf("after %v: %v, want %v", last, got, want)
	}
	d.Reminders.Next = cron(23, 30)                                 // on 29 October that comes twice
	last = time.Date(2026, 10, 29, 20, 30, 0, 0, time.UTC).In(zone) // the first time
	if got := d.digestAt(last, last.Add(time.Minute)); got.Sub(last) < 20*time.Hour {
		t.Errorf("after %v: a second digest at %v", last, got)
	}
}

// A schedule of every day fires on Saturday, too: that digest goes out at Monday's
// firing, not at the opening before it, after which Monday's would be a second.
func TestDigestAfterAWeekendKeepsItsHour(t *testing.T) {
	zone, cal := cairo(t)
	daily := func(t time.Time) time.Time {
		next := time.Date(t.Year(), t.Month(), t.Day(), 10, 0, 0, 0, t.Location())
		for !next.After(t) {
			next = next.AddDate(0, 0, 1)
		}
		return next
	}
	d := New(Options{Zone: zone, Calendar: cal, Reminders: Reminders{Next: daily, Hours: Hours{9 * time.Hour, 18 * time.Hour}}})
	friday, saturday := time.Date(2026, 5, 15, 10, 0, 0, 0, zone), time.Date(2026, 5, 16, 12, 0, 0, 0, zone)
	if got, want := d.digestAt(friday, saturday), time.Date(2026, 5, 18, 10, 0, 0, 0, zone); !got.Equal(want) {
		t.Errorf("the digest of Saturday goes out at %v, want %v", got, want)
	}
}

// A schedule that counts from the last digest has one on the next working day, at a look
// that comes every few minutes, wherever in the day its count ends.
func TestDigestEverySoLong(t *testing.T) {
	zone, cal := cairo(t)
	for every, hours := range map[time.Duration]Hours{
		12 * time.Hour: {8 * time.Hour, 12 * time.Hour},
		18 * time.Hour: {9 * time.Hour, 18 * time.Hour},
		24 * time.Hour: {9 * time.Hour, 24 * time.Hour},
	} {
		next := func(t time.Time) time.Time { return t.Add(every) }
		d := New(Options{Zone: zone, Calendar: cal, Reminders: Reminders{Next: next, Every: true, Hours: hours}})
		last := time.Date(2026, 5, 15, 0, 0, 5, 0, zone).Add(hours.From) // Friday
		due := 0
		for now := last.Add(time.Minute); now.Before(d.DayBegins(rules.NewDate(2026, 5, 19))); now = now.Add(7 * time.Minute) {
			if d.atWork(now) && !d.digestAt(last, now).After(now) {
				due++
				last = now
			}
		}
		if due != 1 {
			t.Errorf("every %v: %d digests until Monday is over, want one", every, due)
		}
	}
}
