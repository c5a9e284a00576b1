package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// book holds the requests that staff must know of today.
type book struct {
	today rules.Date
	due   []Due
	of    map[string]holding // of all requests that were read, by number; for a digest, all that are not closed

	recounted int64 // the event of the last recomputation before the requests were read

	// For a digest:
	anew      time.Time // letters about them that were queued before and wait still are written anew
	movesTold int64     // the event up to which all that recomputations moved has been told
	again     bool      // a digest between two others, since letters were lost
}

// holding says whose a request is, and since when there is one.
type holding struct {
	number, assignee string
	since            rules.Date
}

func holdingOf(q *store.Request) holding { return holding{q.Number, q.Assignee, q.ReceivedOn} }

// book reads all requests that are not closed, with no more than Store.Lines tells.
func (d *Desk) book(ctx context.Context) (book, error) {
	return d.selected(ctx, d.Now(), store.Filter{})
}

// near reads the requests that are not closed and may be due soon, and those on review.
func (d *Desk) near(ctx context.Context) (book, error) {
	days := max(soonDays, slices.Max(append(d.stagesBefore(), 0)))
	return d.selected(ctx, time.Time{}, store.Filter{DueUntil: d.Calendar.AddWorking(d.Today(), days+1)}, store.Filter{Status: []store.Status{store.StatusReview}})
}

// ending reads the requests that are not closed and of which a last day may be over before
// the office opens: behind a target that was missed comes another.
func (d *Desk) ending(ctx context.Context, opens rules.Date) (book, error) {
	return d.selected(ctx, time.Time{}, store.Filter{DueUntil: opens.AddDays(-1)})
}

// selected reads the requests that one of the filters selects. What letters say that were
// queued before the instant anew and have not gone out counts as not told.
func (d *Desk) selected(ctx context.Context, anew time.Time, filters ...store.Filter) (book, error) {
	recounted, err := d.eventIn(ctx, store.MetaRecounted) // before: what is counted anew meanwhile is for the next letter
	if err != nil {
		return book{}, err
	}
	var all []int64
	for _, f := range filters {
		ids, err := d.Store.Selected(ctx, f)
		if err != nil {
			return book{}, fmt.Errorf("read open requests: %w", err)
		}
		all = append(all, ids...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	all = slices.Compact(all) // a review may be due soon
	b := book{today: d.Today(), anew: anew, recounted: recounted, of: map[string]holding{}}
	for start := 0; start < len(all); start += readOnce {
		open, err := d.Store.Lines(ctx, all[start:min(start+readOnce, len(all))])
		if err != nil {
			return book{}, fmt.Errorf("read open requests: %w", err)
		}
		if err := d.addDue(ctx, &b, open); err != nil {
			return book{}, err
		}
	}
	sortDue(b.due)
	return b, nil
}

// readOnce is how many requests are read at a time: what is kept of each is little.
const readOnce = 200

// addDue enters open requests into the book: whose they are, and of those that staff must
// know of how they stand, what is next, and of what nobody was told.
func (d *Desk) addDue(ctx context.Context, b *book, open []store.Request) error {
	var due []*store.Request
	var numbers []string
	from := len(b.due)
	for i := range open {
		q := &open[i]
		b.of[q.Number] = holdingOf(q)
		if x, ok := d.dueOf(q, b.today); ok {
			b.due, due, numbers = append(b.due, x), append(due, q), append(numbers, q.Number)
		}
	}
	answered, err := d.Store.Answered(ctx, numbers)
	if err != nil {
		return err
	}
	told, err := d.tellings(ctx, numbers, b.anew)
	if err != nil {
		return err
	}
	clocks := told.clocks()
	for i, q := range due {
		x := &b.due[from+i]
		q.Answered = answered[q.Number]
		x.Next = d.NextOf(q)
		told.fill(x, clocks)
	}
	return nil
}

// sortDue puts the most urgent first.
func sortDue(due []Due) {
	sort.SliceStable(due, func(i, j int) bool { return compareDue(due[i], due[j]) < 0 })
}

// compareDue puts the more urgent first; a request whose terms stand still is
// the least.
func compareDue(a, b Due) int {
	if a.ActBy.IsZero() != b.ActBy.IsZero() {
		if a.ActBy.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Last.Compare(b.Last), cmp.Compare(a.Number, b.Number))
}

// dueOf tells how a request stands today; false: staff need not be told of it yet.
func (d *Desk) dueOf(q *store.Request, today rules.Date) (Due, bool) {
	left := d.Calendar.Remaining(today, q.ActBy)
	stage, reached := d.stage(left)
	waits, since := d.waited(*q, today)
	if !reached && left > soonDays && q.Status != store.StatusReview && waits < waitsFirst {
		return Due{}, false
	}
	told := d.Foremost(*q, today)
	x := Due{
		Number: q.Number, Kind: q.Kind, Candidates: q.Candidates, Status: q.Status, ActBy: q.ActBy, Source: told.Source, Last: told.Due,
		DaysLeft: left, Left: d.Calendar.Remaining(today, told.Due), Overdue: Overdue(*q, today), Assignee: q.Assignee, Provisional: told.Provisional && !told.Due.IsZero(),
		Stage: store.Stage{Number: q.Number, Stage: stage, ClockStart: cmp.Or(Acting(*q).From, q.ReceivedOn), ActBy: q.ActBy},
	}
	if waits >= waitsFirst {
		x.Waits = waits
		x.Stage.Stage, x.Stage.ClockStart = "waiting:"+strconv.Itoa(waits-(waits-waitsFirst)%waitsAgain), since
	}
	if left < 0 && x.Left >= 0 {
		x.Missed = left
		if stage, reached := d.stage(x.Left); reached {
			x.Behind = store.Stage{Number: q.Number, Stage: told.ID + ":" + stage, ClockStart: told.From, ActBy: told.Due}
		}
	}
	return x, true
}

// A request whose terms stand still is told of when the person has not answered for
// waitsFirst working days, and again each waitsAgain.
const (
	waitsFirst = 10
	waitsAgain = 20
)

// waited is how many working days a request whose terms stand still has waited for the
// requester, and since when; 0 for any other.
func (d *Desk) waited(q store.Request, today rules.Date) (int, rules.Date) {
	if !q.ActBy.IsZero() || q.Status != store.StatusWaiting || len(q.Waits) == 0 {
		return 0, rules.Date{}
	}
	since := q.Waits[len(q.Waits)-1].From
	return d.Calendar.Remaining(since, today), since
}

// untold lists the requests that have stages of which nobody was told.
func untold(due []Due) (out []Due) {
	for i := range due {
		if len(due[i].Untold) > 0 {
			out = append(out, due[i])
		}
	}
	return out
}

// Overdue reports whether a term of the policy or of the law has passed; a
// missed target is only that.
func Overdue(r store.Request, today rules.Date) bool {
	return slices.ContainsFunc(r.Terms, func(t store.Term) bool { return TermOverdue(r.Status, t, today) })
}

// TermOverdue is Overdue for one term of a request with a status.
func TermOverdue(s store.Status, t store.Term, today rules.Date) bool {
	return !s.Closed() && t.Source != rules.SourceTarget && !t.Due.IsZero() && today.After(t.Due)
}

// stagesBefore are the configured stages. Where all of them come before the day on which
// the officer must be told, that day is a stage, too: otherwise nothing would happen on
// it.
func (d *Desk) stagesBefore() []int {
	stages, from := slices.Clone(d.Reminders.DaysBefore), d.Reminders.Escalate
	if d.Reminders.Officer != "" && !slices.ContainsFunc(stages, func(n int) bool { return n <= from }) {
		stages = append(stages, from)
	}
	return stages
}

// stage names the stage of a request with so many working days left: the
// nearest configured number not below it, or, once the day has passed, every
// working day for itself. false and "": it has reached none.
func (d *Desk) stage(left int) (string, bool) {
	if left < 0 {
		return strconv.Itoa(left), true
	}
	reached := -1
	for _, n := range d.stagesBefore() {
		if n >= left && (reached < 0 || n < reached) {
			reached = n
		}
	}
	if reached < 0 {
		return "", false
	}
	return strconv.Itoa(reached), true
}

// Acting is the term that sets a request's act by; of several that end on that
// day one of the policy or of the law.
func Acting(r store.Request) store.Term {
	acting := store.Term{Source: rules.SourceTarget}
	for _, t := range r.Terms {
		if t.Due == r.ActBy && (acting.ID == "" || acting.Source == rules.SourceTarget) {
			acting = t
		}
	}
	return acting
}

// Foremost is the term of a request that staff is told of: the first term of the policy
// or of the law that has passed, since that is worse than a target that was missed
// before; behind a missed target the next of them, once it has reached a stage or leaves
// little time; otherwise the term that sets act by.
func (d *Desk) Foremost(r store.Request, today rules.Date) store.Term {
	first := Acting(r)
	for _, t := range r.Terms {
		if TermOverdue(r.Status, t, today) && (!TermOverdue(r.Status, first, today) || t.Due.Before(first.Due)) {
			first = t
		}
	}
	if r.Status.Closed() || r.ActBy.IsZero() || !today.After(r.ActBy) || first.Source != rules.SourceTarget {
		return first
	}
	for _, t := range r.Terms {
		left := d.Calendar.Remaining(today, t.Due)
		if _, reached := d.stage(left); t.Source == rules.SourceTarget || !reached && left > soonDays {
			continue
		}
		if first.Source == rules.SourceTarget || t.Due.Before(first.Due) {
			first = t
		}
	}
	return first
}
