package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Received on Monday 2 November 2026; every Monday to Friday of the month
// works. 16 December is a holiday.
func TestWaiting(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	const open = ""
	for _, tt := range []struct {
		name    string
		term    string // days, unit, waiting
		waits   string // from-to, days of November or December
		from    string
		due     string
		dayOne  string
		numbers string // of the trace: the number of each day, w = waiting, . = not counted
	}{
		{"runs on", "5 working runs", "03-10", "11-02", "11-09", "11-03", "1234..5"},
		{"nothing said runs on", "5 working ", "03-10", "11-02", "11-09", "11-03", "1234..5"},
		{"stops: the day of the question counts, the day of the reply does not", "5 working stops", "03-05", "11-02", "11-11", "11-03", "1ww2..345"},
		{"stops: asked and answered on one day", "5 working stops", "03-03", "11-02", "11-09", "11-03", "1234..5"},
		{"stops over a weekend only", "5 working stops", "06-08", "11-02", "11-09", "11-03", "1234ww5"},
		{"stops on the day of receipt", "2 working stops", "02-04", "11-02", "11-06", "11-03", "ww12"},
		{"stops twice", "3 working stops", "03-04 05-06", "11-02", "11-09", "11-03", "1w2w..3"},
		{"stops, waits that touch and overlap", "3 working stops", "03-05 04-06", "11-02", "11-10", "11-03", "1www..23"},
		{"stops after the end: too late", "2 working stops", "05-20", "11-02", "11-04", "11-03", "12"},
		{"stops on the last day: in time, due on the next working day after the reply", "2 working stops", "04-06", "11-02", "11-09", "11-03", "12ww..."},
		{"stops a term of calendar days", "10 calendar stops", "04-06", "11-02", "11-16", "11-03", "12ww34567890.."},
		{"stops between the last number and the end it is carried to", "5 calendar stops", "08-11", "11-02", "11-12", "11-03", "12345.www."},
		{"restarts", "3 working restarts", "03-05", "11-05", "11-10", "11-06", "1..23"},
		{"restarts on a Saturday", "1 working restarts", "03-07", "11-07", "11-09", "11-09", ".1"},
		{"restarts twice", "3 working restarts", "03-05 06-09", "11-09", "11-12", "11-10", "123"},
		{"restarts after the end: too late", "1 working restarts", "04-10", "11-02", "11-03", "11-03", "1"},
		{"stands still", "5 working stops", "04-", "11-02", open, "11-03", "12"},
		{"stands still until it restarts", "5 working restarts", "04-", "11-02", open, "11-03", "12"},
		{"stands still after a wait that is over", "5 working stops", "03-04 06-", "11-02", open, "11-03", "1w23"},
		{"waits for ever, and runs", "5 working runs", "03-", "11-02", "11-09", "11-03", "1234..5"},
		{"still waits after the end: too late", "1 working stops", "04-", "11-02", "11-03", "11-03", "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			received := day(t, "2026-11-02")
			f := strings.SplitN(tt.term, " ", 3)
			term := Term{Unit: Unit(f[1]), Waiting: f[2]}
			fmt.Sscan(f[0], &term.Days)
			d := c.due("", term, received, mergeWaits(waitsOf(t, tt.waits)))
			if got := []string{short(d.From), short(d.Due), short(d.DayOne)}; !slices.Equal(got, []string{tt.from, tt.due, tt.dayOne}) {
				t.Errorf("counted from %s, due %s, day one %s; want %s, %s, %s", got[0], got[1], got[2], tt.from, tt.due, tt.dayOne)
			}
			if got := numbers(c.Trace(d)); got != tt.numbers {
				t.Errorf("trace %s, want %s", got, tt.numbers)
			}
		})
	}
}

// Where there is no last day, none can move, whatever is not known of the year.
func TestStandingStillIsNotProvisional(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	term := Term{Days: 5, Unit: WorkingDays, Waiting: waitingStops}
	for to, want := range map[Date]bool{{}: false, NewDate(2027, 1, 11): true} {
		if d := c.due("", term, NewDate(2027, 1, 5), []Wait{{From: NewDate(2027, 1, 8), To: to}}); d.Provisional != want {
			t.Errorf("until %s, due %s: provisional %t", to, d.Due, d.Provisional)
		}
	}
}

func waitsOf(t *testing.T, s string) (waits []Wait) {
	t.Helper()
	for _, span := range strings.Fields(s) {
		from, to, _ := strings.Cut(span, "-")
		w := Wait{From: day(t, "2026-11-"+from)}
		if to != "" {
			w.To = day(t, "2026-11-"+to)
		}
		waits = append(waits, w)
	}
	return waits
}

func short(d Date) string { return strings.TrimPrefix(d.String(), "2026-") }

func numbers(trace []Counted) string {
	var b strings.Builder
	for _, d := range trace {
		switch {
		case d.Waiting:
			b.WriteByte('w')
		case d.Number == 0:
			b.WriteByte('.')
		default:
			fmt.Fprint(&b, d.Number%10)
		}
	}
	return b.String()
}

func TestMergeWaits(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"05-05":             "",
		"09-05":             "",
		"08-09 03-05":       "2026-11-03/2026-11-05 2026-11-08/2026-11-09 ",
		"03-05 05-09":       "2026-11-03/2026-11-09 ",
		"03-09 04-05":       "2026-11-03/2026-11-09 ",
		"03- 05-09":         "2026-11-03/ ",
		"03-05 04-":         "2026-11-03/ ",
		"03-05 06-08 08-":   "2026-11-03/2026-11-05 2026-11-06/ ",
		"03-05 06-07 04-06": "2026-11-03/2026-11-07 ",
	} {
		var got strings.Builder
		for _, w := range mergeWaits(waitsOf(t, in)) {
			fmt.Fprintf(&got, "%s/%s ", w.From, w.To)
		}
		if got.String() != want {
			t.Errorf("%q: %q, want %q", in, got.String(), want)
		}
	}
	if got := mergeWaits([]Wait{{}}); got != nil {
		t.Errorf("a wait without a beginning is %v", got)
	}
}

func TestTraceTellsEveryDay(t *testing.T) {
	c := newCalendar(t, CalendarOptions{})
	d := c.due("", Term{Days: 3, Unit: WorkingDays}, day(t, "2025-01-02"), nil)
	want := []struct {
		date   string
		kind   DayKind
		number int
		name   string
	}{
		{"2025-01-03", DayTransferred, 0, "Day off moved from 2025-01-05"},
		{"2025-01-04", DayWeekend, 0, ""},
		{"2025-01-05", DayTransferred, 1, "Working day, its day off moved to 2025-01-03"},
		{"2025-01-06", DayWorkday, 2, ""},
		{"2025-01-07", DayOff, 0, "Orthodox Christmas"},
		{"2025-01-08", DayWorkday, 3, ""},
	}
	trace := c.Trace(d)
	if len(trace) != len(want) {
		t.Fatalf("%d days in the trace, want %d", len(trace), len(want))
	}
	for i, w := range want {
		got := trace[i]
		if got.Date != day(t, w.date) || got.Kind != w.kind || got.Number != w.number || got.Name.EN != w.name || got.Waiting {
			t.Errorf("%+v, want %+v", got, w)
		}
	}
}
