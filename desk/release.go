package desk

import (
	"context"
	"errors"
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

// Release queues held letters by a person's decision: those named, or, without
// ids, all whose recipient is known; left is how many of all are not. One of
// those named whose recipient is not known is ErrRecipient, and none goes out.
func (d *Desk) Release(ctx context.Context, ids []int64, a Actor) (n, left int, err error) {
	list, err := d.heldMail(ctx, ids)
	if err != nil {
		return 0, 0, err
	}
	var ready []int64
	senders := map[int64]string{}
	for _, m := range list {
		if m.State != store.MailHeld || !d.toStaff(m) && isMailbox(m.To) {
			ready = append(ready, m.ID)
			continue
		}
		switch addr, err := d.senderOf(ctx, m); {
		case err != nil:
			return 0, 0, err
		case addr != "":
			senders[m.ID] = addr
		case len(ids) > 0:
			return 0, 0, &store.About{What: strconv.FormatInt(m.ID, 10), Err: ErrRecipient}
		default:
			left++
		}
	}
	if n, err = d.Store.Release(ctx, ready, a.String(), d.Now()); err != nil {
		return n, left, err
	}
	for id, addr := range senders {
		if err := d.ReleaseTo(ctx, id, addr, a); err != nil {
			return n, left, err
		}
		n++
	}
	return n, left, nil
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
