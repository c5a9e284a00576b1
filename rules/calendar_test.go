package rules

import (
	"testing"
	"time"
)

// day reads a date and fails the test where there is none.
func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newCalendar(t testing.TB, o CalendarOptions) *Calendar {
	t.Helper()
	c, err := NewCalendar(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The months of the production calendars as they were published, with the
// changes that came after: the law of September 2022, Kurban-ait of 2024, and
// 30 August, no holiday from 2026 on. 2027 is not published.
var workingDays = map[int][12]int{
	2020: {20, 20, 18, 22, 18, 22, 21, 20, 22, 22, 21, 20},
	2021: {18, 20, 19, 22, 18, 22, 20, 21, 22, 21, 22, 20},
	2022: {18, 20, 19, 21, 19, 22, 20, 22, 22, 20, 22, 21},
	2023: {20, 20, 19, 20, 20, 21, 20, 22, 21, 21, 22, 20},
	2024: {21, 21, 17, 22, 20, 20, 22, 21, 21, 22, 21, 21},
	2025: {20, 20, 17, 22, 19, 20, 22, 21, 21, 22, 20, 22},
	2026: {19, 20, 18, 22, 17, 22, 22, 21, 22, 21, 21, 22},
	2027: {18, 20, 18, 22, 18, 22, 21, 22, 22, 20, 22, 22},
}

var yearTotals = map[int]int{
	2020: 246, 2021: 245, 2022: 246, 2023: 246, 2024: 249, 2025: 246, 2026: 247, 2027: 247,
}

func TestWorkingDaysOfMonths(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for number, want := range workingDays {
		y := c.Year(number)
		if y.WorkingDays != want || y.Total != yearTotals[number] {
			t.Errorf("%d: working days %v, total %d; want %v, %d", number, y.WorkingDays, y.Total, want, yearTotals[number])
		}
		if y.Provisional != (number == 2027) || c.Provisional(number) != y.Provisional {
			t.Errorf("%d: provisional %t", number, y.Provisional)
		}
		if n := NewDate(number+1, time.January, 1).Sub(NewDate(number, time.January, 1)); len(y.Days) != n {
			t.Errorf("%d: %d days listed, want %d", number, len(y.Days), n)
		}
	}
}

func TestDayTellsItsReason(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	const law, acts = "https://adilet.zan.kz/rus/docs/Z010000267_", "https://adilet.zan.kz/rus/docs/"
	for _, want := range []Day{
		{Date: day(t, "2026-11-23"), Working: true, Kind: DayWorkday},
		{Date: day(t, "2026-11-22"), Kind: DayWeekend},
		{Date: day(t, "2026-12-16"), Kind: DayHoliday, Act: law + " (art. 2, 3)",
			Name: Text{RU: "День Независимости", KK: "Тәуелсіздік күні", EN: "Independence Day"}},
		{Date: day(t, "2024-06-16"), Kind: DayOff, Act: "https://alau.kz/otmena-vyhodnogo-dnja-na-kurban-ajt-v-mintruda-sdelali-zajavlenie",
			Name: Text{RU: "Курбан-айт, первый день", KK: "Құрбан айттың бірінші күні", EN: "Kurban-ait, first day"}},
		{Date: day(t, "2025-09-01"), Kind: DayObserved, Act: law + " (art. 5)",
			Name: Text{
				RU: "День Конституции Республики Казахстан (выходной за 30.08.2025)",
				KK: "Қазақстан Республикасының Конституциясы күні (30.08.2025 үшін демалыс күні)",
				EN: "Constitution Day of the Republic of Kazakhstan (day off for 2025-08-30)"}},
		{Date: day(t, "2024-05-04"), Working: true, Kind: DayTransferred, Act: acts + "G24G0000109",
			Name: Text{
				RU: "Рабочий день, выходной перенесен на 08.05.2024",
				KK: "Жұмыс күні, демалыс 08.05.2024 күніне ауыстырылған",
				EN: "Working day, its day off moved to 2024-05-08"}},
		{Date: day(t, "2024-05-08"), Kind: DayTransferred, Act: acts + "G24G0000109",
			Name: Text{
				RU: "Выходной день, перенесен с 04.05.2024",
				KK: "04.05.2024 күнінен ауыстырылған демалыс күні",
				EN: "Day off moved from 2024-05-04"}},
		{Date: day(t, "2026-08-31"), Working: true, Kind: DayWorkday},
		{Date: day(t, "2027-01-07"), Kind: DayOff, Provisional: true, Act: "https://adilet.zan.kz/rus/docs/K1500000414 (art. 84(5))",
			Name: Text{RU: "Православное Рождество", KK: "Православиелік Рождество", EN: "Orthodox Christmas"}},
	} {
		if got := c.Day(want.Date); got != want {
			t.Errorf("day %s:\n got %+v\nwant %+v", want.Date, got, want)
		}
	}
}

func TestEveryListedDayHasThreeNames(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	for day := range c.made().days.inOrder {
		if day.Name.RU == "" || day.Name.KK == "" || day.Name.EN == "" || day.Act == "" {
			t.Errorf("%s: name %+v, act %q", day.Date, day.Name, day.Act)
		}
	}
}

// Where the calendar's years end the count goes on by the days of the week.
func TestCountAcrossTheEndsOfTheYears(t *testing.T) {
	for _, week := range []int{5, 6} {
		c := newCalendar(t, CalendarOptions{Week: week})
		for _, edge := range []Date{calendarStart, calendarEnd} {
			for from := edge.AddDays(-10); from.Before(edge.AddDays(10)); from = from.AddDays(1) {
				to, n := from, 0
				for range 90 {
					to = to.AddDays(1)
					if c.IsWorking(to) {
						n++
						if got := c.AddWorking(from, n); got != to {
							t.Fatalf("%d working days after %s: %s, want %s", n, from, got, to)
						}
						if got, was := c.AddWorking(to, -n), from; c.IsWorking(from) && got != was {
							t.Fatalf("%d working days before %s: %s, want %s", n, to, got, was)
						}
					}
					if got := c.Remaining(from, to); got != n {
						t.Fatalf("%d working days in (%s, %s], want %d", got, from, to, n)
					}
				}
			}
		}
	}
}
