package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	Folder string // where FileMove puts them
}

const (
	filingKeyword = "$Pometka"
	// filingBatch is how many letters one command files, and filingAgain how
	// long none is filed after a failure.
	filingBatch = 200
	filingAgain = time.Hour
)

// filingState holds when filing may be tried again after a failure, and when the filing
// folder may be read again; zero: at once.
type filingState struct{ next, shelf time.Time }

// file files the letters of the register that still lie in the watched folders as they
// were found. It is done after their commit, so that after a crash in between the next
// pass does it. Trouble with the mailbox is logged and the letters stay where they are;
// an error means trouble with the register.
func (d *Desk) file(ctx context.Context, folders []mailbox.Folder) error {
	if d.Filer == nil || d.Filing.How != FileKeyword && d.Filing.How != FileMove || d.Now().Before(d.filed.next) {
		return nil
	}
	for _, f := range folders {
		if d.Filing.How == FileMove && f.Name == d.Filing.Folder {
			continue
		}
		for again := true; again && !d.Stopping(); {
			n, err := d.fileSome(ctx, f)
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
			again = n == filingBatch
		}
	}
	return nil
}

// fileSome files one batch and says how many letters it held. A registerError is the
// register's, any other the mailbox's.
func (d *Desk) fileSome(ctx context.Context, f mailbox.Folder) (int, error) {
	cur, found, err := d.Store.Cursor(ctx, f.Name)
	if err != nil || !found {
		return 0, ofRegister(err)
	}
	how, shelf := store.FiledMove, mailbox.Shelf{Folder: d.Filing.Folder}
	if d.Filing.How == FileKeyword {
		how, shelf = store.FiledKeyword, mailbox.Shelf{Keyword: filingKeyword}
	}
	letters, err := d.Store.Unfiled(ctx, f.Name, cur.UIDValidity, how, d.Filing.How == FileKeyword, filingBatch)
	if err != nil || len(letters) == 0 {
		return 0, ofRegister(err)
	}
	uids := make([]uint32, len(letters))
	for i, l := range letters {
		uids[i] = l.UID
	}
	e, err := d.era(ctx, f.Name)
	if err != nil {
		return 0, ofRegister(err)
	}
	gone, err := d.Filer.File(ctx, f.Name, e.at(cur.UIDValidity), uids, shelf)
	if err != nil {
		return 0, err
	}
	d.testOnlyStep("letters filed")
	var done, lost []int64
	for _, l := range letters {
		if slices.Contains(gone, l.UID) {
			lost = append(lost, l.LetterID)
		} else {
			done = append(done, l.LetterID)
		}
	}
	if err := d.Store.SetFiled(ctx, done, how, d.Now()); err != nil {
		return 0, ofRegister(err)
	}
	d.testOnlyStep("filing noted")
	return len(letters), ofRegister(d.Store.SetFiled(ctx, lost, store.FiledGone, d.Now()))
}
