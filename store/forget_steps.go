package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Forget removes what the register holds of the person with this address, as
// Purge does for closed requests: see TracesOf for what that is. Addresses that
// marketing must leave out stay left out, by their digest.
//
// Many requests go a few at a time, so that who takes in letters meanwhile need
// not wait for all. Each step is complete, and what a forgetting that was stopped
// has left is found by the address again: it can be repeated.
//
// ErrOpen: a request that needs it is open and there is no reason. ErrNotFound:
// there is nothing. ErrStatus: a letter of ours is being sent at this moment.
// Purged tells what was removed by then.
func (db *DB) Forget(ctx context.Context, f Forgetting, at time.Time) (Purged, error) {
	var sum Purged
	steps, err := db.beginForgetting(ctx, f, at, &sum)
	for _, step := range steps {
		if err == nil {
			err = db.purging(ctx, at, func(ctx context.Context, p *purge) error { return p.purgeStep(ctx, step, f) }, &sum)
		}
		if err == nil {
			err = yield(ctx)
		}
	}
	if err == nil && len(steps) > 0 {
		err = db.purging(ctx, at, func(ctx context.Context, p *purge) error {
			t, mails, err := p.forgettable(ctx, f)
			if err != nil {
				return err
			}
			return p.purgePerson(ctx, t, mails, f)
		}, &sum)
	}
	if err != nil {
		return sum, fmt.Errorf("forget person: %w", err)
	}
	return sum, db.Scrub(ctx)
}

// beginForgetting removes all that there is of a person, if one step is enough. If not, it
// drops the letters of ours that wait, and returns all steps except the last. The last one
// removes the rest, whatever that is by then: so as long as the history does not say that
// the person was forgotten, there is something left to find.
func (db *DB) beginForgetting(ctx context.Context, f Forgetting, at time.Time, sum *Purged) (steps [][]Purgeable, err error) {
	err = db.purging(ctx, at, func(ctx context.Context, p *purge) error {
		steps = nil
		t, mails, err := p.forgettable(ctx, f)
		switch {
		case err != nil:
			return err
		case t.Empty():
			return ErrNotFound
		}
		all, err := p.steps(ctx, t.Requests)
		if err != nil {
			return err
		}
		if len(all) < 2 {
			return p.purgePerson(ctx, t, mails, f)
		}
		steps = all[:len(all)-1]
		waiting, err := p.mailsIn(ctx, mails, t.Requests, `('queued', 'held')`)
		if err != nil {
			return err
		}
		for _, id := range waiting {
			if err := p.decide(ctx, id, MailDropped, f.Actor, EventDropped, MailQueued, MailHeld); err != nil {
				return err
			}
		}
		return nil
	}, sum)
	return steps, err
}

// forgettable finds what there is of a person, and whether it can be removed.
func (p *purge) forgettable(ctx context.Context, f Forgetting) (t Traces, mails []int64, err error) {
	if t, mails, err = tracesOf(ctx, p, f.Address); err != nil {
		return t, nil, err
	}
	if err := f.allows(t); err != nil {
		return t, nil, err
	}
	return t, mails, p.noneUnderWay(ctx, mails, t.Requests)
}

// allows is ErrOpen where an open request needs what is to be removed and nobody says
// why it is removed all the same.
func (f Forgetting) allows(t Traces) error {
	if open := t.Open(); len(open) > 0 && f.Why == "" {
		return fmt.Errorf("%w: %s", ErrOpen, strings.Join(open, ", "))
	}
	return nil
}

func (p *purge) noneUnderWay(ctx context.Context, mails []int64, requests []Purgeable) error {
	sending, err := p.mailsIn(ctx, mails, requests, `('sending')`)
	if err == nil && len(sending) > 0 {
		err = fmt.Errorf("letter %d is being sent: %w", sending[0], ErrStatus)
	}
	return err
}

// mailsIn returns which letters of ours, among these or about these requests, are in
// one of the states.
func (p *purge) mailsIn(ctx context.Context, mails []int64, requests []Purgeable, states string) ([]int64, error) {
	return queryIDs(ctx, p, `SELECT o.id FROM outbox o WHERE o.state IN `+states+` AND (o.id IN (SELECT value FROM json_each(?1))
		OR o.id IN (SELECT m.mail FROM outbox_requests m WHERE m.request IN (SELECT value FROM json_each(?2))))`, jsonText(mails), jsonText(idsOf(requests)))
}

// steps divides requests into groups that one transaction each empties. Requests that have a
// letter in common stay together: once the letter is empty, the second one could not be found
// any more.
func (p *purge) steps(ctx context.Context, list []Purgeable) (steps [][]Purgeable, err error) {
	first := map[int64]int64{} // of the requests that belong together, by id
	root := func(id int64) int64 {
		for first[id] != id {
			id = first[id]
		}
		return id
	}
	for _, r := range list {
		first[r.id] = r.id
	}
	rows, err := p.QueryContext(ctx, `SELECT a.request, b.request FROM request_letters a JOIN request_letters b ON b.letter = a.letter
		WHERE a.request < b.request AND a.request IN (SELECT value FROM json_each(?1)) AND b.request IN (SELECT value FROM json_each(?1))`, jsonText(idsOf(list)))
	if err != nil {
		return nil, err
	}
	if err := scanEach(rows, func() error {
		var a, b int64
		err := rows.Scan(&a, &b)
		first[root(b)] = root(a)
		return err
	}); err != nil {
		return nil, err
	}
	together := map[int64][]Purgeable{}
	for _, r := range list {
		together[root(r.id)] = append(together[root(r.id)], r)
	}
	var step []Purgeable
	for _, r := range list {
		group := together[root(r.id)]
		delete(together, root(r.id))
		if step = append(step, group...); len(group) > 0 && (len(step) >= purgeOnce || bytesOf(step) >= purgeOnceBytes) {
			steps, step = append(steps, step), nil
		}
	}
	if len(step) > 0 {
		steps = append(steps, step)
	}
	return steps, nil
}

func bytesOf(list []Purgeable) (n int64) {
	for _, r := range list {
		n += r.Bytes
	}
	return n
}

// purgeStep removes one step of a person's requests, unless one of them was reopened
// meanwhile and there is no reason to remove it all the same.
func (p *purge) purgeStep(ctx context.Context, list []Purgeable, f Forgetting) error {
	if err := p.noneUnderWay(ctx, nil, list); err != nil {
		return err
	}
	var t Traces
	var err error
	if t.Requests, err = loadPurgeable(ctx, p, `FROM requests r JOIN events e ON e.seq = r.event WHERE r.id IN (SELECT value FROM json_each(?1))`, jsonText(idsOf(list))); err != nil {
		return err
	}
	if t.Letters, err = straysOf(ctx, p, "[]", list); err != nil {
		return err
	}
	if err := f.allows(t); err != nil {
		return err
	}
	return p.purgeContent(ctx, t, f)
}

// purgeRequest removes a request of the person.
func (p *purge) purgeRequest(ctx context.Context, r Purgeable, f Forgetting) error {
	if r.Status != StatusDismissed && slices.Contains(f.SuppressFor, r.Kind) {
		if err := p.suppress(ctx, f.Suppress, r.id); err != nil {
			return err
		}
	}
	return p.request(ctx, r, f.Actor, f.event(r.Number))
}

// event says of a request, or of the whole, that it was forgotten.
func (f Forgetting) event(number string) Event {
	e := Event{Actor: f.Actor, Code: EventForgotten, Number: number}
	if f.Why != "" {
		e.Detail = Detail{More: &More{Why: &f.Why}}.Text()
	}
	return e
}

// purgePerson removes all that was found of a person.
func (p *purge) purgePerson(ctx context.Context, t Traces, mails []int64, f Forgetting) error {
	if err := p.purgeContent(ctx, t, f); err != nil {
		return err
	}
	if err := p.mails(ctx, mails, f.Actor); err != nil {
		return err
	}
	return p.append(ctx, f.event(""))
}

// purgeContent removes requests of a person, and what other requests have of the person.
func (p *purge) purgeContent(ctx context.Context, t Traces, f Forgetting) error {
	for _, r := range t.Requests {
		if err := p.purgeRequest(ctx, r, f); err != nil {
			return err
		}
	}
	for _, s := range t.Letters {
		if err := p.letters(ctx, []int64{s.letter}); err != nil {
			return err
		}
		if err := p.searchAnew(ctx, s.request); err != nil {
			return err
		}
		if err := p.append(ctx, f.event(s.Number)); err != nil {
			return err
		}
	}
	return nil
}
