package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// deadlines computes the terms of a request anew by a policy edition, from
// its receipt and all that staff found out since.
func (d *Desk) deadlines(p *rules.Policy, r store.Request) (rules.Deadlines, error) {
	if r.Kind == "" {
		return p.ReviewDeadlines(d.Calendar, d.Deadlines, r.Candidates, r.ReceivedOn), nil
	}
	return p.Deadlines(d.Calendar, d.Deadlines, r.Kind, r.ReceivedOn, rules.Circumstances{
		Consumer: r.Consumer, Documents: r.Documents, Waits: r.Waits,
	})
}

// ErrWait says for what a request can wait.
var ErrWait = errors.New("wait for documents or for an answer: --for documents|answer")

// Codes of the events that change terms.
const (
	eventWaiting = "waiting"
	eventResumed = "resumed"
	eventSet     = "set"
)

// What a request can wait for.
const (
	forDocuments = "documents"
	forAnswer    = "answer"
)

// ErrDay says that a day cannot be set, since it lies ahead.
var ErrDay = errors.New("not a day that can be set: it lies in the future")

// ErrYear says that the calendar does not know the year of a day: only the days
// of the week could be counted there, and a date made of them is wrong.
var ErrYear = errors.New("not a day that can be counted from: the calendar does not know its year")

// Wait notes that a request waits for the requester from today on. Whether a
// term then stops, starts anew or runs on is a property of the term.
func (d *Desk) Wait(ctx context.Context, number, what string, a Actor) (store.Request, error) {
	if what != forDocuments && what != forAnswer {
		return store.Request{}, ErrWait
	}
	return d.redate(ctx, number, []store.Status{store.StatusOpen, store.StatusInProgress}, func(r *store.Request) (store.Change, error) {
		r.Waits = append(r.Waits, rules.Wait{From: d.Today()})
		return store.Change{Status: store.StatusWaiting, Waits: r.Waits}, nil
	}, a, eventWaiting, map[string]any{"for": what})
}

// Resume ends the wait: the requester answered, or nobody waits any longer.
func (d *Desk) Resume(ctx context.Context, number string, a Actor) (store.Request, error) {
	return d.redate(ctx, number, []store.Status{store.StatusWaiting}, func(r *store.Request) (store.Change, error) {
		r.Waits = endWaits(r.Waits, d.Today())
		return store.Change{Status: store.StatusOpen, Waits: r.Waits}, nil
	}, a, eventResumed, nil)
}

// Setting is one thing that staff found out about a request. Nil fields are
// left as they are.
type Setting struct {
	Consumer  *bool
	Documents *rules.Date // the day on which the proving documents came
	Received  *rules.Date // the true day of receipt; needs a reason
	Kind      *rules.Kind // the true kind; needs a reason
	Sender    *string     // the person's address; needs a reason unless staff passed the letter on
}

// check refuses what cannot be true, or needs a reason and has none.
func (d *Desk) check(s Setting, why string) error {
	if (s.Received != nil || s.Kind != nil) && why == "" {
		return ErrReason
	}
	for _, day := range []*rules.Date{s.Received, s.Documents} {
		switch {
		case day == nil:
		case day.After(d.Today()):
			return &store.About{What: day.String(), Err: ErrDay}
		case !rules.Known(*day):
			return &store.About{What: day.String(), Err: ErrYear}
		}
	}
	if s.Sender != nil {
		if err := d.checkSender(*s.Sender); err != nil {
			return err
		}
	}
	if s.Kind != nil {
		return d.confirmable([]rules.Kind{*s.Kind})
	}
	return nil
}

// Set records what staff found out; the terms are computed anew from the
// receipt, and the event holds the old and the new date. Documents end a wait
// for documents. The kind of a review case is confirmed instead of set.
func (d *Desk) Set(ctx context.Context, number string, s Setting, why string, a Actor) (store.Request, error) {
	if err := d.check(s, why); err != nil {
		return store.Request{}, err
	}
	from := open
	if s.Kind == nil {
		from = append([]store.Status{store.StatusReview}, open...)
	}
	detail := map[string]any{"why": why}
	return d.redate(ctx, number, from, func(r *store.Request) (store.Change, error) {
		before, c := *r, store.Change{Consumer: s.Consumer, ReceivedOn: s.Received, Kind: s.Kind}
		if s.Sender != nil {
			if c.Sender = s.Sender; why == "" && !d.Operator.Own.Is(cmp.Or(d.personOf(*r), d.Operator.Address)) {
				return c, ErrReason
			}
		}
		if s.Consumer != nil {
			r.Consumer = s.Consumer
		}
		if s.Received != nil {
			r.ReceivedOn = *s.Received
		}
		if s.Kind != nil {
			r.Kind = *s.Kind
		}
		if c.Documents = d.documentsBy(s, before, *r); c.Documents != nil {
			r.Documents = *c.Documents
		}
		if s.Documents == nil {
			return c, nil
		}
		waited, err := d.waitsFor(ctx, *r)
		if waited == forDocuments {
			r.Waits = endWaits(r.Waits, r.Documents)
			c.Waits, c.Status = r.Waits, store.StatusOpen
		}
		return c, err
	}, a, eventSet, detail)
}

// documentsBy is the day of the documents that follows from a setting; nil: it stays.
// Those that came with the first letter came when it did, and a kind that has a term
// from documents takes those that are there.
func (d *Desk) documentsBy(s Setting, before, after store.Request) *rules.Date {
	switch there := d.documentsOn(after); {
	case s.Documents != nil:
		return s.Documents
	case s.Received != nil && before.Documents == before.ReceivedOn && len(before.Letters) > 0 &&
		(before.Letters[0].Via.Paper() || documentsCame(before.Letters[0].Attachments)):
		return s.Received
	case s.Kind != nil && after.Documents.IsZero() && !there.IsZero() && d.documentDays(after.Kind) > 0:
		return &there
	}
	return nil
}

// waitsFor returns what a request waits for, "" if it does not wait, or nobody knows.
func (d *Desk) waitsFor(ctx context.Context, r store.Request) (string, error) {
	if r.Status != store.StatusWaiting {
		return "", nil
	}
	history, err := d.Store.History(ctx, r.Number)
	if err != nil {
		return "", err
	}
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Code != eventWaiting && history[i].Code != eventAnswered || history[i].Detail == "" { // forgotten
			continue
		}
		var detail struct {
			More struct {
				For string `json:"for"`
			} `json:"more"`
		}
		if err := json.Unmarshal([]byte(history[i].Detail), &detail); err != nil {
			return "", fmt.Errorf("read event %d: %w", history[i].Seq, err)
		}
		if detail.More.For != "" { // an answer need not ask for anything
			return detail.More.For, nil
		}
	}
	return "", nil
}

// redate applies a change that moves dates: edit alters the request as it will
// stand and says what changes.
func (d *Desk) redate(ctx context.Context, number string, from []store.Status, edit func(*store.Request) (store.Change, error), a Actor, code string, detail map[string]any) (store.Request, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	if !slices.Contains(from, r.Status) {
		return r, fmt.Errorf("%s is %s: %w", number, r.Status, store.ErrStatus)
	}
	if err := d.current(ctx); err != nil {
		return r, err
	}
	after := r
	c, err := edit(&after)
	if err != nil {
		return r, err
	}
	c.From = from
	if err := d.redated(ctx, &c, after, a, code, detail); err != nil {
		return r, err
	}
	return d.Store.Change(ctx, c, d.Now())
}

// redated adds to a change what follows for the dates: the terms are computed
// for the request as it will stand, by the policy edition of the receipt. The
// event keeps the count beside the old and the new dates.
func (d *Desk) redated(ctx context.Context, c *store.Change, r store.Request, a Actor, code string, detail map[string]any) error {
	p, err := d.policyOf(ctx, r.Policy)
	if err != nil {
		return err
	}
	due, err := d.deadlines(p, r)
	if err != nil {
		return err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["trace"] = d.trace(p, r.ReceivedOn, due)
	c.Number, c.Revision = r.Number, r.Revision
	c.Terms, c.ActBy = terms(due), due.ActBy
	c.Event = event(a, code, detail)
	return nil
}

// joinDates counts the dates of a request anew where a further letter ends its
// wait, opens it again, or brings the documents that a term runs from.
func (d *Desk) joinDates(ctx context.Context, a *store.Admission) error {
	documents := documentsCame(a.Letter.Attachments)
	if a.JoinStatus == "" && !documents {
		return nil // nothing to read of a request that may hold many letters
	}
	r, err := d.Store.Request(ctx, a.Join)
	if err != nil {
		return err
	}
	if r.Documents.IsZero() && d.documentDays(r.Kind) > 0 && documents {
		r.Documents = rules.DateIn(a.Letter.ReceivedAt, d.Zone)
		a.JoinDocs = &r.Documents
	}
	if a.JoinStatus == "" && a.JoinDocs == nil {
		return nil
	}
	if a.JoinWaits != nil {
		r.Waits = a.JoinWaits
	}
	p, err := d.policyOf(ctx, r.Policy)
	if errors.Is(err, ErrPolicy) {
		return nil // it keeps its dates; the letter must not be lost for that
	}
	if err != nil {
		return err
	}
	due, err := d.deadlines(p, r)
	if err != nil {
		return nil // as above: its own edition does not know its kind
	}
	a.JoinTerms, a.JoinActBy, a.JoinTrace = terms(due), due.ActBy, d.trace(p, r.ReceivedOn, due)
	return nil
}
