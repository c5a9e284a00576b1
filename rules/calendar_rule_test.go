package rules

import (
	"strings"
	"testing"
	"time"
)

// unlisted returns the calendar as the rules alone make it, without the days
// that calendar-kz.csv lists.
func unlisted(t *testing.T, week int) *Calendar {
	t.Helper()
	c, err := NewCalendar(CalendarOptions{Week: week, File: calendarKZYearly, FileName: "calendar-kz-yearly.csv"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What acts decided year by year and no rule can know: transfers, and the
// observed day that one of them took away.
func TestRulesMakeTheListedYears(t *testing.T) {
	listed, computed := newCalendar(t, CalendarOptions{}), unlisted(t, 5)
	moved := map[Date]bool{}
	for d := NewDate(2020, 1, 1); d.Year < 2028; d = d.AddDays(1) {
		want, got := listed.Day(d), computed.Day(d)
		if want.Kind == DayTransferred {
			moved[d] = true
			continue
		}
		if got.Working != want.Working || got.Kind != want.Kind || got.Name != want.Name {
			t.Errorf("%s: computed %s %q, listed %s %q", d, got.Kind, got.Name.RU, want.Kind, want.Name.RU)
		}
		if !got.Provisional {
			t.Errorf("%s: computed, and not provisional", d)
		}
	}
	if len(moved) != 20 {
		t.Errorf("%d transferred days in 2020-2027, want 20", len(moved))
	}
}

func TestHolidaysHoldInTheirYears(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for _, tt := range []struct {
		month time.Month
		day   int
		kind  DayKind
		years map[int]bool
	}{
		{time.January, 7, DayOff, map[int]bool{2005: false, 2006: true, 2030: true}},
		{time.March, 15, DayHoliday, map[int]bool{2025: false, 2026: false, 2027: true, 2029: true}},
		{time.March, 21, DayHoliday, map[int]bool{2009: false, 2010: true}},
		{time.May, 7, DayHoliday, map[int]bool{2012: false, 2013: true}},
		{time.July, 6, DayHoliday, map[int]bool{2008: false, 2009: true}},
		{time.August, 30, DayHoliday, map[int]bool{2019: true, 2025: true, 2026: false, 2028: false}},
		{time.October, 25, DayHoliday, map[int]bool{2008: true, 2009: false, 2021: false, 2022: true, 2031: true}},
		{time.December, 1, DayHoliday, map[int]bool{2011: false, 2012: true, 2021: true, 2022: false}},
		{time.December, 16, DayHoliday, map[int]bool{2001: true, 2035: true}},
		{time.December, 17, DayHoliday, map[int]bool{2001: false, 2002: true, 2021: true, 2024: false}},
	} {
		for year, want := range tt.years {
			d := c.Day(NewDate(year, tt.month, tt.day))
			if got := d.Kind == tt.kind; got != want {
				t.Errorf("%s is %s %q, %s expected: %t", d.Date, d.Kind, d.Name.RU, tt.kind, want)
			}
		}
	}
}

func TestTransfersOf2018And2019(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for off, work := range map[string]string{
		"2018-03-09": "2018-03-03", "2018-04-30": "2018-04-28", "2018-05-08": "2018-05-05",
		"2018-08-31": "2018-08-25", "2018-12-31": "2018-12-29", "2019-05-10": "2019-05-04",
	} {
		if c.IsWorking(day(t, off)) || !c.IsWorking(day(t, work)) {
			t.Errorf("%s is off: %t, %s works: %t", off, !c.IsWorking(day(t, off)), work, c.IsWorking(day(t, work)))
		}
	}
	if !c.Provisional(2018) {
		t.Error("2018 is listed nowhere and not provisional")
	}
}

// The first days of Kurban-ait as they were kept in Kazakhstan. The estimate
// may differ from the muftiate's word by a day, and does in three of the years.
func TestKurbanAitIsEstimatedWithinADay(t *testing.T) {
	kept := strings.Fields(`2006-01-10 2007-12-20 2008-12-08 2009-11-27 2010-11-16 2011-11-06 2012-10-26
		2013-10-15 2014-10-04 2015-09-24 2016-09-12 2017-09-01 2018-08-21 2019-08-11 2020-07-31 2021-07-20
		2022-07-09 2023-06-28 2024-06-16 2025-06-06 2026-05-27 2027-05-16`)
	exact := 0
	for _, s := range kept {
		want := day(t, s)
		got := kurbanAit(want.Year)
		if off := got[0].Sub(want); off < -1 || off > 1 {
			t.Errorf("%d: estimated %s, kept on %s", want.Year, got, want)
		} else if off == 0 {
			exact++
		}
	}
	if exact != len(kept)-3 {
		t.Errorf("%d of %d years are exact, want all but 3", exact, len(kept))
	}
}

func TestKurbanAitComesEveryTwelfthMoon(t *testing.T) {
	var last Date
	for y := FirstYear; y <= LastYear; y++ {
		for _, d := range kurbanAit(y) {
			if gap := d.Sub(last); !last.IsZero() && (gap < 353 || gap > 356) {
				t.Errorf("%s comes %d days after %s", d, gap, last)
			}
			last = d
		}
	}
	if twice := kurbanAit(2039); len(twice) != 2 {
		t.Errorf("2039 holds %v, want two first days", twice)
	}
}

// Labour Code art. 84: Saturday is a working day of a six-day week, so that a
// holiday on it takes no day off away, and an act that moves a Saturday off
// moves nothing.
func TestSixDayWeek(t *testing.T) {
	c := newCalendar(t, CalendarOptions{Week: 6})
	for date, want := range map[string]DayKind{
		"2026-11-21": DayWorkday, // a Saturday
		"2026-11-22": DayWeekend,
		"2025-10-25": DayHoliday,  // Saturday
		"2025-10-27": DayWorkday,  // observed in a five-day week only
		"2025-09-01": DayWorkday,  // for Saturday 30 August
		"2026-10-26": DayObserved, // for Sunday 25 October
		"2020-03-24": DayObserved, // for Sunday 22 March
		"2020-03-25": DayWorkday,  // for Saturday 21 March in a five-day week
		"2024-05-04": DayWorkday,  // Saturday, "moved" to 8 May
		"2024-05-08": DayWorkday,
		"2020-05-11": DayWorkday, // observed for a Saturday, moved to 8 May
		"2020-05-08": DayWorkday,
		"2025-01-05": DayTransferred, // a Sunday was moved, in every week
		"2025-01-03": DayTransferred,
		"2022-07-09": DayOff, // Kurban-ait on a Saturday is off
	} {
		if got := c.Day(day(t, date)); got.Kind != want {
			t.Errorf("%s is %s %q, want %s", date, got.Kind, got.Name.RU, want)
		}
	}
	if c.IsWorking(day(t, "2025-01-03")) || !c.IsWorking(day(t, "2025-01-05")) {
		t.Error("Sunday 5 January 2025 was moved to Friday 3 January")
	}
	if _, err := NewCalendar(CalendarOptions{Week: 4}); err == nil {
		t.Error("a week of 4 days is accepted")
	}
}

func TestYearsOutsideTheCalendarHaveOnlyWeeks(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for _, s := range []string{"1985-01-01", "2101-01-03"} { // a Tuesday and a Monday
		if d := c.Day(day(t, s)); !d.Working || d.Kind != DayWorkday || !d.Provisional {
			t.Errorf("%+v", d)
		}
	}
	if got, want := c.AddWorking(day(t, "2100-12-29"), 4), day(t, "2101-01-04"); got != want {
		t.Errorf("4 working days after 2100-12-29 is %s, want %s", got, want)
	}
	if got := c.Remaining(day(t, "2100-12-29"), day(t, "2101-01-04")); got != 4 {
		t.Errorf("%d working days remain, want 4", got)
	}
	if got, want := c.AddWorking(day(t, "1992-01-03"), -3), day(t, "1991-12-27"); got != want {
		t.Errorf("3 working days before 1992-01-03 is %s, want %s", got, want)
	}
}
