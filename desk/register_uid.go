package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// RegisterUID registers a message of the mailbox that was filed as no request, could not be
// read, or lies in a folder that is not watched. The mailbox is only read.
func (d *Desk) RegisterUID(ctx context.Context, folder string, uid uint32, h ByHand, a Actor) (Registered, error) {
	if strings.EqualFold(folder, "INBOX") { // the one name in which case does not matter (RFC 9051, 5.1)
		folder = "INBOX"
	}
	st, err := d.Inbox.Examine(ctx, folder)
	if shut := (*mailbox.ShutError)(nil); errors.As(err, &shut) { // there is none, or it is closed to us
		return Registered{}, refused("folder", folder, mailbox.ServerWords(err))
	}
	if err != nil {
		return Registered{}, fmt.Errorf("open folder %q: %w", folder, err)
	}
	e, err := d.era(ctx, folder)
	if err != nil {
		return Registered{}, err
	}
	t := &taking{hand: h, who: a, place: store.Place{Folder: folder, UIDValidity: e.of(st.UIDValidity), UID: uid}}
	err = d.Inbox.Heads(ctx, uid, uid, func(heads []mailbox.Head) error {
		t.letter = &letter{head: heads[0]}
		return nil
	})
	if err != nil {
		return Registered{}, fmt.Errorf("read message %d of folder %q: %w", uid, folder, err)
	}
	if t.letter == nil {
		return Registered{}, refused("no_message", fmt.Sprint(uid), folder)
	}
	t.spool = d.Store.Spool()
	defer t.spool.Discard()
	switch _, t.cut, err = d.Inbox.Fetch(ctx, uid, t.spool); {
	case errors.Is(err, mailbox.ErrGone):
		return Registered{}, refused("no_message", fmt.Sprint(uid), folder)
	case err != nil:
		return Registered{}, fmt.Errorf("read message %d of folder %q: %w", uid, folder, err)
	}
	t.letter.head.Err = nil // if there is no header, there is the letter
	if err := d.notKnown(ctx, t); err != nil {
		return Registered{}, err
	}
	head := t.letter.head
	t.seen = store.Seen{UID: uid, Size: head.Size, InternalDate: head.InternalDate, HeaderDigest: digestOf(head)}
	if err := parseSpool(t.letter, t.spool); err != nil {
		return Registered{}, err
	}
	t.letter.msg.Cut = t.letter.msg.Cut || t.cut
	// Letters from junk are answered only when a person says so.
	if t.junk, err = d.Inbox.IsJunk(ctx, folder); err != nil {
		return Registered{}, fmt.Errorf("look at folder %q: %w", folder, err)
	}
	if err := d.received(t, head.InternalDate); err != nil {
		return Registered{}, err
	}
	return d.takeIn(ctx, t)
}

// beginningOf is where the whole of a letter belongs of which the register has only the
// beginning, since imap.max_size was smaller then: to the requests that the beginning made or
// joined. What is in the register stays as it is: its digest stands in the history, and was the
// ground on which terms were set. So the whole is a further letter of theirs. It demands what
// its beginning demanded, so it makes no request, and its sender is told nothing twice; nor
// does it open what is closed, since nobody wrote again. Only a person who names another kind
// makes a request of it. The passes do not fetch it by themselves: they read no UID twice.
func (d *Desk) beginningOf(ctx context.Context, t *taking) (th thread, err error) {
	if t.cut || t.apart {
		return th, nil
	}
	numbers, err := d.Store.Beginnings(ctx, t.seen.HeaderDigest)
	if err != nil || len(numbers) == 0 {
		return th, err
	}
	list, err := d.Store.Briefs(ctx, numbers)
	if err != nil {
		return th, err
	}
	for i := range list {
		th.joins = append(th.joins, joining{number: list[i].Number, revision: list[i].Revision})
	}
	th.as, th.anew = codeMoved, !covered(rules.Finding{Kinds: t.hand.Kinds}, list)
	return th, nil
}
