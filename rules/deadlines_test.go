package rules

import (
	"testing"
	"time"
)

// almaty is the zone in which days of receipt are told.
func almaty(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestDeadlinesByArticle(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for _, tt := range []struct {
		article  string
		received string // an instant in UTC, or a date
		days     int
		unit     Unit
		dayOne   string
		due      string
	}{
		{"Law 94-V art. 8(7)", "2026-11-23T05:00:00Z", 15, WorkingDays, "2026-11-24", "2026-12-14"},
		{"Policy, consent: past four holidays into the next year", "2026-11-23T05:00:00Z", 30, WorkingDays, "2026-11-24", "2027-01-08"},
		{"Law 274-IV art. 42-4", "2026-11-23T05:00:00Z", 10, CalendarDays, "2026-11-24", "2026-12-03"},
		{"Civil Code art. 173: a late hour changes nothing", "2026-11-20T18:50:00Z", 15, WorkingDays, "2026-11-23", "2026-12-11"},
		{"Civil Code art. 173: received on a Saturday", "2026-11-21", 15, WorkingDays, "2026-11-23", "2026-12-11"},
		{"Civil Code art. 173: received on a Sunday", "2026-11-22", 15, WorkingDays, "2026-11-23", "2026-12-11"},
		{"Civil Code art. 173: the day of receipt is that of Almaty", "2026-11-22T19:30:00Z", 15, WorkingDays, "2026-11-24", "2026-12-14"},
		{"Law 267-II art. 5: 8 March on a Sunday, two days of Nauryz shifted", "2026-03-06", 15, WorkingDays, "2026-03-10", "2026-04-02"},
		{"Law 267-II art. 5: one working day over Nauryz", "2026-03-20", 1, WorkingDays, "2026-03-26", "2026-03-26"},
		{"Law 267-II: 30 August is no holiday from 2026", "2026-08-28", 1, WorkingDays, "2026-08-31", "2026-08-31"},
		{"Labour Code art. 85(3): a working Sunday", "2025-01-02", 3, WorkingDays, "2025-01-05", "2025-01-08"},
		{"Labour Code art. 85(3): an observed day off moved away", "2020-05-07", 1, WorkingDays, "2020-05-11", "2020-05-11"},
		{"Law 267-II art. 5: 7 May observed after 9 May", "2022-05-06", 3, WorkingDays, "2022-05-11", "2022-05-13"},
		{"Labour Code art. 85(3): due on a working Saturday", "2022-10-20", 2, WorkingDays, "2022-10-21", "2022-10-22"},
		{"Labour Code art. 84(5): Kurban-ait on a Sunday is not shifted", "2024-06-14", 1, WorkingDays, "2024-06-17", "2024-06-17"},
		{"Civil Code art. 175: the tenth day is 7 January", "2026-12-28", 10, CalendarDays, "2026-12-29", "2027-01-08"},
		{"Law 267-II: Constitution Day is 15 March from 2027", "2027-03-12", 15, WorkingDays, "2027-03-16", "2027-04-08"},
		{"Law 267-II art. 5: 2 January on a Saturday", "2026-12-31", 1, WorkingDays, "2027-01-05", "2027-01-05"},
		{"Decree 1749: 29 February 2024, 23:30 at +05, is not yet 1 March", "2024-02-29T18:30:00Z", 1, WorkingDays, "2024-03-01", "2024-03-01"},
	} {
		t.Run(tt.article, func(t *testing.T) {
			received, err := ParseDate(tt.received)
			if err != nil {
				at, err := time.Parse(time.RFC3339, tt.received)
				if err != nil {
					t.Fatal(err)
				}
				received = DateIn(at, almaty(t))
			}
			d := c.due("", Term{Days: tt.days, Unit: tt.unit}, received, nil)
			if d.DayOne != day(t, tt.dayOne) || d.Due != day(t, tt.due) {
				t.Errorf("%d %s days from %s: day one %s, due %s; want %s, %s",
					tt.days, tt.unit, received, d.DayOne, d.Due, tt.dayOne, tt.due)
			}
			want := NewDate(2026, 12, 31).Before(d.Due)
			if d.Provisional != want {
				t.Errorf("provisional %t, want %t", d.Provisional, want)
			}
		})
	}
}
