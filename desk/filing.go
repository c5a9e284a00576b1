package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// How registered letters are filed in the mailbox.
const (
	FileNone    = "none"
	FileKeyword = "keyword"
	FileMove    = "move"
)

// Filing says what becomes of registered letters in the mailbox. The keyword is set on
// every letter of the register. Only letters that were found to be requests are moved: a
// letter on review must stay where the register says that it lies.
type Filing struct {
	How    string // "", FileNone, FileKeyword or FileMove
	Folder string // where FileMove puts them, as the configuration names it
}

const (
	// FilingKeyword marks the letters that are in the register.
	FilingKeyword = "$Pometka"

	// filingBatch is how many letters one command files, filingAgain how long none is
	// filed after a failure, and filingRefusals after how many refusals a pass files no more.
	filingBatch    = 200
	filingAgain    = time.Hour
	filingRefusals = 20
)

// filingState holds when filing may be tried again after a failure, and when the filing
// folder may be read again; zero: at once.
type filingState struct {
	next, shelf time.Time
	resting     resting // the letters that the server refused; nil: the register was not asked yet
}

// filingPass is the filing of one pass.
type filingPass struct {
	*Desk
	how      string
	to       mailbox.Shelf // the folder is "" until it is asked for
	refusals int
}

// file files the letters of the register that still lie in the watched folders as they
// were found. It is done after their commit, so that after a crash in between the next
// pass does it. Trouble with the mailbox is logged and the letters stay where they are;
// an error means trouble with the register.
func (d *Desk) file(ctx context.Context, folders []mailbox.Folder) error {
	if d.Filer == nil || d.Filing.How != FileKeyword && d.Filing.How != FileMove || d.Now().Before(d.filed.next) {
		return nil
	}
	p := filingPass{Desk: d, how: store.FiledMove}
	if d.Filing.How == FileKeyword {
		p.how, p.to.Keyword = store.FiledKeyword, FilingKeyword
	}
	for _, f := range folders {
		for again := true; again && p.refusals < filingRefusals && !d.Stopping(); {
			var err error
			again, err = p.some(ctx, f)
			var ours *registerError
			switch {
			case errors.Is(err, mailbox.ErrHushed): // staff was told of that, and the letters are not to blame
				return nil
			case errors.As(err, &ours), err != nil && ctx.Err() != nil:
				return fmt.Errorf("file letters of folder %q: %w", f.Name, err)
			case err != nil:
				d.Log.WarnContext(ctx, "letters not filed, they stay where they are", "folder", f.Name, "error", err)
				d.filed.next = d.Now().Add(filingAgain)
				return nil
			}
		}
	}
	return nil
}

// some files one batch, and says whether the folder may hold another. A registerError is
// the register's, any other the mailbox's.
func (p *filingPass) some(ctx context.Context, f mailbox.Folder) (again bool, err error) {
	cur, found, err := p.Store.Cursor(ctx, f.Name)
	if err != nil || !found {
		return false, ofRegister(err)
	}
	letters, err := p.unfiled(ctx, cur)
	if err != nil || len(letters) == 0 {
		return false, ofRegister(err)
	}
	if p.how == store.FiledMove && p.to.Folder == "" {
		if p.to.Folder, err = p.Inbox.ShelfFolder(ctx, p.Filing.Folder); err != nil {
			return false, err
		}
	}
	if f.Name == p.to.Folder {
		return false, nil
	}
	uids := make([]uint32, len(letters))
	for i, l := range letters {
		uids[i] = l.UID
	}
	e, err := p.era(ctx, f.Name)
	if err != nil {
		return false, ofRegister(err)
	}
	filed, failed := p.Filer.File(ctx, f.Name, e.at(cur.UIDValidity), uids, p.to)
	if failed != nil && ctx.Err() != nil {
		return false, failed
	}
	p.refusals += filed.Refusals
	p.testOnlyStep("letters filed")
	if err := p.note(ctx, f.Name, letters, filed); err != nil {
		return false, ofRegister(err)
	}
	return len(letters) == filingBatch && len(filed.Of) == len(letters), failed
}

// unfiled are the letters of a folder to be filed now.
func (p *filingPass) unfiled(ctx context.Context, cur store.Cursor) ([]store.Unfiled, error) {
	if err := p.learnResting(ctx); err != nil {
		return nil, err
	}
	letters, err := p.Store.Unfiled(ctx, cur.Folder, cur.UIDValidity, p.how, p.Filing.How == FileKeyword, filingBatch+len(p.filed.resting))
	due := letters[:0]
	for _, l := range letters {
		if len(due) < filingBatch && !p.Now().Before(p.filed.resting[l.LetterID].Next) {
			due = append(due, l)
		}
	}
	return due, err
}

// note writes down what became of letters. Those that were not tried are left as they are.
func (p *filingPass) note(ctx context.Context, folder string, letters []store.Unfiled, filed mailbox.Filed) error {
	done := store.Filing{How: p.how, Folder: p.to.Folder, UIDValidity: filed.UIDValidity, UIDs: map[int64]uint32{}}
	var moved, lost []int64
	rested := false
	for _, l := range letters {
		fate, tried := filed.Of[l.UID]
		switch {
		case !tried:
			continue
		case fate.Refused != nil:
			p.rest(ctx, folder, l, fate.Refused)
			rested = true
			continue
		case fate.Gone:
			lost = append(lost, l.LetterID)
		default:
			moved = append(moved, l.LetterID)
			done.UIDs[l.LetterID] = fate.UID
		}
		_, woken := p.filed.resting[l.LetterID]
		delete(p.filed.resting, l.LetterID)
		rested = rested || woken
	}
	if err := p.Store.SetFiled(ctx, moved, done, p.Now()); err != nil {
		return err
	}
	p.testOnlyStep("filing noted")
	err := p.Store.SetFiled(ctx, lost, store.Filing{How: store.FiledGone}, p.Now())
	if err == nil && rested {
		err = p.keepResting(ctx)
	}
	return err
}
