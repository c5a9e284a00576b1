package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Errors of a link that a person can mend.
var (
	// ErrLinkSame says that both numbers stem from the same letters.
	ErrLinkSame = errors.New("both requests stem from the same letters")
	// ErrLinkKind says that the second request demands something else, and that
	// demand would be lost.
	ErrLinkKind = errors.New("the other request is another demand")
	// ErrLinkOrder says that the second request came first, and its terms, which end
	// earlier, would be lost.
	ErrLinkOrder = errors.New("the other request was received earlier")
)

// codeLinked is the code of the outcome of a request that was linked to another; its
// argument is the number of that other.
const codeLinked = "linked"

const (
	eventLinked   = "linked"    // it got the letters of another request
	eventLinkedTo = "linked_to" // another request got its letters
)

// Link gives the letters of the request from to the request into, which answers for them
// from then on: a person found that they belong there. from is closed by that, or dismissed
// if it was on review; when it is reopened, it takes its letters back. into must be the
// earlier of the two.
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
	if err := errors.Join(inStatus(to, notClosed...), inStatus(of, notClosed...)); err != nil {
		return to, err
	}
	gets, err := d.linking(ctx, to, of, a)
	if err != nil {
		return to, err
	}
	is := of
	is.Status, is.Outcome = store.StatusDone, rules.Reason{Code: codeLinked, Args: []string{into}}
	if of.Status == store.StatusReview {
		is.Status = store.StatusDismissed
	}
	gives, err := d.becomes(ctx, of, is, act{who: a, code: eventLinkedTo, says: &store.More{To: into}})
	if err != nil {
		return to, err
	}
	after, n, err := d.Store.Link(ctx, gets, gives, d.Now())
	if err == nil && n == 0 {
		return to, ErrLinkSame
	}
	return after, err
}

// linking is the change of the request to, which gets the letters of the request of. The
// documents that they bring are on file with to from then on. If to waits for the
// requester, letters that came since it waits are the answer; so are letters that came
// before, if it waits for documents and they brought some.
func (d *Desk) linking(ctx context.Context, to, of store.Request, a Actor) (c store.Change, err error) {
	is, e, brought := to, act{who: a, code: eventLinked, says: &store.More{From: of.Number}}, d.broughtBy(of)
	if d.documentTerm(to.Kind).Days > 0 {
		is.Documents = cmp.Or(to.Documents, brought)
	}
	if to.Status == store.StatusWaiting {
		last := rules.DateIn(of.Letters[len(of.Letters)-1].ReceivedAt, d.Zone)
		waited, err := d.waitsFor(ctx, to)
		switch {
		case err != nil:
			return c, err
		case !last.Before(to.Waits[len(to.Waits)-1].From):
			is.Status, e.answered = reopenedStatus(to.Status), last
		case waited == forDocuments && !brought.IsZero():
			is.Status, e.answered = reopenedStatus(to.Status), brought
		}
	}
	return d.becomes(ctx, to, is, e)
}

// broughtBy is the day on which a request brought documents: as staff wrote it down, else
// as its letters show.
func (d *Desk) broughtBy(r store.Request) rules.Date { return cmp.Or(r.Documents, d.documentsOn(r)) }

// givingBack lists the changes of the requests that got the letters of r by links, one
// after the other, when r is opened again: they lose those letters and the documents that
// came with them.
func (d *Desk) givingBack(ctx context.Context, r store.Request, a Actor) (list []store.Change, err error) {
	of := r
	for into := linkedTo(r.Outcome); into != "" && len(list) < mostLinks; into = linkedTo(r.Outcome) {
		if r, err = d.Store.Request(ctx, into); err != nil {
			return nil, err
		}
		is := r
		is.Letters = nil
		for i, l := range r.Letters {
			if i == 0 || slices.IndexFunc(of.Letters, func(x store.Letter) bool { return x.ID == l.ID }) < 0 {
				is.Letters = append(is.Letters, l)
			}
		}
		if r.Documents == d.broughtBy(of) && d.documentTerm(r.Kind).Days > 0 {
			is.Documents = rules.Date{}
		}
		c, err := d.becomes(ctx, r, is, act{who: a, code: store.EventUnlinked, says: &store.More{From: of.Number}})
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// linkedTo is the number of the request that one with this outcome was linked to.
func linkedTo(outcome rules.Reason) string {
	if outcome.Code == codeLinked && len(outcome.Args) > 0 {
		return outcome.Args[0]
	}
	return ""
}
