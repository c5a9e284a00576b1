package rules

import (
	"math"
	"time"
)

// The years that a calendar knows. Outside of them only the days of the week
// count.
const (
	FirstYear = 1992
	LastYear  = 2100
)

// DayKind says why a day is a working day or is none.
type DayKind string

// The kinds of days. Only DayTransferred says nothing about Day.Working: an
// act moves a day off from one day, which becomes a working day, to another.
const (
	DayWorkday     DayKind = "workday"     // an ordinary working day
	DayWeekend     DayKind = "weekend"     // a day off of the week
	DayHoliday     DayKind = "holiday"     // Law on holidays, art. 2, 3
	DayOff         DayKind = "dayoff"      // 7 January, Kurban-ait: never shifted (Labour Code, art. 84)
	DayObserved    DayKind = "observed"    // off in place of a holiday on a day off (Law on holidays, art. 5)
	DayTransferred DayKind = "transferred" // moved by an act (Labour Code, art. 85)
)

// Day is one day of the calendar.
type Day struct {
	Date    Date
	Working bool
	Kind    DayKind
	Name    Text   // of the holiday or of the move; empty for workday and weekend, unless an act made it that
	Act     string // by which act or source the day is what it is; as Name

	// Provisional says that the calendar of the day's year is not published.
	Provisional bool
}

// Year is one year of the calendar.
type Year struct {
	Number      int
	Provisional bool
	Total       int     // working days of the year
	WorkingDays [12]int // working days of each month
	Days        []Day   // every day
}

// Calendar knows which days are working days. It counts in days of the civil
// calendar and knows no time zone. It does not change and is safe for
// concurrent use.
type Calendar struct {
	digest string
	week   int             // working days of a week, outside of the calendar's years
	work   *dayCount       // the working days of those
	made   func() *almanac // the rest, made when first asked for
}

// almanac is what a calendar knows of its years.
type almanac struct {
	days      *dayTable // those that are more than their day of the week
	published map[int]bool
	abroad    bool
}

var (
	calendarStart = NewDate(FirstYear, time.January, 1)
	calendarEnd   = NewDate(LastYear, time.December, 31)
	calendarDays  = calendarEnd.Sub(calendarStart) + 1
)

// Digest returns a SHA-256 in hex that changes whenever any answer of the
// calendar could change: then open requests are counted anew.
func (c *Calendar) Digest() string { return c.digest }

// Abroad reports whether the operator's file is the calendar of another country.
func (c *Calendar) Abroad() bool { return c.made().abroad }

// Provisional reports whether the calendar of a year is not published, but
// computed by rule or listed as provisional. Transfers can still change it.
func (c *Calendar) Provisional(year int) bool { return !c.made().published[year] }

// Day returns what the calendar knows of a day.
func (c *Calendar) Day(d Date) Day {
	day := Day{Date: d, Kind: DayWorkday, Working: true}
	if special := c.made().days.at(d); special != nil {
		day = *special
	} else if restDay(d.Weekday(), c.week) {
		day.Kind, day.Working = DayWeekend, false
	}
	day.Provisional = c.Provisional(d.Year)
	return day
}

// IsWorking reports whether d is a working day.
func (c *Calendar) IsWorking(d Date) bool {
	if i := d.Sub(calendarStart); i >= 0 && i < calendarDays {
		return c.work.has(i)
	}
	return !restDay(d.Weekday(), c.week)
}

// Year returns a year of the calendar.
func (c *Calendar) Year(number int) Year {
	y := Year{Number: number, Provisional: c.Provisional(number)}
	for d := NewDate(number, time.January, 1); d.Year == number; d = d.AddDays(1) {
		day := c.Day(d)
		if day.Working {
			y.Total++
			y.WorkingDays[d.Month-1]++
		}
		y.Days = append(y.Days, day)
	}
	return y
}

// NextWorking returns the first working day after d.
func (c *Calendar) NextWorking(d Date) Date { return c.AddWorking(d, 1) }

// AddWorking returns the n-th working day after from; from itself for 0, and
// the n-th working day before it for a negative n.
func (c *Calendar) AddWorking(from Date, n int) Date {
	if n == 0 {
		return from
	}
	if i := from.Sub(calendarStart); i >= 0 && i < calendarDays {
		nth := c.work.before(i) + n // for negative n
		if n > 0 {
			nth = c.work.before(i+1) + n - 1
		}
		if nth >= 0 && nth < c.work.all() {
			return calendarStart.AddDays(c.work.nth(nth))
		}
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		from = from.AddDays(step)
		if c.IsWorking(from) {
			n--
		}
	}
	return from
}

// workingDays returns the number of working days in (after, to].
func (c *Calendar) workingDays(after, to Date) int {
	i, j := after.Sub(calendarStart)+1, to.Sub(calendarStart)+1
	if i >= j {
		return 0
	}
	if i >= 0 && j <= calendarDays {
		return c.work.before(j) - c.work.before(i)
	}
	n := 0
	for d := after.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if c.IsWorking(d) {
			n++
		}
	}
	return n
}

// Remaining returns the working days left from today to due: 0 on the due
// date, the number of working days in (today, due] before it. After it the
// result is negative, -1 on the first working day and on the days off before
// that, then one less on each further working day. The zero due of a request
// whose terms stand still never comes: it is math.MaxInt32 days away.
func (c *Calendar) Remaining(today, due Date) int {
	if due.IsZero() {
		return math.MaxInt32
	}
	if today.After(due) {
		return -max(1, c.workingDays(due, today))
	}
	return c.workingDays(today, due)
}

// Changed is a day on which two calendars differ.
type Changed struct{ Was, Is Day }

// Since returns the days of the calendar's years on which c differs from old,
// in order: what an import or a change of the config does. That a year was
// published changes no day.
func (c *Calendar) Since(old *Calendar) []Changed {
	var changed []Changed
	for d := calendarStart; !d.After(calendarEnd); d = d.AddDays(1) {
		was, is := old.Day(d), c.Day(d)
		same := was
		same.Provisional = is.Provisional
		if is != same {
			changed = append(changed, Changed{was, is})
		}
	}
	return changed
}
