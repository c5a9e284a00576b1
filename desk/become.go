package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A request changes by many acts: staff decide, a letter joins it, it is linked to
// another. Each act sets only what it decides. What follows from that does not depend
// on the act, and is written down here, once for all of them.

// act is who acts on a request, and what the history keeps of it.
type act struct {
	who  Actor
	code string
	says *store.More // nil: nothing

	answered rules.Date // the day on which the requester gave what was awaited; zero: today

	// letter says that a letter came, and no person decides. It is taken in also where
	// the dates cannot be counted, or are counted by an old calendar.
	letter bool
}

func (a act) event() store.Event { return store.Event{Actor: a.who.String(), Code: a.code} }

// becomes makes the change that turns the request was into the request is, with all that
// follows from it:
//
//   - a request that begins to wait for the requester waits from today; when it waits no
//     more, the day of the answer is the last day of the wait;
//   - a request that is not closed has no outcome and no closing steps;
//   - where the kind has a term that runs from documents, those that the letters brought
//     are on file;
//   - the terms are counted anew if anything changed that they rest on. A closed request
//     keeps its dates, unless it was waiting until then;
//   - once a person has decided on a review case, its receipt, which says that a person
//     will decide, does not go out any more;
//   - once a request to get no more advertising is done, its addresses are suppressed.
func (d *Desk) becomes(ctx context.Context, was, is store.Request, a act) (store.Change, error) {
	switch waits := is.Status == store.StatusWaiting; {
	case waits && was.Status != is.Status:
		is.Waits = append(slices.Clone(was.Waits), rules.Wait{From: d.Today()})
	case !waits:
		is.Waits = endWaits(was.Waits, cmp.Or(a.answered, d.Today()))
	}
	if !is.Status.Closed() {
		is.Outcome, is.Steps = rules.Reason{}, nil
	}
	if is.Documents.IsZero() && (is.Kind != was.Kind || len(is.Letters) != len(was.Letters)) && d.documentTerm(is.Kind).Days > 0 {
		is.Documents = d.documentsOn(is)
	}
	c := store.Change{Number: was.Number, Revision: was.Revision, Is: &is}
	if recounts(was, is) {
		if err := d.redate(ctx, &is, &a); err != nil {
			return c, err
		}
		if cause := causeOf(was.Terms, is.Terms); cause != "" && restsOn(was) == restsOn(is) {
			a.says.Cause = cause
		}
	}
	if was.Status == store.StatusReview && is.Status != store.StatusReview && (was.Ack.State == store.MailHeld || was.Ack.State == store.MailQueued) {
		c.Drop = was.Ack.MailID
	}
	if rule, ok := d.Policy.Kind(is.Kind); ok && rule.Suppress && is.Status == store.StatusDone && was.Status != is.Status && linkedTo(is.Outcome) == "" {
		c.Suppress = d.suppressedBy(is)
	}
	c.Event, c.Says = a.event(), a.says
	return c, nil
}

// turn reads a request, which must be in one of the statuses, lets edit change it, and
// writes down what it becomes.
func (d *Desk) turn(ctx context.Context, number string, from []store.Status, a act, edit func(*store.Request)) (store.Request, error) {
	r, err := d.requestIn(ctx, number, from...)
	if err != nil {
		return r, err
	}
	is := r
	edit(&is)
	return d.become(ctx, r, is, a)
}

// become makes the change of becomes and writes it into the register.
func (d *Desk) become(ctx context.Context, was, is store.Request, a act) (store.Request, error) {
	c, err := d.becomes(ctx, was, is, a)
	if err != nil {
		return was, err
	}
	return d.Store.Change(ctx, c, d.Now())
}

// recounts reports whether the dates of a request are to be counted anew.
func recounts(was, is store.Request) bool {
	if is.Status.Closed() {
		return was.Status == store.StatusWaiting
	}
	return was.Status.Closed() || restsOn(was) != restsOn(is)
}

// restsOn is all of a request that its dates are counted from.
func restsOn(r store.Request) string {
	consumer := r.Consumer == nil || *r.Consumer
	return fmt.Sprint(r.Kind, r.Candidates, r.ReceivedOn, consumer, r.Documents, r.Waits)
}

// redate counts the dates of a request anew, by the policy edition of its receipt. The
// count goes into what the act says, for the history.
func (d *Desk) redate(ctx context.Context, r *store.Request, a *act) error {
	if !a.letter {
		if err := d.current(ctx); err != nil {
			return err
		}
	}
	p, due, err := d.counted(ctx, *r)
	if err != nil {
		if (a.letter || r.Status.Closed()) && errors.Is(err, errUncountable) {
			return nil
		}
		return err
	}
	r.Terms, r.ActBy = terms(due), due.ActBy
	if a.says == nil {
		a.says = &store.More{}
	}
	a.says.Trace = d.trace(p, r.ReceivedOn, due)
	return nil
}

// reopenedStatus is the status that a request gets when it is taken up again, because its
// requester wrote or a person says so.
func reopenedStatus(s store.Status) store.Status {
	switch s {
	case store.StatusWaiting, store.StatusDone, store.StatusRefused:
		return store.StatusOpen
	case store.StatusDismissed:
		return store.StatusReview
	}
	return s
}

// endWaits ends the wait that still runs, if any does, on the day last.
func endWaits(waits []rules.Wait, last rules.Date) []rules.Wait {
	out := slices.Clone(waits)
	for i := range out {
		if out[i].To.IsZero() {
			out[i].To = last
		}
	}
	return out
}
