package desk

import (
	"context"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A mistake of this program over one letter, at whatever step, ends neither the
// process, whose next start would be over the same letter, nor the pass: the letter
// is for a person, and the others go their way. The log says where it happened.

// stumbles calls do and reports whether it ended by such a mistake. It is called in many
// places, each of which would grow by it.
//
//go:noinline
func stumbles(do func()) bool {
	return mailbox.Survive(func() error { do(); return nil }) != nil
}

// classify judges a whole letter. One over which the program stumbles cannot be
// read, as far as anybody can tell from here.
func (p *folderPass) classify(l *letter) {
	judge := func() { l.finding = p.Policy.Classify(Facts(l.msg), p.Operator.Own) }
	if stumbles(func() { p.testOnlyJudge(l); judge() }) {
		l.msg.Troubles = append(l.msg.Troubles, mailbox.TroubleUnreadable)
		judge()
	}
}

// chunk brings one chunk of messages into the ledger. Where the program stumbles
// over it, each message is a chunk of its own; and one that is alone counts as one
// that cannot be had, first with its header and then without.
func (p *folderPass) chunk(ctx context.Context, heads []mailbox.Head) (err error) {
	if !stumbles(func() { err = p.takeChunk(ctx, heads) }) {
		return err
	}
	if len(heads) == 1 {
		h := heads[0]
		switch {
		case h.Err == nil:
			p.Log.ErrorContext(ctx, leftToAPerson, "folder", p.folder.Name, "uid", h.UID)
			h.Err = stumbledOver(h.UID)
		case h.Header != nil:
			h.Header = nil
		default:
			return h.Err
		}
		return p.chunk(ctx, []mailbox.Head{h})
	}
	// What is still to be entered would be taken for copies of itself.
	err = p.book.takeNow(entry{do: func() error { return nil }})
	for i := 0; i < len(heads) && err == nil; i++ {
		err = p.chunk(ctx, heads[i:i+1])
	}
	return err
}

const leftToAPerson = "letter left to a person: the program stumbled over it"

// stumbledOver is what is wrong with a letter that nobody can have.
func stumbledOver(uid uint32) error { return &mailbox.BadMessage{UID: uid, Err: mailbox.ErrStumbled} }

// enterUnjudged makes a review case of a letter, with as much of what is known of it
// as the program can bear, or returns the ledger row of one that the register has.
// Nobody is answered.
func (p *folderPass) enterUnjudged(ctx context.Context, l *letter, w whole) ([]store.Seen, error) {
	p.Log.ErrorContext(ctx, leftToAPerson, "folder", p.folder.Name, "uid", l.head.UID)
	_, known, err := p.Store.ByRawDigest(ctx, w.spool.SHA256())
	switch {
	case err != nil:
		return nil, err
	case known && w.spool.Size() > 0:
		return []store.Seen{l.row(rules.None, codeCopy)}, nil
	case l.head.Err == nil:
		l.head.Err = stumbledOver(l.head.UID)
	}
	if undated(l.head.InternalDate) {
		l.head.InternalDate, l.undated = p.Now(), true
	}
	if l.msg == nil || stumbles(func() { err = p.admitUnjudged(ctx, l, w) }) {
		l.msg = &mailbox.Message{}
		err = p.admitUnjudged(ctx, l, w)
	}
	return nil, err
}

func (p *folderPass) admitUnjudged(ctx context.Context, l *letter, w whole) error {
	l.msg.Troubles = append(l.msg.Troubles, mailbox.TroubleUnreadable)
	f := Facts(&mailbox.Message{Troubles: l.msg.Troubles})
	l.finding = p.Policy.Classify(f, p.Operator.Own)
	return p.admit(ctx, l, f, thread{}, w)
}
