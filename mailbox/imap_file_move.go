package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// move moves a set, and makes the folder once where it may be missing.
func (f *filing) move(ctx context.Context, uids []uint32) error {
	err := f.moveOnce(ctx, uids)
	if err == nil || f.made || !mayBeMissing(err) {
		return err
	}
	f.made = true
	cerr := f.run(ctx, func() error { return f.c.Create(f.to.Folder, nil).Wait() })
	switch {
	case cerr == nil:
		return f.moveOnce(ctx, uids)
	case broken(cerr):
		return cerr
	}
	return fmt.Errorf("%w; and the server does not make the folder %q: %s", err, f.to.Folder, plain(cerr.Error(), 100))
}

// mayBeMissing: the folder to move into may not be there. Not every server says
// TRYCREATE, and to make one that exists is refused without harm; but whoever names
// another reason has it.
func mayBeMissing(err error) bool {
	var no *imap.Error
	return errors.As(err, &no) && slices.Contains([]imap.ResponseCode{"", imap.ResponseCodeTryCreate, imap.ResponseCodeNonExistent}, no.Code)
}

// moveOnce never uses the library's Move without the extension: that one runs
// COPY, STORE and EXPUNGE without looking whether the first succeeded, and
// without UIDPLUS it expunges the mail of others.
func (f *filing) moveOnce(ctx context.Context, uids []uint32) error {
	caps, err := f.caps(ctx)
	if err != nil {
		return err
	}
	if caps.Has(imap.CapMove) {
		err = f.run(ctx, func() error {
			moved, err := f.c.Move(setOf(uids), f.to.Folder).Wait()
			if err != nil {
				return err
			}
			from, _ := moved.SourceUIDs.(imap.UIDSet)
			to, _ := moved.DestUIDs.(imap.UIDSet)
			f.moved(uids, moved.UIDValidity, from, to)
			return nil
		})
		return err
	}
	switch {
	case !caps.Has(imap.CapUIDPlus):
		return fmt.Errorf("%w: the server has neither MOVE nor UIDPLUS", ErrNoFiling)
	case len(f.box.PermanentFlags) > 0 && !slices.Contains(f.box.PermanentFlags, imap.FlagDeleted): // a copy would only be one more
		return fmt.Errorf("%w: the server lets nobody delete from the folder", ErrNoFiling)
	}
	return f.copyAway(ctx, uids)
}

// copyAway is a move in steps. What the server did not copy of the set is refused.
func (f *filing) copyAway(ctx context.Context, uids []uint32) error {
	var copied *imap.CopyData
	err := f.run(ctx, func() (err error) {
		copied, err = f.c.Copy(setOf(uids), f.to.Folder).Wait()
		return err
	})
	if err != nil {
		return err
	}
	if copied.UIDValidity != 0 { // COPYUID names what was copied
		all := uids
		uids = slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return !copied.SourceUIDs.Contains(imap.UID(uid)) })
		if len(uids) == 0 {
			return fmt.Errorf("%w: the server copied nothing", ErrNoFiling)
		}
		f.all(without(all, uids), Fate{Refused: errOnlySome})
	}
	kept, err := f.takeAway(ctx, uids)
	f.kept = f.kept || kept
	if err == nil {
		f.moved(uids, copied.UIDValidity, copied.SourceUIDs, copied.DestUIDs)
	}
	return err
}

var errOnlySome = fmt.Errorf("%w: the server copied only some", ErrNoFiling)

// moved notes what was moved, and what COPYUID says of where it lies. Both its sets are in
// order by now, as servers send them.
func (f *filing) moved(uids []uint32, validity uint32, from, to imap.UIDSet) {
	f.all(uids, Fate{})
	here, _ := from.Nums()
	there, _ := to.Nums()
	if validity == 0 || len(here) != len(there) || f.UIDValidity != 0 && f.UIDValidity != validity {
		return
	}
	f.UIDValidity = validity
	for i, uid := range here {
		if _, ours := f.Of[uint32(uid)]; ours {
			f.Of[uint32(uid)] = Fate{UID: uint32(there[i])}
		}
	}
}

// takeAway removes messages of which the server has confirmed a copy. One that
// refuses that, or says that it did and did not, keeps them: the copies are where
// they belong, and to copy again would only make more of them.
func (s *session) takeAway(ctx context.Context, uids []uint32) (kept bool, err error) {
	if err = s.flag(ctx, uids, imap.StoreFlagsAdd, imap.FlagDeleted); err != nil {
		return keeps(err)
	}
	err = s.run(ctx, func() error { return s.c.UIDExpunge(setOf(uids)).Close() })
	if err == nil {
		uids, err = s.present(ctx, uids)
	}
	if len(uids) == 0 || err != nil && broken(err) {
		return false, err
	}
	_, err = keeps(s.flag(ctx, uids, imap.StoreFlagsDel, imap.FlagDeleted)) // nobody else's EXPUNGE is to take them
	return true, err
}

// keeps turns a refusal into the knowledge that the letters stay.
func keeps(err error) (bool, error) {
	if broken(err) {
		return false, err
	}
	return true, nil
}
