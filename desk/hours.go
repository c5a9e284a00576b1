package desk

import (
	"time"

	"license.kz/pometka/rules"
)

// Hours are the office hours of a working day, as times since midnight in the
// operator's zone. Zero Hours are the whole day.
type Hours struct{ From, To time.Duration }

func (h Hours) withDefaults() Hours {
	if h.To <= h.From {
		return Hours{0, 24 * time.Hour}
	}
	return h
}

// atWork reports whether staff is in the office at an instant.
func (d *Desk) atWork(t time.Time) bool {
	h, clock := d.Reminders.Hours.withDefaults(), d.clock(t)
	return d.Calendar.IsWorking(rules.DateIn(t, d.Zone)) && clock >= h.From && clock < h.To
}

// clock is the time of the day. It is read off the clock on the wall, so that
// a day on which the zone changes has its hours where people expect them.
func (d *Desk) clock(t time.Time) time.Duration {
	t = t.In(d.Zone)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// opens returns the first instant from t on at which staff is in the office:
// t itself within the hours.
func (d *Desk) opens(t time.Time) time.Time {
	if d.atWork(t) {
		return t
	}
	h, day := d.Reminders.Hours.withDefaults(), rules.DateIn(t, d.Zone)
	if !d.Calendar.IsWorking(day) || d.clock(t) >= h.From {
		day = d.Calendar.NextWorking(day)
	}
	return time.Date(day.Year, day.Month, day.Day, 0, 0, int(h.From/time.Second), 0, d.Zone) // by the clock on the wall
}
