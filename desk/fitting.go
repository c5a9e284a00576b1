package desk

import (
	"context"
	"errors"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// A large letter for which the disk has no room is kept in part, as one over imap.max_size
// is: its header and the beginning of its text. The rest stays in the mailbox. So it stops
// no letter behind it. Where not even that fits, the disk is full, and the pass ends.

// fitting is a spool that a letter which does not fit on the disk is written to in part.
type fitting struct {
	ctx   context.Context
	pass  *folderPass
	uid   uint32
	spool *store.Spool
	cut   bool
}

func (f *fitting) Write(b []byte) (int, error) {
	if f.cut { // what the server still sends is not wanted
		return len(b), nil
	}
	err := f.pass.testOnlyRoom(f.spool.Size() + int64(len(b)))
	n := 0
	if err == nil {
		n, err = f.spool.Write(b)
	}
	if !tooLarge(err, f.spool) {
		return n, err
	}
	f.cut = true
	f.spool, err = f.pass.shorten(f.ctx, f.spool, f.uid)
	return len(b), err
}

// tooLarge reports that there was no room for a letter, while there is for those of the usual
// size.
func tooLarge(err error, spool *store.Spool) bool {
	return errors.Is(err, store.ErrFull) && spool.Size() >= mailbox.ShortLimit
}

// shorten keeps of a letter what is taken of one over imap.max_size. Before it needs any room
// it gives back what the letter took, and what the log of the register takes without need.
func (p *folderPass) shorten(ctx context.Context, spool *store.Spool, uid uint32) (*store.Spool, error) {
	p.Log.Warn("letter does not fit on the disk: only its beginning is kept", "folder", p.folder.Name, "uid", uid, "bytes", spool.Size())
	short := p.Store.Spool()
	r, err := spool.Open()
	if err != nil {
		return short, err
	}
	b, err := mailbox.Shorten(r)
	r.Close()
	spool.Discard()
	if failed := p.Store.CutLog(ctx); failed != nil {
		p.Log.Warn("the log of the register could not be cut", "error", failed)
	}
	if err == nil {
		_, err = short.Write(b)
	}
	return short, err
}

// enterFitting is enter for a letter that came whole, and for which the register may have no
// room.
func (p *folderPass) enterFitting(ctx context.Context, l *letter, w *wholeLetter) ([]store.Seen, error) {
	rows, err := p.enter(ctx, l, *w)
	if !tooLarge(err, w.spool) {
		return rows, err
	}
	if w.spool, err = p.shorten(ctx, w.spool, l.head.UID); err != nil {
		return nil, err
	}
	if err := parseSpool(l, w.spool); err != nil { // what is attached is what is here
		return nil, err
	}
	w.cut, l.msg.Cut = true, true
	return p.enter(ctx, l, *w)
}
