package desk

import (
	"context"
	"errors"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Errors of a link that a person can mend.
var (
	// ErrLinkSame says that both numbers stem from the same letters.
	ErrLinkSame = errors.New("both requests stem from the same letters")
	// ErrLinkKind says that the second request is another demand, which would
	// be lost.
	ErrLinkKind = errors.New("the other request is another demand")
	// ErrLinkOrder says that the second request came first: its terms, which
	// end earlier, would be lost.
	ErrLinkOrder = errors.New("the other request was received earlier")
)

// codeLinked is the outcome of a request whose letters belong to another; its
// argument is that one's number.
const codeLinked = "linked"

const (
	eventLinked   = "linked"    // it got letters of another request
	eventLinkedTo = "linked_to" // its letters belong to another
)

// Link is a person's decision that the letters of one request belong to
// another, which answers for them from then on: the one they came from is
// closed by it (a letter on review is dismissed). Reopening that one takes the
// letters back. The earlier request of the two is the one that stays.
func (d *Desk) Link(ctx context.Context, into, from string, a Actor) (store.Request, error) {
	to, err := d.Store.Request(ctx, into)
	if err != nil {
		return to, err
	}
	of, err := d.Store.Request(ctx, from)
	if err != nil {
		return of, err
	}
	switch {
	case into == from:
		return to, ErrLinkSame
	case of.Kind != "" && of.Kind != to.Kind:
		return to, ErrLinkKind
	case of.ReceivedOn.Before(to.ReceivedOn):
		return to, ErrLinkOrder
	}
	undecided := append([]store.Status{store.StatusReview}, open...)
	become := store.StatusDone
	if of.Status == store.StatusReview {
		become = store.StatusDismissed
	}
	change, err := d.linking(ctx, to, of, a)
	if err != nil {
		return to, err
	}
	change.From = undecided
	after, n, err := d.Store.Link(ctx, change, store.Change{
		Number: from, Revision: of.Revision, From: undecided, Status: become, Drop: waitingReceipt(of),
		Outcome: &rules.Reason{Code: codeLinked, Args: []string{into}},
		Event:   event(a, eventLinkedTo, map[string]any{"to": into}),
	}, d.Now())
	if err == nil && n == 0 {
		return to, ErrLinkSame
	}
	return after, err
}

// linking is what becomes of the request to that gets the letters of another beside
// that: where they bring the documents that a term of it runs from, its dates are
// counted, and it waits for documents no longer.
func (d *Desk) linking(ctx context.Context, to, of store.Request, a Actor) (c store.Change, err error) {
	detail := map[string]any{"from": of.Number}
	on := d.documentsOn(of)
	if on.IsZero() || !to.Documents.IsZero() || d.documentDays(to.Kind) == 0 {
		return store.Change{Number: to.Number, Revision: to.Revision, Event: event(a, eventLinked, detail)}, nil
	}
	if err := d.current(ctx); err != nil {
		return c, err
	}
	to.Documents, c.Documents = on, &on
	waited, err := d.waitsFor(ctx, to)
	if err != nil {
		return c, err
	}
	if waited == forDocuments {
		to.Waits = endWaits(to.Waits, on)
		c.Waits, c.Status = to.Waits, store.StatusOpen
	}
	return c, d.redated(ctx, &c, to, a, eventLinked, detail)
}

// bearersOf lists the requests that got the letters of a closed one by links, one
// after the other.
func (d *Desk) bearersOf(ctx context.Context, r store.Request) (numbers []string, err error) {
	for into := linkedTo(r.Outcome); into != "" && len(numbers) < mostLinks; into = linkedTo(r.Outcome) {
		if r, err = d.Store.Request(ctx, into); err != nil {
			return nil, err
		}
		numbers = append(numbers, into)
	}
	return numbers, nil
}

// linkedTo is the number of the request that one with this outcome was linked to.
func linkedTo(outcome rules.Reason) string {
	if outcome.Code == codeLinked && len(outcome.Args) > 0 {
		return outcome.Args[0]
	}
	return ""
}
