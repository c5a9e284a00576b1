package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Moved is an act by that a recomputation moved.
type Moved struct {
	Number   string
	Old, New rules.Date
}

// Earlier reports whether there is less time than before.
func (m Moved) Earlier() bool {
	return !m.New.IsZero() && (m.Old.IsZero() || m.New.Before(m.Old))
}

// Causes of a recomputation, for the history.
const (
	causeCalendar = "calendar" // other days off, or another week
	causeSettings = "settings" // deadlines.statutory or deadlines.targets
)

// Recomputation says what a changed calendar did to the open requests.
type Recomputation struct {
	Counted int      // open requests looked at; 0 if nothing had changed
	Moved   []Moved  // those whose act by is another day now
	Kept    []string // numbers whose policy edition cannot be read: they keep their dates
}

// Recompute brings the dates of every request that is not closed in line with
// the calendar and the deadline options, if those are others than last time,
// or in any case with always: a process that still runs with the old ones may
// have registered since. Each request keeps the policy edition of its receipt.
//
// All dates move in one transaction; the history has the old and the new date
// of each, the cause and the count. Closed requests are not touched.
func (d *Desk) Recompute(ctx context.Context, always bool) (Recomputation, error) {
	var done Recomputation
	if err := d.keepPolicy(ctx); err != nil {
		return done, err
	}
	cause, err := d.changed(ctx)
	if err != nil || cause == "" && !always {
		return done, err
	}
	if cause == "" {
		cause = causeCalendar
	}
	for try := 0; ; try++ {
		done, err = d.recompute(ctx, cause)
		if err == nil {
			return done, d.noteChange(ctx)
		}
		if !errors.Is(err, store.ErrStale) || try == 5 {
			return done, fmt.Errorf("recompute terms: %w", err)
		}
	}
}

func (d *Desk) recompute(ctx context.Context, cause string) (Recomputation, error) {
	var done Recomputation
	open, err := d.Store.Requests(ctx, store.Filter{})
	if err != nil {
		return done, fmt.Errorf("read open requests: %w", err)
	}
	var rows []store.Recomputed
	known := map[string]recount{}
	for _, r := range open {
		p, err := d.policyOf(ctx, r.Policy)
		if err != nil && !errors.Is(err, ErrPolicy) {
			return done, err
		}
		var c recount
		if err == nil {
			c, err = d.recount(p, r, known)
		}
		if err != nil { // no text of its edition, or a kind that the edition does not know
			done.Kept = append(done.Kept, r.Number)
			continue
		}
		done.Counted++
		if c.actBy == r.ActBy && sameDates(c.terms, r.Terms) {
			continue
		}
		rows = append(rows, store.Recomputed{Number: r.Number, Revision: r.Revision, Terms: c.terms, ActBy: c.actBy, Trace: c.trace})
		if c.actBy != r.ActBy {
			done.Moved = append(done.Moved, Moved{Number: r.Number, Old: r.ActBy, New: c.actBy})
		}
	}
	if len(rows) == 0 {
		return done, nil
	}
	return done, d.Store.Recompute(ctx, rows, cause, d.Now())
}

// recount is what a request's dates come to.
type recount struct {
	terms []store.Term
	actBy rules.Date
	trace json.RawMessage
}

// recount counts the dates of a request. Those of requests that have all that
// matters in common are counted once and kept in known.
func (d *Desk) recount(p *rules.Policy, r store.Request, known map[string]recount) (recount, error) {
	consumer := r.Consumer == nil || *r.Consumer
	key := fmt.Sprint(p.Digest, r.Kind, r.Candidates, r.ReceivedOn, consumer, r.Documents, r.Waits)
	if c, ok := known[key]; ok {
		return c, nil
	}
	due, err := d.deadlines(p, r)
	if err != nil {
		return recount{}, err
	}
	c := recount{terms(due), due.ActBy, d.trace(p, r.ReceivedOn, due)}
	known[key] = c
	return c, nil
}

// changed returns what differs from the last time that dates were computed:
// a cause, or "" for nothing. In a new register nothing differs.
func (d *Desk) changed(ctx context.Context) (string, error) {
	days, err := d.Store.Meta(ctx, store.MetaCalendarDigest)
	if err != nil {
		return "", err
	}
	settings, err := d.Store.Meta(ctx, store.MetaDeadlines)
	if err != nil {
		return "", err
	}
	switch {
	case days == "":
		return "", d.noteChange(ctx)
	case days != d.Calendar.Digest():
		return causeCalendar, nil
	case settings != d.settings():
		return causeSettings, nil
	}
	return "", nil
}

// noteChange writes down by what the dates were computed.
func (d *Desk) noteChange(ctx context.Context) error {
	if err := d.Store.SetMeta(ctx, store.MetaCalendarDigest, d.Calendar.Digest()); err != nil {
		return err
	}
	return d.Store.SetMeta(ctx, store.MetaDeadlines, d.settings())
}

// settings writes the deadline options in one form.
func (d *Desk) settings() string {
	text, _ := json.Marshal(d.Deadlines) // a bool and numbers always marshal
	return string(text)
}

// sameDates reports whether two computations of the same terms agree.
func sameDates(a, b []store.Term) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Kind != b[i].Kind || a[i].Days != b[i].Days || a[i].From != b[i].From ||
			a[i].DayOne != b[i].DayOne || a[i].Due != b[i].Due || a[i].Provisional != b[i].Provisional {
			return false
		}
	}
	return true
}

// ErrPolicy says that the text of a policy edition is not at hand.
var ErrPolicy = errors.New("the policy edition of the request cannot be read")

// keepPolicy stores the text of the present policy beside the requests that
// will name its digest.
func (d *Desk) keepPolicy(ctx context.Context) error {
	name := store.MetaPolicy + d.Policy.Digest
	kept, err := d.Store.Meta(ctx, name)
	if err != nil || kept != "" {
		return err
	}
	return d.Store.SetMeta(ctx, name, string(d.Policy.Source()))
}

// policyOf returns the policy edition that a request names.
func (d *Desk) policyOf(ctx context.Context, ref store.PolicyRef) (*rules.Policy, error) {
	if ref.Digest == "" || ref.Digest == d.Policy.Digest {
		return d.Policy, nil
	}
	if p, ok := d.editions[ref.Digest]; ok {
		if p == nil {
			return nil, fmt.Errorf("%w: edition %s", ErrPolicy, ref.Edition)
		}
		return p, nil
	}
	text, err := d.Store.Meta(ctx, store.MetaPolicy+ref.Digest)
	if err != nil {
		return nil, err
	}
	p, err := rules.ParsePolicy([]byte(text))
	if err != nil || p.Digest != ref.Digest {
		d.editions[ref.Digest] = nil
		return nil, fmt.Errorf("%w: edition %s", ErrPolicy, ref.Edition)
	}
	d.editions[ref.Digest] = p
	return p, nil
}
