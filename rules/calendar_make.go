package rules

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// CalendarOptions are the operator's own part of the calendar. The zero value
// is the calendar of Kazakhstan with a five-day week.
type CalendarOptions struct {
	Week int         // working days of a week: 5 or 6; 0 = 5
	Days []DayChange // single days, stronger than any file

	DaysFile string // in which Days stand, for errors

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
		return nil, fmt.Errorf("make calendar: %w", fault("week", o.Week))
	}
	if o.File == nil && len(o.Days) == 0 && week == 5 {
		return usualCalendar(), nil
	}
	c, err := o.calendar(week)
	if err != nil {
		return nil, fmt.Errorf("make calendar: %w", err)
	}
	return c, nil
}

// usualCalendar is the one of an operator who has nothing of its own to say. Which of its
// days are working days is known, and so is its digest: that is all that most commands ask.
var usualCalendar = sync.OnceValue(func() *Calendar {
	return &Calendar{week: 5, digest: usualDigest, work: dayCountOf(usualWork), made: sync.OnceValue(func() *almanac {
		c, err := CalendarOptions{}.calendar(5)
		if err != nil { // a broken build, which the tests do not let pass
			panic(err)
		}
		return c.made()
	})}
})

// What calendar would say of the usual one; see TestUsualCalendarIsCarried.
var (
	//go:embed calendar-kz.sha256
	usualDigest string
	//go:embed calendar-kz.work
	usualWork []byte
)

func (o CalendarOptions) calendar(week int) (*Calendar, error) {
	table, own, errs := o.table()
	changes, more := o.changes()
	if errs = append(errs, more...); errs != nil {
		return nil, errors.Join(errs...)
	}
	if errs := table.gaps(own); errs != nil {
		return nil, errors.Join(errs...)
	}
	l := layout{table: table, changes: changes, week: week}
	if errs := l.contradictions(append(own, changes...)); errs != nil {
		return nil, errors.Join(errs...)
	}
	a := &almanac{days: l.days(), published: table.published(), abroad: table.abroad}
	c := &Calendar{week: week, work: a.work(week), made: func() *almanac { return a }}
	if err := c.checkYears(); err != nil {
		return nil, err
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
			where: fmt.Sprintf("%s:%d", cmp.Or(o.DaysFile, "calendar.days"), c.Line),
		}
		err := checkKind(c.Kind)
		if c.Date.IsZero() {
			err = errors.Join(err, fault("date_missing"))
		} else {
			err = errors.Join(err, checkRange(c.Date))
		}
		if first, twice := seen[c.Date]; twice {
			err = errors.Join(err, fault("changed_twice", c.Date, first))
		}
		if err != nil {
			errs = append(errs, at(r.where, err))
		}
		seen[c.Date] = c.Line
		rows = append(rows, r)
	}
	sortRows(rows)
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

// work returns the working days of the calendar's years.
func (a *almanac) work(week int) *dayCount {
	work := newDayCount(calendarDays)
	day := calendarStart.Weekday()
	for i := range calendarDays {
		work.set(i, !restDay(day, week))
		day = (day + 1) % 7
	}
	for day := range a.days.inOrder {
		work.set(day.Date.Sub(calendarStart), day.Working)
	}
	work.count()
	return work
}

func (c *Calendar) checkYears() error {
	for y := FirstYear; y <= LastYear; y++ {
		days := c.workingDays(Date{y - 1, time.December, 31}, Date{y, time.December, 31})
		if days < fewestWorkingDays {
			return fault("few_days", y, days)
		}
	}
	return nil
}

// fewestWorkingDays is the number of working days under which a year is taken
// for a mistake in the file.
const fewestWorkingDays = 150

// sum is Calendar.Digest: of every answer within the calendar's years and everything
// from which the names of days are made.
func (c *Calendar) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "week %d\n", c.week)
	var line []byte
	for day := range c.made().days.inOrder {
		line = day.Date.append(line[:0])
		line = strconv.AppendBool(append(line, ' '), day.Working)
		for _, s := range []string{string(day.Kind), day.Name.RU, day.Name.KK, day.Name.EN, day.Act} {
			line = append(strconv.AppendInt(append(line, ' '), int64(len(s)), 10), ':')
			line = append(line, s...)
		}
		h.Write(append(line, '\n'))
	}
	fmt.Fprintln(h, slices.Sorted(maps.Keys(c.made().published)))
	binary.Write(h, binary.LittleEndian, c.work.bits) // a hash takes every byte
	return hex.EncodeToString(h.Sum(nil))
}
