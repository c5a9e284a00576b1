package rules

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyDate draws dates well inside the calendar's years, most of them near the
// listed ones.
func anyDate() *rapid.Generator[Date] {
	near := rapid.IntRange(0, 10*366)
	far := rapid.IntRange(-20*366, 60*366)
	return rapid.Map(rapid.OneOf(near, far), func(n int) Date { return NewDate(2019, time.January, 1).AddDays(n) })
}

func anyTerm() *rapid.Generator[Term] {
	return rapid.Custom(func(t *rapid.T) Term {
		return Term{
			Days:    rapid.IntRange(1, 60).Draw(t, "days"),
			Unit:    rapid.SampledFrom([]Unit{WorkingDays, CalendarDays}).Draw(t, "unit"),
			Waiting: rapid.SampledFrom([]string{waitingRuns, waitingStops, waitingRestarts}).Draw(t, "waiting"),
		}
	})
}

func bothWeeks(t *testing.T, check func(t *rapid.T, c *Calendar)) {
	for _, week := range []int{5, 6} {
		c := newCalendar(t, CalendarOptions{Week: week})
		rapid.Check(t, func(t *rapid.T) { check(t, c) })
	}
}

func TestDueIsMonotoneInTheDayOfReceipt(t *testing.T) {
	bothWeeks(t, func(t *rapid.T, c *Calendar) {
		received, term := anyDate().Draw(t, "received"), anyTerm().Draw(t, "term")
		next := received.AddDays(rapid.IntRange(1, 40).Draw(t, "later"))
		if a, b := c.due("", term, received, nil).Due, c.due("", term, next, nil).Due; b.Before(a) {
			t.Fatalf("received %s due %s, received %s due %s", received, a, next, b)
		}
	})
}

func TestNthWorkingDayHasNWorkingDaysBeforeItsEnd(t *testing.T) {
	bothWeeks(t, func(t *rapid.T, c *Calendar) {
		received, n := anyDate().Draw(t, "received"), rapid.IntRange(1, 300).Draw(t, "n")
		due, found := c.AddWorking(received, n), 0
		for d := received.AddDays(1); !d.After(due); d = d.AddDays(1) {
			if c.IsWorking(d) {
				found++
			}
		}
		if found != n || !c.IsWorking(due) {
			t.Fatalf("%d working days in (%s, %s], want %d", found, received, due, n)
		}
	})
}

func TestRemainingIsTheInverseOfAddWorking(t *testing.T) {
	bothWeeks(t, func(t *rapid.T, c *Calendar) {
		today, n := anyDate().Draw(t, "today"), rapid.IntRange(1, 300).Draw(t, "n")
		due := c.AddWorking(today, n)
		if got := c.Remaining(today, due); got != n {
			t.Fatalf("%d working days remain from %s to %s, want %d", got, today, due, n)
		}
		if got := c.Remaining(due, due); got != 0 {
			t.Fatalf("%d working days remain on the due date %s", got, due)
		}
		if got := c.Remaining(c.AddWorking(due, n), due); got != -n {
			t.Fatalf("%d working days remain %d working days after %s", got, n, due)
		}
		if got := c.Remaining(due.AddDays(1), due); got != -1 {
			t.Fatalf("%d working days remain on the day after %s, want -1", got, due)
		}
		if got := c.AddWorking(due, -n); c.IsWorking(today) && got != today {
			t.Fatalf("%d working days before %s is %s, want %s", n, due, got, today)
		}
	})
}

func TestADayOffMoreNeverMakesADateEarlier(t *testing.T) {
	plain := newCalendar(t, CalendarOptions{})
	rapid.Check(t, func(t *rapid.T) {
		received := anyDate().Draw(t, "received")
		var more []DayChange
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 90), 1, 5, rapid.ID).Draw(t, "days off") {
			d := received.AddDays(n)
			if kind := plain.Day(d).Kind; kind == DayWorkday || kind == DayWeekend {
				kind := rapid.SampledFrom([]string{rowHoliday, rowDayOff}).Draw(t, "kind")
				more = append(more, DayChange{Date: d, Kind: kind, Name: "день"})
			}
		}
		c, err := NewCalendar(CalendarOptions{Days: more})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			term := anyTerm().Draw(t, "term")
			if was, is := plain.due("", term, received, nil).Due, c.due("", term, received, nil).Due; is.Before(was) {
				t.Fatalf("%+v moved %s to %s", more, was, is)
			}
		}
	})
}

func TestWaitingNeverMakesADateEarlier(t *testing.T) {
	bothWeeks(t, func(t *rapid.T, c *Calendar) {
		received, term := anyDate().Draw(t, "received"), anyTerm().Draw(t, "term")
		var waits []Wait
		for range rapid.IntRange(1, 3).Draw(t, "waits") {
			from := received.AddDays(rapid.IntRange(-3, 60).Draw(t, "from"))
			waits = append(waits, Wait{from, from.AddDays(rapid.IntRange(0, 30).Draw(t, "length"))})
		}
		was, is := c.due("", term, received, nil), c.due("", term, received, mergeWaits(waits))
		if is.Due.Before(was.Due) || term.Waiting == waitingRuns && is.Due != was.Due {
			t.Fatalf("waits %v moved %s to %s", waits, was.Due, is.Due)
		}
		if !c.IsWorking(is.Due) {
			t.Fatalf("due %s is no working day", is.Due)
		}
		numbers := 0
		for _, day := range c.Trace(is) {
			if day.Number > 0 {
				numbers++
			}
			if day.Waiting && day.Date == is.Due {
				t.Fatalf("due %s while waiting", is.Due)
			}
		}
		if numbers != term.Days {
			t.Fatalf("the trace counts %d days, want %d", numbers, term.Days)
		}
	})
}
