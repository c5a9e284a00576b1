package desk

import (
	"context"
	"fmt"

	"license.kz/pometka/mailbox"
)

// Rehearse does, with a letter that nobody wrote, all that is done with a request: it is
// judged, looked for in the register and registered, and its acknowledgement is worded, in
// a transaction that is then undone. Much of what that needs is made at its first use, which
// takes longer than the letter itself; so the first real letter need not wait for it.
func (d *Desk) Rehearse(ctx context.Context) error {
	if err := d.rehearse(ctx); err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	return nil
}

func (d *Desk) rehearse(ctx context.Context) error {
	d.Policy.Prepare()
	spool := d.Store.Spool()
	defer spool.Discard()
	if _, err := spool.Write([]byte("From: person@person.example\r\nSubject: " + d.Policy.Example() + "\r\n\r\n")); err != nil {
		return err
	}
	p := &folderPass{Desk: d, folder: mailbox.Folder{Name: "INBOX"}, report: &PollReport{}}
	l := &letter{head: mailbox.Head{UID: 1, InternalDate: d.Now()}}
	if err := parseSpool(l, spool); err != nil {
		return err
	}
	facts, w := Facts(l.msg), wholeLetter{spool: spool}
	l.finding = d.Policy.Classify(facts, d.Operator.Own)
	if _, err := p.isRegistered(ctx, l, w); err != nil {
		return err
	}
	t, err := p.threadOf(ctx, l, facts)
	if err != nil {
		return err
	}
	a, err := p.admission(ctx, l, facts, t, w)
	if err != nil {
		return err
	}
	return d.Store.Rehearse(ctx, a, d.Now(), d.render)
}
