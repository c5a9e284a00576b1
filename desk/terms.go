package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// DeadlinesOf computes the terms of a request anew, from its receipt and all
// that staff found out since.
func (d *Desk) DeadlinesOf(r store.Request) (rules.Deadlines, error) {
	if r.Kind == "" {
		return d.Policy.ReviewDeadlines(d.Calendar, d.Deadlines, r.Candidates, r.ReceivedOn), nil
	}
	return d.Policy.Deadlines(d.Calendar, d.Deadlines, r.Kind, r.ReceivedOn, rules.Circumstances{
		Consumer: r.Consumer, Documents: r.Documents, Waits: r.Waits,
	})
}

// Moved is a date that a recomputation moved.
type Moved struct {
	Number   string
	Old, New rules.Date
}

// Earlier reports whether there is less time than before.
func (m Moved) Earlier() bool {
	return !m.New.IsZero() && (m.Old.IsZero() || m.New.Before(m.Old))
}

// Recompute brings the dates of every request that is not closed in line with
// the present calendar, if that is another than last time, in one transaction.
// It returns the requests whose act by moved; the history has the old and the
// new date of each.
func (d *Desk) Recompute(ctx context.Context) ([]Moved, error) {
	digest := d.Calendar.Digest()
	last, err := d.Store.Meta(ctx, store.MetaCalendarDigest)
	if err != nil || last == digest {
		return nil, err
	}
	if last == "" { // a new register: nothing was counted by another calendar
		return nil, d.Store.SetMeta(ctx, store.MetaCalendarDigest, digest)
	}
	open, err := d.Store.Requests(ctx, store.Filter{})
	if err != nil {
		return nil, fmt.Errorf("read open requests: %w", err)
	}
	var rows []store.Recomputed
	var moved []Moved
	for _, r := range open {
		due, err := d.DeadlinesOf(r)
		if err != nil {
			continue // a kind that the present policy does not know keeps its dates
		}
		terms := terms(due)
		if due.ActBy == r.ActBy && sameDates(terms, r.Terms) {
			continue
		}
		rows = append(rows, store.Recomputed{Number: r.Number, Terms: terms, ActBy: due.ActBy})
		if due.ActBy != r.ActBy {
			moved = append(moved, Moved{Number: r.Number, Old: r.ActBy, New: due.ActBy})
		}
	}
	if len(rows) > 0 {
		if err := d.Store.Recompute(ctx, rows, "calendar", d.Now()); err != nil {
			return nil, fmt.Errorf("recompute terms: %w", err)
		}
	}
	return moved, d.Store.SetMeta(ctx, store.MetaCalendarDigest, digest)
}

// sameDates reports whether two computations of the same terms agree.
func sameDates(a, b []store.Term) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Kind != b[i].Kind || a[i].Due != b[i].Due || a[i].Provisional != b[i].Provisional {
			return false
		}
	}
	return true
}

// ErrWait says for what a request can wait.
var ErrWait = errors.New("wait for documents or for an answer: --for documents|answer")

// Codes of the events that change terms.
const (
	eventWaiting = "waiting"
	eventResumed = "resumed"
	eventSet     = "set"
)

// Wait notes that a request waits for the requester from today on. Whether a
// term then stops, starts anew or runs on is a property of the term.
func (d *Desk) Wait(ctx context.Context, number, what string, a Actor) (store.Request, error) {
	if what != "documents" && what != "answer" {
		return store.Request{}, ErrWait
	}
	return d.redate(ctx, number, []store.Status{store.StatusOpen, store.StatusInProgress}, func(r *store.Request) store.Change {
		r.Waits = append(r.Waits, rules.Wait{From: d.Today()})
		return store.Change{Status: store.StatusWaiting, Waits: r.Waits}
	}, a, eventWaiting, map[string]any{"for": what})
}

// Resume ends the wait: the requester answered, or nobody waits any longer.
func (d *Desk) Resume(ctx context.Context, number string, a Actor) (store.Request, error) {
	return d.redate(ctx, number, []store.Status{store.StatusWaiting}, func(r *store.Request) store.Change {
		r.Waits = endWaits(r.Waits, d.Today())
		return store.Change{Status: store.StatusOpen, Waits: r.Waits}
	}, a, eventResumed, nil)
}

// Setting is one thing that staff found out about a request. Nil fields are
// left as they are.
type Setting struct {
	Consumer  *bool
	Documents *rules.Date // the day on which the proving documents came
	Received  *rules.Date // the true day of receipt; needs a reason
	Kind      *rules.Kind // the true kind; needs a reason
}

// Set records what staff found out; the terms are computed anew from the
// receipt, and the event holds the old and the new date.
func (d *Desk) Set(ctx context.Context, number string, s Setting, why string, a Actor) (store.Request, error) {
	if (s.Received != nil || s.Kind != nil) && why == "" {
		return store.Request{}, ErrReason
	}
	if s.Kind != nil {
		if err := d.confirmable([]rules.Kind{*s.Kind}); err != nil {
			return store.Request{}, err
		}
	}
	if s.Received != nil && s.Received.After(d.Today()) {
		return store.Request{}, fmt.Errorf("%w: the day of receipt lies in the future", ErrReason)
	}
	detail := map[string]any{"why": why}
	return d.redate(ctx, number, append([]store.Status{store.StatusReview}, open...), func(r *store.Request) store.Change {
		c := store.Change{Consumer: s.Consumer, Documents: s.Documents, ReceivedOn: s.Received}
		if s.Consumer != nil {
			detail["consumer"] = *s.Consumer
			r.Consumer = s.Consumer
		}
		if s.Documents != nil {
			detail["documents"] = *s.Documents
			r.Documents = *s.Documents
		}
		if s.Received != nil {
			detail["received"] = []rules.Date{r.ReceivedOn, *s.Received}
			r.ReceivedOn = *s.Received
		}
		if s.Kind != nil && r.Kind != "" { // a review case is confirmed instead
			detail["kind"] = []rules.Kind{r.Kind, *s.Kind}
			r.Kind = *s.Kind
			c.Kind = s.Kind
		}
		return c
	}, a, eventSet, detail)
}

// redate applies a change that moves dates: edit alters the request as it will
// stand and says what changes, the terms are computed for that.
func (d *Desk) redate(ctx context.Context, number string, from []store.Status, edit func(*store.Request) store.Change, a Actor, code string, detail map[string]any) (store.Request, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	before, revision := r.ActBy, r.Revision
	c := edit(&r)
	due, err := d.DeadlinesOf(r)
	if err != nil {
		return r, err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["act_by"] = []rules.Date{before, due.ActBy}
	body, err := json.Marshal(detail)
	if err != nil {
		return r, err
	}
	c.Number, c.Revision, c.From = number, revision, from
	c.Terms, c.ActBy = terms(due), due.ActBy
	c.Event = store.Event{Actor: a.String(), Code: code, Detail: string(body)}
	return d.Store.Change(ctx, c, d.Now())
}
