package desk

import (
	"context"
	"errors"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Case is everything that the desk knows of one request, for somebody who has
// neither the program nor the register.
type Case struct {
	Request store.Request
	Mails   []store.Mail  // to the person, with what the servers said
	History []store.Event // the earliest first
	Removed []store.Event // those of the history that removed content
	Trace   Trace         // why the dates are what they are
	Traced  bool          // there is a Trace: the count is at hand
	Policy  *rules.Policy // the edition in force at receipt; nil: its text is not at hand
	Head    store.Event   // of the chain at this moment
}

// SealCase writes into the history that a casefile was made of c, with the
// digest of all that it holds. ErrStale: the request changed meanwhile.
func (d *Desk) SealCase(ctx context.Context, c Case, sums string, a Actor) (store.Event, error) {
	e := act{who: a, code: store.EventCasefile}.event()
	e.Number, e.Detail = c.Request.Number, store.Detail{More: &store.More{SHA256Sums: sums}}.Text()
	return d.Store.SealCase(ctx, e, c.Head.Seq, d.Now())
}

// Case gathers what there is of a request. The letters are read one by one:
// see store.EachLetter.
func (d *Desk) Case(ctx context.Context, number string) (Case, error) {
	var c Case
	var err error
	if c.Head, err = d.Store.Head(ctx); err != nil { // what comes later, SealCase finds
		return c, err
	}
	if c.Request, err = d.Store.Request(ctx, number); err != nil {
		return c, err
	}
	if c.Mails, err = d.Store.MailsTo(ctx, number); err != nil {
		return c, err
	}
	if c.History, err = d.Store.History(ctx, number); err != nil {
		return c, err
	}
	for _, e := range c.History {
		if e.RemovedContent() {
			c.Removed = append(c.Removed, e)
		}
	}
	switch c.Trace, err = d.Explain(ctx, number); {
	case err == nil:
		c.Traced = true
	case !errors.Is(err, ErrPolicy):
		return c, err
	}
	if c.Policy, err = d.policyOf(ctx, c.Request.Policy); err != nil && !errors.Is(err, ErrPolicy) {
		return c, err
	}
	return c, nil
}
