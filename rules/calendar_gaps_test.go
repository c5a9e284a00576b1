package rules

import (
	"strings"
	"testing"
)

// A file that gives 1 January lists its year whole; one that forgot the other
// holidays would turn them into working days.
func TestFileThatForgetsTheHolidaysOfItsYear(t *testing.T) {
	const first = "2028-01-01,holiday,Новый год,law\n"
	full := head
	for _, d := range newCalendar(t, CalendarOptions{}).Year(2028).Days {
		if d.Kind == DayHoliday || d.Kind == DayOff {
			full += d.Date.String() + "," + string(d.Kind) + ",\"" + d.Name.RU + "\",law\n"
		}
	}
	for name, c := range map[string]struct{ file, want string }{
		"1 January alone":    {head + "2028-02-01,dayoff,x,y\n" + first, ":3: year 2028 is listed whole"},
		"half of the year":   {head + first + "2028-01-02,holiday,x,y\n2028-03-08,holiday,x,y\n2028-03-21,holiday,x,y\n", "2028-03-22, 2028-03-23, 2028-05-01"},
		"a year listed well": {full, ""},
		"two fell away":      {strings.Replace(strings.Replace(full, "2028-07-06,holiday", "2028-07-05,dayoff", 1), "2028-05-07,holiday", "2028-05-06,dayoff", 1), ""},
		"no 1 January":       {head + "2028-02-01,dayoff,x,y\n", ""},
		"1 January removed":  {head + "2028-01-01,remove,,y\n", ""},
		"another country":    {head + "--01-01,holiday,x,y\n2028-01-01,holiday,x,y\n", ""},
	} {
		_, err := NewCalendar(CalendarOptions{File: []byte(c.file), FileName: "new.csv"})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A day that an act made an ordinary one keeps the act: the count can say why
// it counts.
func TestRemovedDayKeepsItsAct(t *testing.T) {
	c := newCalendar(t, CalendarOptions{Days: []DayChange{
		{Date: day(t, "2026-12-16"), Kind: "remove", Name: "Больше не праздник", Act: "Закон № 1"},
		{Date: day(t, "2027-01-02"), Kind: "remove", Act: "Закон № 2"}, // a Saturday, shifted to the 4th
		{Date: day(t, "2027-01-07"), Kind: "remove"},
	}})
	for _, want := range []Day{
		{Date: day(t, "2026-12-16"), Working: true, Kind: DayWorkday, Name: Text{RU: "Больше не праздник"}, Act: "Закон № 1"},
		{Date: day(t, "2027-01-02"), Kind: DayWeekend, Act: "Закон № 2", Provisional: true},
		{Date: day(t, "2027-01-04"), Working: true, Kind: DayWorkday, Provisional: true},
		{Date: day(t, "2027-01-07"), Working: true, Kind: DayWorkday, Provisional: true},
	} {
		if got := c.Day(want.Date); got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// A move has two ends: to take one away makes a working day of a day off, or
// the other way round.
func TestOneEndOfAMoveCannotGoAlone(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		ok   bool
	}{
		"the day off":     {"2024-05-08,remove,,y\n", false},
		"the working day": {"2024-05-04,remove,,y\n", false},
		"as a holiday":    {"2024-05-08,holiday,x,y\n", false},
		"both":            {"2024-05-04,remove,,y\n2024-05-08,remove,,y\n", true},
		"another day":     {"2024-05-06,dayoff,x,y\n", true},
	} {
		_, err := NewCalendar(CalendarOptions{File: []byte(head + c.file), FileName: "new.csv"})
		if (err == nil) != c.ok || !c.ok && !strings.Contains(err.Error(), "new.csv:2: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
