package desk

import (
	"context"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// To stumble over a letter is to panic because of it, by a bug of this program. That must not
// end the process, which would panic over the same letter at its next start, nor the pass.
// The letter becomes a case for a person, and the others go their way. The log says where
// it happened.

// stumbles calls do and reports whether it panicked. It is not inlined, since it is called in
// many places.
//
//go:noinline
func stumbles(do func()) bool {
	return mailbox.Survive(func() error { do(); return nil }) != nil
}

// classify judges a whole letter. One over which the program stumbles counts as one that
// cannot be read.
func (p *folderPass) classify(l *letter) {
	judge := func() { l.finding = p.Policy.Classify(Facts(l.msg), p.Operator.Own) }
	if stumbles(func() { p.testOnlyJudge(l); judge() }) {
		l.trouble(mailbox.TroubleUnreadable)
		judge()
	}
}

// apart tries each message of a chunk over which the program stumbled as a chunk of its own.
// If it stumbles over that, the message counts as one that cannot be had: first its header
// is kept, and if it stumbles again, not even that.
func (c *chunk) apart(ctx context.Context) (err error) {
	if len(c.heads) == 1 {
		h := c.heads[0]
		switch {
		case h.Err == nil:
			c.Log.ErrorContext(ctx, leftToAPerson, "folder", c.folder.Name, "uid", h.UID)
			h.Err = stumbledOver(h.UID)
		case h.Header != nil:
			h.Header = nil
		default:
			return h.Err
		}
		return c.takeAlone(ctx, []mailbox.Head{h})
	}
	// First what is still waiting is entered: otherwise it would be read again, and taken
	// for a copy of itself.
	err = c.registrar.takeNow(entry{do: func() error { return nil }})
	for i := 0; i < len(c.heads) && err == nil; i++ {
		err = c.takeAlone(ctx, c.heads[i:i+1])
	}
	return err
}

// takeAlone takes messages in as a chunk of their own.
func (p *folderPass) takeAlone(ctx context.Context, heads []mailbox.Head) error {
	c := &chunk{folderPass: p, heads: heads}
	c.try(func() error { return c.begin(ctx) })
	return c.finish(ctx, nil)
}

const leftToAPerson = "letter left to a person: the program stumbled over it"

// stumbledOver is the error of a message that counts as one that cannot be had.
func stumbledOver(uid uint32) error { return &mailbox.BadMessage{UID: uid, Err: mailbox.ErrStumbled} }

// enterUnjudged makes a review case of a letter over which the program stumbled, with as much
// of it as does not make it stumble again; or it returns the ledger row of a letter that the
// register has. Nobody is answered.
func (p *folderPass) enterUnjudged(ctx context.Context, l *letter, w wholeLetter) ([]store.Seen, error) {
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
	p.settleReceipt(l)
	if l.msg == nil || stumbles(func() { err = p.admitUnjudged(ctx, l, w) }) {
		l.msg = &mailbox.Message{}
		err = p.admitUnjudged(ctx, l, w)
	}
	return nil, err
}

func (p *folderPass) admitUnjudged(ctx context.Context, l *letter, w wholeLetter) error {
	l.trouble(mailbox.TroubleUnreadable)
	f := Facts(&mailbox.Message{Troubles: l.msg.Troubles})
	l.finding = p.Policy.Classify(f, p.Operator.Own)
	return p.admit(ctx, l, f, thread{}, w)
}
