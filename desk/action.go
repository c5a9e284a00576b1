package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Errors of the actions that a person can mend.
var (
	// ErrKind says that the policy knows no such kind, or that two kinds may
	// not come from one letter.
	ErrKind = errors.New("not a kind that can be confirmed")
	// ErrReason says that a reason is missing.
	ErrReason = errors.New("a reason is needed")
	// ErrSteps says that a closing step was neither done nor named as not
	// applicable.
	ErrSteps = errors.New("closing steps are missing")
)

// Codes of the events that the actions write.
const (
	eventTaken     = "taken"
	eventAssigned  = "assigned"
	eventConfirmed = "confirmed"
	eventDismissed = "dismissed"
	eventClosed    = "closed"
	eventNoted     = "noted"
	eventAnswered  = "answered"
)

// codeByPerson is the code of an outcome that a person gave in words of their own.
const codeByPerson = "by_person"

// Actor is who acts: the real user of the system, and the name claimed with
// --as, which is recorded as a claim and no more.
type Actor struct{ Login, Claim string }

func (a Actor) String() string {
	if a.Claim == "" {
		return a.Login
	}
	return a.Login + " (as " + a.Claim + ")"
}

// workable are the statuses in which a request can be worked on.
var workable = []store.Status{store.StatusOpen, store.StatusInProgress, store.StatusWaiting}

// notClosed are those, and the status in which a person must first decide what the
// letter is.
var notClosed = append([]store.Status{store.StatusReview}, workable...)

// Confirm makes a review case into a request of one kind, or into the two of
// a pair: the case keeps its number for the first. Terms run from the receipt
// of the letter, and its acknowledgement follows.
func (d *Desk) Confirm(ctx context.Context, number string, kinds []rules.Kind, a Actor) (store.Request, []string, error) {
	return d.confirm(ctx, number, kinds, "", a)
}

// confirm is Confirm. sender is the address of who wrote the letter, where the actor
// found that out; "" otherwise.
func (d *Desk) confirm(ctx context.Context, number string, kinds []rules.Kind, sender string, a Actor) (store.Request, []string, error) {
	r, err := d.Store.Request(ctx, number)
	if err == nil {
		err = d.confirmable(kinds)
	}
	if err == nil {
		err = inStatus(r, store.StatusReview)
	}
	if err != nil {
		return r, nil, err
	}
	is := r
	is.Status, is.Kind, is.Candidates, is.Sender = store.StatusOpen, kinds[0], nil, cmp.Or(sender, r.Sender)
	if r.Assignee != "" {
		is.Status = store.StatusInProgress
	}
	c, err := d.becomes(ctx, r, is, act{who: a, code: eventConfirmed, says: &store.More{Before: r.Candidates, After: kinds}})
	if err != nil {
		return r, nil, err
	}
	if c.More, err = d.further(ctx, r, is, kinds[1:]); err != nil {
		return r, nil, err
	}
	c.Prefix = d.Operator.Prefix
	if c.Ack, err = d.confirmedAck(ctx, r, is.Sender); err != nil {
		return r, nil, err
	}
	after, err := d.Store.Change(ctx, c, d.Now())
	if err != nil {
		return r, nil, err
	}
	numbers, err := d.Store.OfSameLetter(ctx, number)
	return after, numbers, err
}

// further makes the requests of the second kind and on, where a person confirms more
// than one. They get the status and the assignee of the first.
func (d *Desk) further(ctx context.Context, r, first store.Request, kinds []rules.Kind) ([]store.NewRequest, error) {
	p, err := d.policyOf(ctx, r.Policy)
	if err != nil {
		return nil, err
	}
	more, err := d.newRequests(p, rules.Finding{Verdict: rules.Request, Kinds: kinds}, r.ReceivedOn, rules.Circumstances{
		Consumer: r.Consumer, Documents: cmp.Or(r.Documents, d.documentsOn(r)),
	})
	for i := range more {
		more[i].Status, more[i].Assignee = first.Status, first.Assignee
	}
	return more, err
}

// confirmable reports whether a person may confirm these kinds for one letter.
func (d *Desk) confirmable(kinds []rules.Kind) error {
	for _, k := range kinds {
		if _, ok := d.Policy.Kind(k); !ok {
			return fmt.Errorf("%w: %q; the policy knows: %s", ErrKind, k, d.kindList())
		}
	}
	switch {
	case len(kinds) == 1:
		return nil
	case len(kinds) == 2 && kinds[0] != kinds[1]:
		return nil
	}
	return fmt.Errorf("%w: name one kind, or two different ones", ErrKind)
}

func (d *Desk) kindList() string {
	var kinds []string
	for _, k := range d.Policy.Kinds {
		kinds = append(kinds, string(k.ID))
	}
	return strings.Join(kinds, ", ")
}

// Dismiss closes a review case that turned out to be no request. It needs a
// reason.
func (d *Desk) Dismiss(ctx context.Context, number, why string, a Actor) (store.Request, error) {
	if why == "" {
		return store.Request{}, ErrReason
	}
	from, e := []store.Status{store.StatusReview}, act{who: a, code: eventDismissed, says: &store.More{Why: &why}}
	return d.turn(ctx, number, from, e, func(r *store.Request) {
		r.Status, r.Outcome = store.StatusDismissed, rules.Reason{Code: codeByPerson, Args: []string{why}}
	})
}

// Close ends a request as done or refused; a refusal needs a reason. The
// kind's steps are recorded as done, or as not applicable where named so.
func (d *Desk) Close(ctx context.Context, number string, as store.Status, why string, steps []store.StepDone, a Actor) (store.Request, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	c, err := d.closing(ctx, r, as, why, steps, a)
	if err != nil {
		return r, err
	}
	return d.Store.Change(ctx, c, d.Now())
}

// closing is the change that closes a request.
func (d *Desk) closing(ctx context.Context, r store.Request, as store.Status, why string, steps []store.StepDone, a Actor) (store.Change, error) {
	if why == "" {
		return store.Change{}, ErrReason
	}
	if err := inStatus(r, workable...); err != nil { // before the steps: a closed request needs none
		return store.Change{}, err
	}
	if missing := d.missingSteps(r.Kind, steps); len(missing) > 0 {
		return store.Change{}, fmt.Errorf("%w: %v", ErrSteps, missing)
	}
	is := r
	is.Status, is.Steps, is.Outcome = as, steps, rules.Reason{Code: codeByPerson, Args: []string{why}}
	return d.becomes(ctx, r, is, act{who: a, code: eventClosed, says: &store.More{Before: r.Status, After: as, Why: &why, Steps: &steps}})
}

// suppressedBy lists, as digests, the addresses that marketing must leave out once this
// request is fulfilled: that of its person, and those from which its further letters
// came.
func (d *Desk) suppressedBy(r store.Request) (digests []string) {
	for i, l := range r.Letters {
		address := d.writerOf(l)
		if i == 0 {
			address = d.personOf(r)
		}
		if sum := addressDigest(address); address != "" && !d.Operator.Own.Is(address) && !slices.Contains(digests, sum) {
			digests = append(digests, sum)
		}
	}
	return digests
}

// missingSteps lists the ids of the kind's closing steps that nobody spoke of.
func (d *Desk) missingSteps(k rules.Kind, steps []store.StepDone) []string {
	rule, ok := d.Policy.Kind(k)
	if !ok {
		return nil
	}
	var missing []string
	for _, s := range rule.Steps {
		if !slices.ContainsFunc(steps, func(x store.StepDone) bool { return x.ID == s.ID }) {
			missing = append(missing, s.ID)
		}
	}
	return missing
}

// Reopen opens a closed request again, or puts a dismissed letter back on
// review. Its dates are counted anew: they may stem from another calendar.
func (d *Desk) Reopen(ctx context.Context, number, why string, a Actor) (store.Request, error) {
	if why == "" {
		return store.Request{}, ErrReason
	}
	r, err := d.requestIn(ctx, number, store.StatusDone, store.StatusRefused, store.StatusDismissed)
	if err != nil {
		return r, err
	}
	is := r
	is.Status = reopenedStatus(r.Status)
	c, err := d.becomes(ctx, r, is, act{who: a, code: store.EventReopened, says: &store.More{Before: r.Status, After: is.Status, Why: &why}})
	if err != nil {
		return r, err
	}
	if c.Unlink, err = d.givingBack(ctx, r, a); err != nil {
		return r, err
	}
	return d.Store.Change(ctx, c, d.Now())
}

// Note adds a remark to a request, whatever its status.
func (d *Desk) Note(ctx context.Context, number, text string, a Actor) (store.Request, error) {
	e := act{who: a, code: eventNoted}.event()
	return d.Store.Change(ctx, store.Change{Number: number, Note: text, Event: e, Says: &store.More{Note: &text}}, d.Now())
}

// requestIn reads a request that must be in one of the statuses.
func (d *Desk) requestIn(ctx context.Context, number string, from ...store.Status) (store.Request, error) {
	r, err := d.Store.Request(ctx, number)
	if err == nil {
		err = inStatus(r, from...)
	}
	return r, err
}

// inStatus is store.ErrStatus for a request that is in none of the statuses.
func inStatus(r store.Request, from ...store.Status) error {
	if slices.Contains(from, r.Status) {
		return nil
	}
	return fmt.Errorf("%s is %s: %w", r.Number, r.Status, store.ErrStatus)
}
