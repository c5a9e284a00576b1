package main

import (
	"context"
	"errors"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// How long the test letter may take from the SMTP server to the mailbox, and
// how often one looks.
const (
	arrival   = 40 * time.Second
	lookAgain = 2 * time.Second
)

// letter sends a test letter to the operator's own address and waits for it in
// the mailbox. It bears the sign of our own mail, so that it is never taken for
// a request, also by a daemon that works at the same time.
func (w *ward) letter(ctx context.Context, s *mailbox.Sender) {
	d, closed, err := w.openRegister(ctx)
	if err != nil {
		w.add(levelNote, "send.desk", worded(err, w.lang))
		return
	}
	defer closed()
	own := w.cfg.Operator.Address
	l, err := d.TestLetter(w.t("doctor.letter.subject"), w.t("doctor.letter.body"), string(w.lang))
	if err != nil {
		w.add(levelNote, "send.desk", worded(err, w.lang))
		return
	}
	began := time.Now()
	out := s.Send(ctx, mailbox.Envelope{From: rules.SentAddress(w.cfg.SMTP.Bounce), To: rules.SentAddress(own), Raw: l.Raw})
	switch {
	case out.Status == mailbox.StatusAccepted:
		w.add(levelGood, "send.accepted", own)
	case out.Err != nil && out.Code == 0:
		w.add(levelMend, "send.broken", own, worded(out.Err, w.lang))
		return
	default:
		w.add(levelMend, "send.refused", own, answered(out))
		return
	}
	w.arrives(ctx, l.MessageID, began)
}

// arrives waits for the letter in the folder that is watched first.
func (w *ward) arrives(ctx context.Context, id string, began time.Time) {
	r, _, err := w.ends()
	if err != nil {
		return
	}
	defer r.Close()
	folders, err := r.Folders(ctx)
	if err != nil {
		return // told by imap
	}
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	for ctx.Err() == nil {
		for _, f := range folders {
			at, err := r.FindMessage(ctx, f.Name, id)
			if err != nil || at.IsZero() {
				continue
			}
			if f.Junk {
				w.add(levelMend, "send.junk", f.Name)
				return
			}
			if off := at.Sub(began); off > desk.ClockSlack || off < -desk.ClockSlack {
				w.add(levelMend, "clock.off", began, at)
				return
			}
			w.add(levelGood, "send.arrived", f.Name, int(time.Since(began)/time.Second)+1)
			return
		}
		pause(ctx, lookAgain)
	}
	w.add(levelMend, "send.lost", w.cfg.Operator.Address, int(arrival/time.Second))
}

// errNoRegister: a test letter needs the key of the register.
var errNoRegister = errors.New("there is no register yet")

// openRegister opens the register without making one.
func (w *ward) openRegister(ctx context.Context) (*desk.Desk, func(), error) {
	e, err := store.Examine(ctx, w.cfg.Store.Path)
	if err != nil {
		return nil, nil, err
	}
	if e.Missing || e.Schema != e.Known {
		return nil, nil, errNoRegister
	}
	return w.opened(ctx)
}

// opened opens a register that there is.
func (w *ward) opened(ctx context.Context) (*desk.Desk, func(), error) {
	db, err := store.OpenFor(ctx, w.cfg.Store.Path, staffWaits)
	if err != nil {
		return nil, nil, err
	}
	o, err := w.deskOptions(w.cfg)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	o.Store = db
	return desk.New(o), func() { db.Close() }, nil
}
