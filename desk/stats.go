package desk

import (
	"context"
	"sort"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Stats counts the requests received in a stretch of days.
type Stats struct {
	First, Last rules.Date
	Tally
	Kinds     map[rules.Kind]*Tally // "": not decided yet
	Review    int                   // not decided yet
	Open      int                   // decided, not closed
	Done      int
	Refused   int
	Dismissed int // no request
	Linked    int // another request answers for it
}

// Tally counts requests, all or those of a kind.
type Tally struct {
	Received    int // without what turned out to be no request, or to belong to another
	Policy, Law InTime
	Median      int // working days from receipt to closing, of what is closed
	Closed      int // how many the median is of

	took []int
}

// InTime counts requests by their terms of one source. An open request whose term has passed
// is late. A request without such a term is in none of the numbers.
type InTime struct{ Met, Late, Running int }

// Stats counts the requests received from first to last, both included. A
// request counts as answered on the day on which it was closed.
func (d *Desk) Stats(ctx context.Context, first, last rules.Date) (Stats, error) {
	s := Stats{First: first, Last: last, Kinds: map[rules.Kind]*Tally{}}
	err := d.Store.Spans(ctx, first, last, func(x store.Span) error {
		switch {
		case x.Outcome == codeLinked:
			s.Linked++
			return nil
		case x.Status == store.StatusDismissed:
			s.Dismissed++
			return nil
		}
		if s.Kinds[x.Kind] == nil {
			s.Kinds[x.Kind] = &Tally{}
		}
		d.count(&s.Tally, x)
		d.count(s.Kinds[x.Kind], x)
		switch x.Status {
		case store.StatusReview:
			s.Review++
		case store.StatusDone:
			s.Done++
		case store.StatusRefused:
			s.Refused++
		default:
			s.Open++
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	s.median()
	for _, t := range s.Kinds {
		t.median()
	}
	return s, nil
}

func (d *Desk) count(t *Tally, x store.Span) {
	t.Received++
	var closed rules.Date
	if !x.ClosedAt.IsZero() {
		closed = rules.DateIn(x.ClosedAt, d.Zone)
		t.took = append(t.took, max(d.Calendar.Remaining(x.ReceivedOn, closed), 0))
	}
	t.Policy.count(x.PolicyDue, closed, d.Today())
	t.Law.count(x.LawDue, closed, d.Today())
}

func (t *Tally) median() {
	if t.Closed = len(t.took); t.Closed > 0 {
		sort.Ints(t.took)
		t.Median = t.took[(len(t.took)-1)/2] // of an even number the lower: a day that was
	}
}

func (t *InTime) count(due, closed, today rules.Date) {
	switch {
	case due.IsZero():
	case closed.IsZero() && today.After(due), closed.After(due):
		t.Late++
	case closed.IsZero():
		t.Running++
	default:
		t.Met++
	}
}
