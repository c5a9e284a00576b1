package desk

import (
	"context"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Exported is one line of the register as it is handed to somebody else.
type Exported struct {
	store.Entry
	Overdue  bool   // a term of the policy or of the law has passed and nothing was done
	Late     bool   // it was closed after such a term
	Linked   bool   // another request answers for it
	LinkedTo string // the number of that one; "" of a day that is over, and once it is purged
	Request  store.Request
}

// ExportQuery says what is exported: what was received on days from From to
// To, as the register stands now or as it stood at the end of a day.
type ExportQuery struct {
	From, To rules.Date
	AsOf     rules.Date // zero: now
}

// Export calls f with the lines that q selects, by number. Those of a day that
// is over are always the same, whatever happened later: Request, with all that
// is personal and may be purged, is then empty. ErrDay: the day of q lies
// ahead.
func (d *Desk) Export(ctx context.Context, q ExportQuery, f func(Exported) error) error {
	today, on := d.Today(), q.AsOf
	var until time.Time
	switch {
	case on.IsZero():
		on = today
	case on.After(today):
		return &store.About{What: on.String(), Err: ErrDay}
	default:
		until = d.DayBegins(on.AddDays(1))
	}
	return d.Store.EachEntry(ctx, store.EntryQuery{Until: until, From: q.From, To: q.To}, func(part []store.Entry) error {
		known := map[string]store.Request{}
		if q.AsOf.IsZero() {
			numbers := make([]string, len(part))
			for i, e := range part {
				numbers[i] = e.Number
			}
			list, err := d.Store.Requests(ctx, store.Filter{All: true, Numbers: numbers})
			if err != nil {
				return err
			}
			for _, r := range list {
				known[r.Number] = r
			}
		}
		for _, e := range part {
			x := Exported{Entry: e, Linked: e.Outcome == codeLinked, Request: known[e.Number]}
			x.LinkedTo = linkedTo(x.Request.Outcome)
			x.Overdue, x.Late = d.passed(e, on)
			if err := f(x); err != nil {
				return err
			}
		}
		return nil
	})
}

// passed reports whether a term of the policy or of the law had passed on a
// day, and whether one had when the request was closed.
func (d *Desk) passed(e store.Entry, on rules.Date) (overdue, late bool) {
	for _, t := range e.Terms {
		if t.Source == rules.SourceTarget || t.Due.IsZero() || e.Status == store.StatusDismissed || e.Outcome == codeLinked {
			continue
		}
		if e.ClosedAt.IsZero() {
			overdue = overdue || on.After(t.Due)
		} else {
			late = late || rules.DateIn(e.ClosedAt, d.Zone).After(t.Due)
		}
	}
	return overdue, late
}
