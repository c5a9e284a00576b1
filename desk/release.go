package desk

import (
	"context"
	"errors"
	"fmt"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// ErrRecipient says that nobody knows yet to whom a held letter goes: the
// letter it answers was passed on by staff, and the person who wrote it stands
// in its text at best. Somebody has to read it and name the address.
var ErrRecipient = errors.New("name the address of the person: pometka outbox release ID --to ADDRESS")

// ErrAddress says that a letter to a person cannot go to this address.
var ErrAddress = errors.New("not the address of a person outside")

// Release queues held letters by a person's decision: those named, or, without
// ids, all whose recipient is known; left is how many of all are not. One of
// those named whose recipient is not known is ErrRecipient, and none goes out.
func (d *Desk) Release(ctx context.Context, ids []int64, a Actor) (n, left int, err error) {
	var ready []int64
	if len(ids) == 0 {
		list, err := d.Store.Outbox(ctx, []store.MailState{store.MailHeld})
		if err != nil {
			return 0, 0, err
		}
		for _, m := range list {
			if d.toStaff(m) {
				left++
				continue
			}
			ready = append(ready, m.ID)
		}
	}
	for _, id := range ids {
		m, err := d.Store.Mail(ctx, id)
		if err != nil {
			return 0, 0, err
		}
		if m.State == store.MailHeld && d.toStaff(m) {
			return 0, 0, fmt.Errorf("letter %d: %w", id, ErrRecipient)
		}
		ready = append(ready, id)
	}
	if len(ready) == 0 { // to the store, no ids are all
		return 0, left, nil
	}
	n, err = d.Store.Release(ctx, ready, a.String(), d.Now())
	return n, left, err
}

// ReleaseTo queues one held letter to the address of the person, whom the actor
// found out. ErrAddress: it is the operator's own, or no plain address.
func (d *Desk) ReleaseTo(ctx context.Context, id int64, to string, a Actor) error {
	if !plainAddress(to) || d.Operator.Own.Is(to) {
		return fmt.Errorf("%w: %s", ErrAddress, to)
	}
	return d.Store.ReleaseTo(ctx, id, to, capKeys(to), a.String(), d.Now())
}

// toStaff reports whether a letter meant for a person would go to who passed
// that person's letter on.
func (d *Desk) toStaff(m store.Mail) bool {
	return toPublic(m.Purpose) && (m.Reason.Code == rules.HoldStaffForward || d.Operator.Own.Is(m.To))
}
