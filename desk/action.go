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

// Errors of the actions that a person can mend.
var (
	// ErrKind says that the policy knows no such kind, or that two kinds may
	// not come from one letter.
	ErrKind = errors.New("not a kind that can be confirmed")
	// ErrReason says that a reason is missing.
	ErrReason = errors.New("a reason is needed: --why \"…\"")
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

// codeByPerson is the outcome code of what a person decided in own words.
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

// event makes the event of an action; detail is what its sentence needs.
func event(a Actor, code string, detail map[string]any) store.Event {
	body, _ := json.Marshal(detail) // strings and dates always marshal
	return store.Event{Actor: a.String(), Code: code, Detail: string(body)}
}

// open are the statuses in which a request can be worked on.
var open = []store.Status{store.StatusOpen, store.StatusInProgress, store.StatusWaiting}

// Confirm makes a review case into a request of one kind, or into the two of
// a pair: the case keeps its number for the first. Terms run from the receipt
// of the letter, and its acknowledgement follows.
func (d *Desk) Confirm(ctx context.Context, number string, kinds []rules.Kind, a Actor) (store.Request, []string, error) {
	return d.confirm(ctx, number, kinds, "", a)
}

// confirm is Confirm; sender is who wrote the letter, where a person says so.
func (d *Desk) confirm(ctx context.Context, number string, kinds []rules.Kind, sender string, a Actor) (store.Request, []string, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, nil, err
	}
	if err := errors.Join(d.confirmable(kinds), d.current(ctx)); err != nil {
		return r, nil, err
	}
	documents := cmp.Or(r.Documents, d.documentsOn(r))
	p, err := d.policyOf(ctx, r.Policy)
	if err != nil {
		return r, nil, err
	}
	made, err := d.newRequests(p, rules.Finding{Verdict: rules.Request, Kinds: kinds}, r.ReceivedOn, rules.Circumstances{
		Consumer: r.Consumer, Documents: documents,
	})
	if err != nil {
		return r, nil, err
	}
	documents = cmp.Or(r.Documents, made[0].Documents) // what staff wrote down stays, whatever the kind
	c := store.Change{
		Number: number, Revision: r.Revision, From: []store.Status{store.StatusReview},
		Status: store.StatusOpen, Kind: &made[0].Kind, Terms: made[0].Terms, ActBy: made[0].ActBy,
		Documents: &documents, More: made[1:], Prefix: d.Operator.Prefix,
		Drop: waitingReceipt(r), Event: event(a, eventConfirmed, map[string]any{"before": r.Candidates, "after": kinds, "trace": made[0].Trace}),
	}
	if r.Assignee != "" {
		c.Status = store.StatusInProgress
		for i := range c.More {
			c.More[i].Status, c.More[i].Assignee = c.Status, r.Assignee
		}
	}
	if sender != "" {
		c.Sender = &sender
	}
	if c.Ack, err = d.confirmedAck(ctx, r, cmp.Or(sender, r.Sender)); err != nil {
		return r, nil, err
	}
	after, err := d.Store.Change(ctx, c, d.Now())
	if err != nil {
		return r, nil, err
	}
	return after, d.numbersOf(ctx, after), nil
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
	s := ""
	for i, k := range d.Policy.Kinds {
		if i > 0 {
			s += ", "
		}
		s += string(k.ID)
	}
	return s
}

// numbersOf lists the numbers of the requests that stem from the same letter.
func (d *Desk) numbersOf(ctx context.Context, r store.Request) []string {
	numbers := []string{r.Number}
	if len(r.Letters) == 0 {
		return numbers
	}
	of, found, err := d.Store.ByRawDigest(ctx, r.Letters[0].RawSHA256)
	if err != nil || !found {
		return numbers
	}
	for _, n := range of {
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// Dismiss closes a review case that turned out to be no request. It needs a
// reason.
func (d *Desk) Dismiss(ctx context.Context, number, why string, a Actor) (store.Request, error) {
	if why == "" {
		return store.Request{}, ErrReason
	}
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	return d.change(ctx, number, store.Change{
		Revision: r.Revision, From: []store.Status{store.StatusReview}, Status: store.StatusDismissed, Drop: waitingReceipt(r),
		Outcome: &rules.Reason{Code: codeByPerson, Args: []string{why}},
		Event:   event(a, eventDismissed, map[string]any{"why": why}),
	})
}

// waitingReceipt is the receipt of a review case that waits for a release or for the
// mail server; 0: there is none. It says that a person will decide, and is not true
// once one has.
func waitingReceipt(r store.Request) int64 {
	if r.Status == store.StatusReview && (r.Ack.State == store.MailHeld || r.Ack.State == store.MailQueued) {
		return r.Ack.MailID
	}
	return 0
}

// Close ends a request as done or refused; a refusal needs a reason. The
// kind's steps are recorded as done, or as not applicable where named so.
func (d *Desk) Close(ctx context.Context, number string, as store.Status, why string, steps []store.StepDone, a Actor) (store.Request, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	c, err := d.closing(r, as, why, steps, a)
	if err != nil {
		return r, err
	}
	return d.Store.Change(ctx, c, d.Now())
}

// closing is the change that closes a request.
func (d *Desk) closing(r store.Request, as store.Status, why string, steps []store.StepDone, a Actor) (store.Change, error) {
	if why == "" {
		return store.Change{}, ErrReason
	}
	if !slices.Contains(open, r.Status) { // before the steps: a closed request needs none
		return store.Change{}, fmt.Errorf("%s is %s: %w", r.Number, r.Status, store.ErrStatus)
	}
	if missing := d.missingSteps(r.Kind, steps); len(missing) > 0 {
		return store.Change{}, fmt.Errorf("%w: %v", ErrSteps, missing)
	}
	c := store.Change{
		Number: r.Number, Revision: r.Revision, From: open, Status: as, Steps: steps,
		Outcome: &rules.Reason{Code: codeByPerson, Args: []string{why}},
		Event:   event(a, eventClosed, map[string]any{"before": r.Status, "after": as, "why": why, "steps": steps}),
	}
	if r.Status == store.StatusWaiting { // nobody waits for the requester any longer
		c.Waits = endWaits(r.Waits, d.Today())
	}
	if rule, ok := d.Policy.Kind(r.Kind); ok && rule.Suppress && as == store.StatusDone {
		c.Suppress = d.leaveOut(r)
	}
	return c, nil
}

// leaveOut lists the addresses that a fulfilled request keeps out of marketing from
// then on, as digests: that of its person, and those from which its further letters
// came.
func (d *Desk) leaveOut(r store.Request) (digests []string) {
	for i, l := range r.Letters {
		address := d.writerOf(l)
		if i == 0 {
			address = d.personOf(r)
		}
		if sum := digest(fold(address)); address != "" && !d.Operator.Own.Is(address) && !slices.Contains(digests, sum) {
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
	detail := map[string]any{"why": why}
	closed := []store.Status{store.StatusDone, store.StatusRefused, store.StatusDismissed}
	return d.redate(ctx, number, closed, func(r *store.Request) (store.Change, error) {
		to := store.StatusOpen
		if r.Status == store.StatusDismissed {
			to = store.StatusReview
		}
		detail["before"], detail["after"] = r.Status, to
		bearers, err := d.bearersOf(ctx, *r)
		return store.Change{Status: to, Outcome: &rules.Reason{}, Steps: []store.StepDone{}, Unlink: bearers}, err
	}, a, store.EventReopened, detail)
}

// Note adds a remark to a request, whatever its status.
func (d *Desk) Note(ctx context.Context, number, text string, a Actor) (store.Request, error) {
	return d.change(ctx, number, store.Change{Note: text, Event: event(a, eventNoted, map[string]any{"note": text})})
}

// change applies c to the request as it stands.
func (d *Desk) change(ctx context.Context, number string, c store.Change) (store.Request, error) {
	c.Number = number
	return d.Store.Change(ctx, c, d.Now())
}
