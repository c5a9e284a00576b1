package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// ErrRecipient says that nobody knows yet to whom a held letter goes: the
// letter it answers was passed on by staff, and the person who wrote it stands
// in its text at best; or it names its sender by what is no address. Somebody
// has to read it and name the address.
var ErrRecipient = errors.New("name the address of the person: pometka outbox release ID --to ADDRESS")

// ErrAddress says that a letter to a person cannot go to this address.
var ErrAddress = errors.New("not the address of a person outside")

// Kept counts the letters that stay held when all are released.
type Kept struct {
	Nameless int // nobody knows to whom they go
	Closed   int // what they say will be done is over
}

// Release queues held letters by a person's decision: those named, or, without
// ids, all whose recipient is known and of whose requests one is not closed. One of
// those named whose recipient is not known is ErrRecipient, and none goes out.
func (d *Desk) Release(ctx context.Context, ids []int64, a Actor) (n int, kept Kept, err error) {
	list, err := d.heldMail(ctx, ids)
	if err != nil {
		return 0, kept, err
	}
	var ready []int64
	senders := map[int64]string{}
	for _, m := range list {
		if len(ids) == 0 {
			switch over, err := d.over(ctx, m); {
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

// over reports whether everything that a letter of ours is about is closed. The
// policy owes nobody an acknowledgement; one that says what will be done, behind the
// answer or a refusal, would be a promise that is not kept.
func (d *Desk) over(ctx context.Context, m store.Mail) (bool, error) {
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

// senderOf is the address of the person whom staff found out to be that of all
// requests of a letter; "": nobody has.
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
	return toPublic(m.Purpose) && (m.Reason.Code == rules.HoldStaffForward || d.Operator.Own.Is(m.To))
}
