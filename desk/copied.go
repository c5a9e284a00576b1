package desk

import (
	"context"
	"fmt"
	"math"
	"time"

	"license.kz/pometka/store"
)

// A mailbox that was moved to another server by copying may have got new moments of receipt
// with its new UIDs: those of the copying. Letters from before the cutoff, which the register
// never took in, then seem to have come today. They are registered, since nobody can tell for
// sure, and a person decides whether to answer. The moment of copying is told from that of
// receipt by the topmost Received, which the server wrote that took the letter in; to copy
// a letter adds none. What its sender wrote himself, in Date, counts only where no server
// wrote anything and the letter lay there when the folder began to be read anew: it makes the
// answer wait, and starts no term. So nobody loses a day by a wrong Date.

// copies tells which letters of a folder may be copies.
type copies struct {
	on   bool   // the folder is read anew under its present UIDVALIDITY, or came to a register that had been at work before
	next uint32 // UIDNEXT when that began: what lies below was there. Copying may go on for days above it
}

func (p *folderPass) copiesKey() string { return store.MetaCopies + p.folder.Name }

// beginCopies notes that the folder begins to be read anew, under a UIDVALIDITY of the ledger.
// It is written before the cursor, so that a process that goes on at the cursor finds it, and
// it stays: what lay there then did so for good. A folder that is new, not found, may have come
// with a move of the mailbox, but not before the first pass of all has ended: what the server
// says of receipt is then all that anybody knows of it.
func (p *folderPass) beginCopies(ctx context.Context, found bool, validity, next uint32) error {
	if !found {
		if last, err := p.Store.LastPass(ctx); err != nil || last.IsZero() {
			return err
		}
	}
	if next == 0 { // which the server does not tell
		next = math.MaxUint32
	}
	return p.Store.SetMeta(ctx, p.copiesKey(), fmt.Sprint(validity, next))
}

func (p *folderPass) learnCopies(ctx context.Context) error {
	validity, next, err := p.pair(ctx, p.copiesKey())
	p.copies = copies{on: next != 0 && validity == p.cur.UIDValidity, next: next}
	return err
}

// lay reports whether the letter was in the folder when that began to be read anew.
func (c copies) lay(uid uint32) bool { return c.on && uid < c.next }

// settleCopied takes the topmost Received of a letter that may be a copy for its moment of
// receipt where that is more than a day earlier: the terms run from then.
func (p *folderPass) settleCopied(l *letter) {
	m := l.msg
	if p.copies.on && m.Stamped && !undated(m.ReceivedAt) && l.head.InternalDate.Sub(m.ReceivedAt) > clockDay {
		l.head.InternalDate = m.ReceivedAt
	}
}

// came is when the letter came, as far as that decides whether its answer waits.
func (p *folderPass) came(l *letter) time.Time {
	at := l.head.InternalDate
	if m := l.msg; p.copies.lay(l.head.UID) && !m.Stamped && !undated(m.Date) && m.Date.Before(at) {
		return m.Date
	}
	return at
}

// longOutage is longer than any time for which a mailbox is not read, although it is to be.
const longOutage = 60 * 24 * time.Hour

// outdated reports that the letter may be a copy, and is too old to be answered without a
// person's word: from before the cutoff, from before any outage, or nobody knows from when.
func (p *folderPass) outdated(l *letter) bool {
	at := p.came(l)
	return p.copies.on && (at.Before(p.cutoff) || p.Now().Sub(at) > longOutage) || l.undated && p.copies.lay(l.head.UID)
}
