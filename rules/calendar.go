package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
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
	Name    Text   // of the holiday or of the move; empty for workday and weekend
	Act     string // by which act or source the day is what it is; empty for workday and weekend

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

// CalendarOptions are the operator's own part of the calendar. The zero value
// is the calendar of Kazakhstan with a five-day week.
type CalendarOptions struct {
	Week int         // working days of a week: 5 or 6; 0 = 5
	Days []DayChange // single days, stronger than any file

	// File is the operator's calendar file in the form of calendar-kz.csv,
	// nil = none. A year whose 1 January it lists is listed whole: the file's
	// days replace that year's, and the year is published unless a source says
	// "(provisional)". Days of other years change single days of what is
	// known. A file that has rows of every year (calendar-kz-yearly.csv shows
	// the form) is another country's calendar and replaces this one.
	File     []byte
	FileName string // for errors
}

// DayChange adds, moves or removes one day. A holiday added on a day off of the
// week brings the day off in its place by itself; a dayoff does not.
type DayChange struct {
	Date Date
	Kind string // one of CalendarKinds
	Name string // "" for a day without a name
	Act  string
	Line int // of the config, for errors
}

// Calendar knows which days are working days. It counts in days of the civil
// calendar and knows no time zone. It does not change and is safe for
// concurrent use.
//
// Its years are 1992-2100; outside of them only the days of the week count.
type Calendar struct {
	week      int
	days      map[Date]Day // those that are more than their day of the week
	published map[int]bool
	digest    string

	// passed[i] is the number of working days before the i-th day of the
	// calendar's years, work the numbers of the working days in order. They
	// make counting a matter of two look-ups.
	passed []int32
	work   []int32
}

var (
	calendarStart = NewDate(firstYear, time.January, 1)
	calendarEnd   = NewDate(lastYear, time.December, 31)
)

// NewCalendar returns the calendar with the operator's part laid over the
// built-in one. Its error joins everything that is wrong with the file and
// the changes, each with its line: a row that cannot be read, a day listed
// twice, a move that contradicts the days around it.
func NewCalendar(o CalendarOptions) (*Calendar, error) {
	week := o.Week
	if week == 0 {
		week = 5
	}
	if week != 5 && week != 6 {
		return nil, fmt.Errorf("make calendar: a week of %d working days: want 5 or 6", o.Week)
	}
	table, own, errs := o.table()
	changes, more := o.changes()
	if errs = append(errs, more...); errs != nil {
		return nil, fmt.Errorf("make calendar: %w", errors.Join(errs...))
	}
	l := layout{table: table, changes: changes, week: week}
	if errs := l.contradictions(append(own, changes...)); errs != nil {
		return nil, fmt.Errorf("make calendar: %w", errors.Join(errs...))
	}
	c := &Calendar{week: week, days: l.days(), published: table.published()}
	if err := c.index(); err != nil {
		return nil, fmt.Errorf("make calendar: %w", err)
	}
	c.digest = c.sum()
	return c, nil
}

// table returns the built-in table with the operator's file laid over it, and
// the rows of that file.
func (o CalendarOptions) table() (t *calTable, own []calRow, errs []error) {
	if o.File == nil {
		return builtInTable(), nil, nil
	}
	name := o.FileName
	if name == "" {
		name = "calendar file"
	}
	own, errs = readRows(name, o.File)
	t, more := newTable(own)
	return t.extend(builtInTable()), own, append(errs, more...)
}

func (o CalendarOptions) changes() (rows []calRow, errs []error) {
	seen := map[Date]int{}
	for _, c := range o.Days {
		r := calRow{
			date: c.Date, kind: c.Kind, name: Text{RU: c.Name}, act: c.Act, stated: true,
			where: fmt.Sprintf("calendar.days, line %d", c.Line),
		}
		err := checkKind(c.Kind)
		if c.Date.IsZero() {
			err = errors.Join(err, errors.New("no date"))
		} else {
			err = errors.Join(err, checkRange(c.Date))
		}
		if first, twice := seen[c.Date]; twice {
			err = errors.Join(err, fmt.Errorf("%s is changed twice: already on line %d", c.Date, first))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.where, err))
		}
		seen[c.Date] = c.Line
		rows = append(rows, r)
	}
	slices.SortFunc(rows, compareRows)
	return rows, errs
}

// published returns the years that are listed whole and hold no provisional row.
func (t *calTable) published() map[int]bool {
	years := maps.Clone(t.whole)
	for d, r := range t.days {
		if r.provisional {
			delete(years, d.Year)
		}
	}
	return years
}

// index numbers the days of the calendar's years.
func (c *Calendar) index() error {
	n := calendarEnd.Sub(calendarStart) + 1
	c.passed = make([]int32, n+1)
	c.work = make([]int32, 0, n)
	working := make([]bool, n)
	for i := range n {
		day := time.Weekday((int(calendarStart.Weekday()) + i) % 7)
		working[i] = !restDay(day, c.week)
	}
	for d, day := range c.days {
		working[d.Sub(calendarStart)] = day.Working
	}
	for i, w := range working {
		c.passed[i] = int32(len(c.work))
		if w {
			c.work = append(c.work, int32(i))
		}
	}
	c.passed[n] = int32(len(c.work))
	for y := firstYear; y <= lastYear; y++ {
		days := c.workingDays(Date{y - 1, time.December, 31}, Date{y, time.December, 31})
		if days < fewestWorkingDays {
			return fmt.Errorf("year %d has only %d working days: look for rows that are not days off", y, days)
		}
	}
	return nil
}

// fewestWorkingDays is the number of working days under which a year is taken
// for a mistake in the file.
const fewestWorkingDays = 150

// sum digests every answer within the calendar's years and everything from
// which the names of days are made.
func (c *Calendar) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "week %d\n", c.week)
	for _, d := range slices.SortedFunc(maps.Keys(c.days), Date.Compare) {
		day := c.days[d]
		fmt.Fprintf(h, "%s %t %q %q %q\n", d, day.Working, day.Kind, day.Name, day.Act)
	}
	fmt.Fprintln(h, slices.Sorted(maps.Keys(c.published)))
	binary.Write(h, binary.LittleEndian, c.work) // a hash takes every byte
	return hex.EncodeToString(h.Sum(nil))
}

// Digest returns a SHA-256 in hex that changes whenever any answer of the
// calendar could change: then open requests are counted anew.
func (c *Calendar) Digest() string { return c.digest }

// Provisional reports whether the calendar of a year is not published, but
// computed by rule or listed as provisional. Transfers can still change it.
func (c *Calendar) Provisional(year int) bool { return !c.published[year] }

// Day returns what the calendar knows of a day.
func (c *Calendar) Day(d Date) Day {
	day, special := c.days[d]
	if !special {
		day = Day{Date: d, Kind: DayWorkday, Working: true}
		if restDay(d.Weekday(), c.week) {
			day.Kind, day.Working = DayWeekend, false
		}
	}
	day.Provisional = c.Provisional(d.Year)
	return day
}

// IsWorking reports whether d is a working day.
func (c *Calendar) IsWorking(d Date) bool { return c.working(d) }

func (c *Calendar) working(d Date) bool { return working(d, c.week, c.days) }

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
	if i := from.Sub(calendarStart); i >= 0 && i < len(c.passed)-1 {
		at := int(c.passed[i]) + n // in c.work, for negative n
		if n > 0 {
			at = int(c.passed[i+1]) + n - 1
		}
		if at >= 0 && at < len(c.work) {
			return calendarStart.AddDays(int(c.work[at]))
		}
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		from = from.AddDays(step)
		if c.working(from) {
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
	if i >= 0 && j < len(c.passed) {
		return int(c.passed[j] - c.passed[i])
	}
	n := 0
	for d := after.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if c.working(d) {
			n++
		}
	}
	return n
}

// Remaining returns the working days left from today to due: 0 on the due
// date, the number of working days in (today, due] before it. After it the
// result is negative, -1 on the first working day and on the days off before
// that, then one less on each further working day.
func (c *Calendar) Remaining(today, due Date) int {
	if today.After(due) {
		return -max(1, c.workingDays(due, today))
	}
	return c.workingDays(today, due)
}
