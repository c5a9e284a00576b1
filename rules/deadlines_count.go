package rules

import (
	"slices"
	"sort"
)

// What the policy file can say in Term.Waiting; "" is waitingRuns.
const (
	waitingRuns     = "runs"     // waiting changes nothing
	waitingStops    = "stops"    // the days of waiting are not counted
	waitingRestarts = "restarts" // the count starts anew after the waiting
)

// mergeWaits puts waits in order and joins those that touch; a reversed one is
// left out. Only the last can be open.
func mergeWaits(waits []Wait) []Wait {
	var ordered []Wait
	for _, w := range waits {
		if !w.From.IsZero() && (w.To.IsZero() || w.From.Before(w.To)) {
			ordered = append(ordered, w)
		}
	}
	sort.Slice(ordered, func(i, j int) bool { return ordered[i].From.Before(ordered[j].From) })
	var merged []Wait
	for _, w := range ordered {
		last := len(merged) - 1
		switch {
		case last < 0 || !merged[last].To.IsZero() && merged[last].To.Before(w.From):
			merged = append(merged, w)
		case merged[last].To.IsZero():
		case w.To.IsZero():
			merged[last].To = Date{}
		default:
			merged[last].To = later(merged[last].To, w.To)
		}
	}
	return merged
}

// due counts a term from the day after from.
func (c *Calendar) due(k Kind, t Term, from Date, waits []Wait) Due {
	d := Due{Kind: k, Term: t, From: from, Due: c.end(t, from, 0)}
	if t.Waiting == waitingStops || t.Waiting == waitingRestarts {
		c.wait(&d, waits)
	}
	d.DayOne = c.NextWorking(d.From)
	d.Provisional = c.reachesProvisional(d)
	return d
}

// wait takes the waits out of the count of d. One that begins after the end of
// the term changes nothing: what is missed stays missed. One that begins on
// the last day comes in time, and the term ends on the first working day after
// the reply.
func (c *Calendar) wait(d *Due, waits []Wait) {
	extra := 0
	for _, w := range waits {
		switch {
		case !w.To.IsZero() && !w.To.After(d.From):
			continue // over before the count began
		case w.From.After(d.Due):
			return
		case w.To.IsZero():
			d.Waits, d.Due = append(d.Waits, w), Date{}
			return
		case d.Term.Waiting == waitingRestarts:
			d.From, d.Due = w.To, c.end(d.Term, w.To, 0)
		default:
			d.Waits = append(d.Waits, w)
			extra += c.length(d.Term.Unit, later(w.From, d.From), w.To)
			d.Due = later(c.end(d.Term, d.From, extra), c.NextWorking(w.To))
		}
	}
}

// end returns the last day of a term of t.Days and extra days after from. A
// term of calendar days whose last day is not a working day ends on the next
// one (Civil Code, art. 175).
func (c *Calendar) end(t Term, from Date, extra int) Date {
	if t.Unit != CalendarDays {
		return c.AddWorking(from, t.Days+extra)
	}
	end := from.AddDays(t.Days + extra)
	if !c.IsWorking(end) {
		end = c.NextWorking(end)
	}
	return end
}

// length returns the number of days in (after, to], counted in the unit.
func (c *Calendar) length(u Unit, after, to Date) int {
	if u == CalendarDays {
		return to.Sub(after)
	}
	return c.workingDays(after, to)
}

func (c *Calendar) reachesProvisional(d Due) bool {
	for y := d.From.AddDays(1).Year; y <= d.Due.Year; y++ {
		if c.Provisional(y) {
			return true
		}
	}
	return false
}

// Counted is one day of the count of a term, for explain.
type Counted struct {
	Day

	// Number is the number of the day in its term from 1, and 0 for a day
	// that is not counted: of a term of working days those that are not
	// working days, of any term those of waiting for the requester, and those
	// after the last number to which the end of the term is carried.
	Number  int
	Waiting bool
}

// Trace returns the count of a term day by day, from the day after d.From to
// d.Due; for a term that stands still to the day on which it stopped.
func (c *Calendar) Trace(d Due) []Counted {
	end := d.Due
	if end.IsZero() {
		end = d.From
		if n := len(d.Waits); n > 0 {
			end = d.Waits[n-1].From
		}
	}
	days := make([]Counted, 0, max(0, end.Sub(d.From)))
	number := 0
	for at := d.From.AddDays(1); !at.After(end); at = at.AddDays(1) {
		day := Counted{Day: c.Day(at)}
		day.Waiting = slices.ContainsFunc(d.Waits, func(w Wait) bool {
			return at.After(w.From) && (w.To.IsZero() || !at.After(w.To))
		})
		counts := day.Working || d.Term.Unit == CalendarDays
		if counts && !day.Waiting && number < d.Term.Days {
			number++
			day.Number = number
		}
		days = append(days, day)
	}
	return days
}
