package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// deadlines computes the terms of a request by a policy edition, from its receipt and all
// that staff have found out since.
func (d *Desk) deadlines(p *rules.Policy, r store.Request) (rules.Deadlines, error) {
	if r.Kind == "" {
		return p.ReviewDeadlines(d.Calendar, d.Deadlines, r.Candidates, r.ReceivedOn), nil
	}
	return p.Deadlines(d.Calendar, d.Deadlines, r.Kind, r.ReceivedOn, rules.Circumstances{
		Consumer: r.Consumer, Documents: r.Documents, Waits: r.Waits,
	})
}

// ErrWait says for what a request can wait.
var ErrWait = errors.New("a request waits for documents or for an answer")

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

// ErrYear says that the calendar does not know the year of a day: a date counted from it
// would be wrong, since only weekends are known of that year.
var ErrYear = errors.New("not a day that can be counted from: the calendar does not know its year")

// ErrMoot says that no term of the kind depends on what was to be set.
var ErrMoot = errors.New("no term of the kind depends on it")

// Wait notes that a request waits for the requester from today on. Whether a
// term then stops, starts anew or runs on is a property of the term.
func (d *Desk) Wait(ctx context.Context, number, what string, a Actor) (store.Request, error) {
	if what != forDocuments && what != forAnswer {
		return store.Request{}, ErrWait
	}
	from, e := []store.Status{store.StatusOpen, store.StatusInProgress}, act{who: a, code: eventWaiting, says: &store.More{For: what}}
	return d.turn(ctx, number, from, e, func(r *store.Request) { r.Status = store.StatusWaiting })
}

// Resume ends the wait: the requester answered, or nobody waits any longer.
func (d *Desk) Resume(ctx context.Context, number string, a Actor) (store.Request, error) {
	from := []store.Status{store.StatusWaiting}
	return d.turn(ctx, number, from, act{who: a, code: eventResumed}, func(r *store.Request) { r.Status = reopenedStatus(r.Status) })
}

// Setting is one thing that staff found out about a request. Nil fields are
// left as they are.
type Setting struct {
	Consumer  *bool
	Documents *rules.Date // the day on which the proving documents came; zero: they did not
	Received  *rules.Date // the true day of receipt; needs a reason
	Kind      *rules.Kind // the true kind; needs a reason
	Sender    *string     // the person's address; needs a reason unless staff passed the letter on
}

// checkSetting refuses what cannot be true, or needs a reason and has none.
func (d *Desk) checkSetting(s Setting, why string) error {
	if (s.Received != nil || s.Kind != nil) && why == "" {
		return ErrReason
	}
	for _, day := range []*rules.Date{s.Received, s.Documents} {
		switch {
		case day == nil, day == s.Documents && day.IsZero():
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

// Set records what staff found out. The terms are counted anew from the receipt, and the
// event holds the old and the new dates. Documents end a wait for documents. A case for
// review has no kind to be set: see Confirm. ErrSame: all of it is known already. ErrMoot:
// a number may be mistyped, since nothing follows from it for this kind.
func (d *Desk) Set(ctx context.Context, number string, s Setting, why string, a Actor) (store.Request, error) {
	if err := d.checkSetting(s, why); err != nil {
		return store.Request{}, err
	}
	from := notClosed
	if s.Kind != nil {
		from = workable
	}
	r, err := d.requestIn(ctx, number, from...)
	if err != nil {
		return r, err
	}
	is, e := r, act{who: a, code: eventSet, says: &store.More{Why: &why}}
	if s.Sender != nil {
		if fold(*s.Sender) != fold(d.personOf(r)) {
			is.Sender = *s.Sender
		}
		if why == "" && !d.Operator.Own.Is(cmp.Or(d.personOf(r), d.Operator.Address)) {
			return r, ErrReason
		}
	}
	if s.Consumer != nil {
		is.Consumer = s.Consumer
	}
	if s.Kind != nil {
		is.Kind = *s.Kind
	}
	if s.Received != nil {
		if is.ReceivedOn = *s.Received; d.cameWithFirst(r) {
			is.Documents = *s.Received
		}
	}
	if s.Documents != nil {
		is.Documents = *s.Documents
		waited, err := d.waitsFor(ctx, r)
		if err != nil {
			return r, err
		}
		if waited == forDocuments && !s.Documents.IsZero() {
			is.Status, e.answered = reopenedStatus(r.Status), *s.Documents
		}
	}
	if sameSettings(r, is) {
		return r, &store.About{What: number, Err: ErrSame}
	}
	if what := d.moot(r, is, s); what != "" {
		return r, &store.About{What: what, Err: ErrMoot}
	}
	return d.become(ctx, r, is, e)
}

// moot names what is to be set although no term of the kind depends on it. A case for review
// may become of any kind, and one that waits may wait for documents.
func (d *Desk) moot(was, is store.Request, s Setting) string {
	rule, ok := d.Policy.Kind(is.Kind)
	if !ok {
		return ""
	}
	consumer := s.Consumer != nil
	documents := s.Documents != nil && !s.Documents.IsZero() && was.Status != store.StatusWaiting
	for i := range rule.Terms {
		t := &rule.Terms[i]
		consumer = consumer && t.Condition != rules.ConditionConsumer
		documents = documents && t.Condition != rules.ConditionDocuments && t.Until != rules.ConditionDocuments
	}
	switch {
	case consumer:
		return rules.ConditionConsumer
	case documents:
		return rules.ConditionDocuments
	}
	return ""
}

// sameSettings reports whether nothing that can be set is different.
func sameSettings(was, is store.Request) bool {
	consumer := was.Consumer == is.Consumer || was.Consumer != nil && is.Consumer != nil && *was.Consumer == *is.Consumer
	return consumer && was.Kind == is.Kind && was.ReceivedOn == is.ReceivedOn && was.Documents == is.Documents &&
		was.Sender == is.Sender && was.Status == is.Status
}

// cameWithFirst reports whether the documents on file came with the first letter, so that
// their day is that of its receipt.
func (d *Desk) cameWithFirst(r store.Request) bool {
	return r.Documents == r.ReceivedOn && len(r.Letters) > 0 && (r.Letters[0].Via.Paper() || documentsCame(r.Letters[0].Attachments))
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
		if history[i].Code != eventWaiting && history[i].Code != eventAnswered {
			continue
		}
		detail, err := history[i].ReadDetail()
		if err != nil {
			return "", fmt.Errorf("read event %d: %w", history[i].Seq, err)
		}
		if detail.More.For != "" { // an answer need not ask for anything, and a detail may be gone
			return detail.More.For, nil
		}
	}
	return "", nil
}
