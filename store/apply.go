package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Change does what c says and returns the request as it stands afterwards.
// ErrNotFound: there is no such request. ErrStale: somebody changed it after the
// actor saw it.
func (db *DB) Change(ctx context.Context, c Change, at time.Time) (Request, error) {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		r, err := t.changeable(ctx, c)
		if err != nil {
			return err
		}
		for _, bearer := range c.Unlink {
			if err := t.unlink(ctx, r.ID, bearer); err != nil {
				return err
			}
		}
		if err := t.apply(ctx, r, c); err != nil {
			return err
		}
		all, err := t.registerMore(ctx, r, c)
		if err != nil {
			return err
		}
		if c.Ack != nil {
			if _, err := t.enqueue(ctx, *c.Ack, all, c.Event.Actor); err != nil {
				return err
			}
		}
		if c.Answer != nil {
			_, err = t.enqueue(ctx, *c.Answer, all[:1], c.Event.Actor)
		}
		return err
	})
	if err != nil {
		return Request{}, fmt.Errorf("change request: %w", err)
	}
	return db.Request(ctx, c.Number)
}

// registerMore makes the further requests of a change. They take over the letters of r and
// the address that staff found out. It returns r and all of them.
func (t *tx) registerMore(ctx context.Context, r requestRow, c Change) ([]requestRow, error) {
	all := []requestRow{r}
	for _, n := range c.More {
		more, err := t.insertRequest(ctx, newRequest{
			NewRequest: n, letter: r.letter, prefix: c.Prefix, policy: r.Policy, possibly: r.Possibly, receivedAt: r.ReceivedAt,
		})
		if err != nil {
			return nil, err
		}
		if err := t.saveSender(ctx, more.ID, cmp.Or(c.Is, &r.Request).Sender); err != nil {
			return nil, err
		}
		if _, err := t.shareLetters(ctx, r.ID, more.ID); err != nil {
			return nil, err
		}
		if err := t.append(ctx, Event{Actor: c.Event.Actor, Code: EventRegistered, Number: more.Number, Detail: registeredDetail(n, r.letter, nil)}); err != nil {
			return nil, err
		}
		all = append(all, more)
	}
	return all, nil
}

// apply writes what c changes of the request itself, and the event.
func (t *tx) apply(ctx context.Context, r requestRow, c Change) error {
	if c.Event.Code == "" || c.Event.Actor == "" {
		return errors.New("the act has no name or no actor")
	}
	d, row := Detail{More: c.Says}, fields{"revision": r.Revision + 1}
	if c.Is != nil {
		if err := t.becomes(ctx, &d, row, r, *c.Is); err != nil {
			return err
		}
	}
	if err := t.set(ctx, "requests", r.ID, row); err != nil {
		return err
	}
	if c.Note != "" {
		d.afterwards().Note = c.Note
		if err := t.insertNote(ctx, r.ID, c); err != nil {
			return err
		}
	}
	for _, address := range c.Suppress {
		if err := t.suppress(ctx, address, r.ID); err != nil {
			return err
		}
	}
	e := Event{Actor: c.Event.Actor, Code: c.Event.Code, Number: r.Number}
	if d.After != nil || d.More != nil {
		e.Detail = d.Text()
	}
	if err := t.append(ctx, e); err != nil {
		return err
	}
	return t.dropWaiting(ctx, c.Drop, c.Event.Actor)
}

// becomes notes in d what is different in the request is, in row what of that its row has,
// and writes what stands in other tables.
func (t *tx) becomes(ctx context.Context, d *Detail, row fields, r requestRow, is Request) error {
	was := r.columns()
	for i, c := range is.columns() {
		if c.kept != was[i].kept {
			row[c.name] = c.kept
			if c.tell != nil {
				before, after := d.differing()
				c.tell(before, &r.Request)
				c.tell(after, &is)
			}
		}
	}
	if !slices.Equal(r.Terms, is.Terms) {
		before, after := d.differing()
		before.ActBy, after.ActBy = &r.ActBy, &is.ActBy
		before.Terms, after.Terms = TermDetails(r.Terms), TermDetails(is.Terms)
		if err := t.replaceTerms(ctx, r.ID, r.Terms, is.Terms); err != nil {
			return err
		}
	}
	if r.Outcome.Code != is.Outcome.Code || !slices.Equal(r.Outcome.Args, is.Outcome.Args) {
		before, after := d.differing()
		before.Outcome, after.Outcome = &r.Outcome, &is.Outcome
		if err := t.savePrivate(ctx, r.ID, fields{"outcome_args": jsonOrNull(is.Outcome.Args)}, len(is.Outcome.Args) > 0); err != nil {
			return err
		}
	}
	if r.Sender != is.Sender {
		before, after := d.differing()
		before.Sender, after.Sender = &r.Sender, &is.Sender
		return t.saveSender(ctx, r.ID, is.Sender)
	}
	return nil
}

// dropWaiting drops a letter of ours if it is held or queued; id 0 is none.
func (t *tx) dropWaiting(ctx context.Context, id int64, actor string) error {
	if id == 0 {
		return nil
	}
	err := t.decide(ctx, id, MailDropped, actor, EventDropped, MailHeld, MailQueued)
	if errors.Is(err, ErrStatus) {
		return nil
	}
	return err
}

func (t *tx) saveSender(ctx context.Context, request int64, addr string) error {
	if err := t.searchAnew(ctx, request); err != nil {
		return err
	}
	return t.savePrivate(ctx, request, fields{"sender": textOrNull(addr), "sender_key": textOrNull(fold(addr))}, addr != "")
}

// savePrivate writes personal columns of a request. says tells whether any of them has a
// value: most requests have none, and get no row.
func (t *tx) savePrivate(ctx context.Context, request int64, row fields, says bool) error {
	var there int
	if err := t.QueryRowContext(ctx, `SELECT count(*) FROM requests_private WHERE id = ?`, request).Scan(&there); err != nil {
		return err
	}
	switch {
	case there > 0:
		return t.set(ctx, "requests_private", request, row)
	case !says:
		return nil
	}
	row["id"] = request
	_, err := t.insert(ctx, "requests_private", row)
	return err
}

func (t *tx) insertNote(ctx context.Context, request int64, c Change) error {
	id, err := t.insert(ctx, "notes", fields{"request": request, "at": instant(t.at), "actor": c.Event.Actor})
	if err != nil {
		return err
	}
	_, err = t.insert(ctx, "notes_private", fields{"id": id, "text": c.Note})
	return err
}
