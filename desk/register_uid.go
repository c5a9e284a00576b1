package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"license.kz/pometka/mailbox"
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
