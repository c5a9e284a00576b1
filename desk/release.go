package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// ErrRecipient says that nobody knows yet to whom a held letter goes: staff passed on the
// letter that it answers, so that its writer is named in its text at best; or the letter
// names as its sender what is no address. Somebody must read it and name the address.
var ErrRecipient = errors.New("nobody has named the address of the person")

// ErrAddress says that a letter to a person cannot go to this address.
var ErrAddress = errors.New("not the address of a person outside")

// Kept counts the letters that stay held when all others are released.
type Kept struct {
	Nameless int // nobody knows to whom they go
	Closed   int // all their requests are closed: what they promise is over
}

// Release queues held letters, since a person decided so: those with the ids or, without
// ids, all whose recipient is known and that are about a request which is not closed. If a
// letter that was named has no known recipient, it is ErrRecipient and none is released.
func (d *Desk) Release(ctx context.Context, ids []int64, a Actor) (n int, kept Kept, err error) {
	list, err := d.heldMail(ctx, ids)
	if err != nil {
		return 0, kept, err
	}
	var ready []int64
	senders := map[int64]string{}
	for _, m := range list {
		if len(ids) == 0 {
			switch over, err := d.allClosed(ctx, m); {
			case err != nil:
				return 0, kept, err
			case over:
				kept.Closed++
				continue
			}
		}
		if m.State != store.MailHeld || !d.toStaff(m) && isMailbox(m.To) {
			ready = append(ready, m.ID)
			continue
		}
		switch addr, err := d.senderOf(ctx, m); {
		case err != nil:
			return 0, kept, err
		case addr != "":
			senders[m.ID] = addr
		case len(ids) > 0:
			return 0, kept, &store.About{What: strconv.FormatInt(m.ID, 10), Err: ErrRecipient}
		default:
			kept.Nameless++
		}
	}
	if n, err = d.Store.Release(ctx, ready, a.String(), d.Now()); err != nil {
		return n, kept, err
	}
	for id, addr := range senders {
		if err := d.ReleaseTo(ctx, id, addr, a); err != nil {
			return n, kept, err
		}
		n++
	}
	return n, kept, nil
}

// Resend queues a failed or uncertain letter once more, with the same bytes, since a person
// decided so; one that waits for its next try goes out at the next pass. store.ErrStatus:
// the letter is in no such state.
func (d *Desk) Resend(ctx context.Context, id int64, a Actor) error {
	return d.Store.Resend(ctx, id, a.String(), d.Now())
}

// Drop decides, for a person, that a letter that has not gone out never will.
// store.ErrStatus: it went out, or was dropped before.
func (d *Desk) Drop(ctx context.Context, id int64, a Actor) error {
	return d.Store.Drop(ctx, id, a.String(), d.Now())
}

// allClosed reports whether all requests that a letter of ours is about are closed. An
// acknowledgement says what will be done: after the answer or a refusal it would promise
// what is not going to happen.
func (d *Desk) allClosed(ctx context.Context, m store.Mail) (bool, error) {
	list, err := d.Store.Briefs(ctx, m.Requests)
	return len(list) > 0 && !slices.ContainsFunc(list, func(r store.Brief) bool { return !r.Status.Closed() }), err
}

// heldMail returns the letters of ours with these ids, or all that are held.
func (d *Desk) heldMail(ctx context.Context, ids []int64) ([]store.Mail, error) {
	if len(ids) == 0 {
		return d.Store.Outbox(ctx, []store.MailState{store.MailHeld})
	}
	var list []store.Mail
	for _, id := range ids {
		m, err := d.Store.Mail(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// senderOf is the address that staff found out for the requests of a letter; "" where they
// found out none, or different ones.
func (d *Desk) senderOf(ctx context.Context, m store.Mail) (string, error) {
	addr := ""
	for _, n := range m.Requests {
		r, err := d.Store.Request(ctx, n)
		if err != nil || r.Sender == "" || addr != "" && fold(r.Sender) != fold(addr) {
			return "", err
		}
		addr = r.Sender
	}
	return addr, nil
}

// ReleaseTo queues one held letter to the address of the person, whom the actor
// found out. ErrAddress: it is the operator's own, or no plain address.
func (d *Desk) ReleaseTo(ctx context.Context, id int64, to string, a Actor) error {
	if !isMailbox(to) || d.Operator.Own.Is(to) {
		return &store.About{What: to, Err: ErrAddress}
	}
	return d.Store.ReleaseTo(ctx, id, to, capKeys(to), a.String(), d.Now())
}

// toStaff reports whether a letter meant for a person would go to who passed
// that person's letter on.
func (d *Desk) toStaff(m store.Mail) bool {
	return m.Purpose.Public() && (m.Reason.Code == rules.HoldStaffForward || d.Operator.Own.Is(m.To))
}
