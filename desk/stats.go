package desk

import (
	"context"
	"slices"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Stats counts the requests received in a stretch of days.
type Stats struct {
	First, Last rules.Date
	Received    int // without what turned out to be no request
	ByKind      map[rules.Kind]int
	Review      int // not decided yet
	Open        int // decided, not closed
	Done        int
	Refused     int
	Dismissed   int // no request
	Policy, Law InTime
	Median      int // working days from receipt to closing, of what is closed
	Closed      int // how many the median is of
}

// InTime counts by the terms of one source. A request that is open and whose
// term has passed is late; one that has no such term is in none of the numbers.
type InTime struct{ Met, Late, Running int }

// Stats counts the requests received from first to last, both included. A
// request counts as answered on the day on which it was closed.
func (d *Desk) Stats(ctx context.Context, first, last rules.Date) (Stats, error) {
	s := Stats{First: first, Last: last, ByKind: map[rules.Kind]int{}}
	today := d.Today()
	var took []int
	err := d.Store.Spans(ctx, first, last, func(x store.Span) error {
		if x.Status == store.StatusDismissed {
			s.Dismissed++
			return nil
		}
		s.Received++
		s.ByKind[x.Kind]++
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
		var closed rules.Date
		if !x.ClosedAt.IsZero() {
			closed = rules.DateIn(x.ClosedAt, d.Zone)
			took = append(took, max(d.Calendar.Remaining(x.ReceivedOn, closed), 0))
		}
		s.Policy.count(x.PolicyDue, closed, today)
		s.Law.count(x.LawDue, closed, today)
		return nil
	})
	if err != nil {
		return s, err
	}
	if s.Closed = len(took); s.Closed > 0 {
		slices.Sort(took)
		s.Median = took[(len(took)-1)/2] // of an even number the lower: a day that was
	}
	return s, nil
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
