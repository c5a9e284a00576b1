package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// ErrNoFiling: the server cannot do what was asked without a risk to mail, or
// refuses it. The letters lie where they lay, and the connection is good.
var ErrNoFiling = errors.New("the letters cannot be filed")

// Shelf says where letters are filed. One of the two is set.
type Shelf struct {
	Keyword string // set on the letter where it lies; ASCII
	Folder  string // the letter is moved there; made where it does not exist
}

// File marks or moves messages of a folder, and returns those that are not
// there any more. It is the only call of a Reader that opens a watched folder
// for writing, and it takes nothing away but what has been copied: with MOVE
// (RFC 6851), or with COPY, and after its success UID EXPUNGE (RFC 4315) of
// just these messages; never a plain EXPUNGE. Errors: ErrRecreated when the
// folder has another UIDVALIDITY by now, ErrNoFiling, ErrHushed, or the connection's.
func (r *Reader) File(ctx context.Context, folder string, validity uint32, uids []uint32, to Shelf) (gone []uint32, err error) {
	if err := r.silence(); err != nil {
		return nil, err
	}
	if err := r.connect(ctx); err != nil {
		return nil, err
	}
	s := r.s
	defer func() { // whatever was open, the next look begins anew
		s.selected = ""
		delete(s.known, folder)
	}()
	var kept bool
	gone, kept, err = s.file(ctx, folder, validity, uids, to)
	if kept {
		r.o.Log.Warn("letters were copied, but the server does not let them be taken away", "folder", folder, "to", to.Folder)
	}
	if err == nil || errors.Is(err, ErrNoFiling) || errors.Is(err, ErrRecreated) {
		return gone, err
	}
	if broken(err) {
		r.drop(err)
		return nil, fmt.Errorf("file letters of %q: %w", folder, r.worded(ctx, err))
	}
	return nil, &unfiled{err}
}

// unfiled is ErrNoFiling with what the server said to it.
type unfiled struct{ err error }

func (u *unfiled) Error() string  { return ErrNoFiling.Error() + ": " + plain(u.err.Error(), 200) }
func (u *unfiled) Unwrap() error  { return ErrNoFiling }
func (u *unfiled) logged() string { return ErrNoFiling.Error() + ": " + cause(u.err) }

// file reports as kept what was copied and lies where it lay as well.
func (s *session) file(ctx context.Context, folder string, validity uint32, uids []uint32, to Shelf) (gone []uint32, kept bool, err error) {
	var box *imap.SelectData
	s.in.closed.Store(false)
	err = s.run(ctx, func() (err error) {
		box, err = s.c.Select(folder, nil).Wait()
		return err
	})
	switch {
	case err != nil:
		return nil, false, err
	case box.UIDValidity != validity:
		return nil, false, ErrRecreated
	case s.in.closed.Load():
		return nil, false, fmt.Errorf("%w: the server lets nobody change the folder", ErrNoFiling)
	}
	there, err := s.present(ctx, uids)
	if err != nil {
		return nil, false, err
	}
	gone = without(uids, there)
	switch {
	case len(there) == 0:
		return gone, false, nil
	case to.Keyword != "":
		return gone, false, s.mark(ctx, box, there, to.Keyword)
	}
	kept, err = s.move(ctx, box, there, to.Folder)
	return gone, kept, err
}

// present returns those of the UIDs that the open folder has.
func (s *session) present(ctx context.Context, uids []uint32) ([]uint32, error) {
	job := &fetchJob{set: setOf(uids), list: true}
	err := s.fetch(ctx, job)
	return slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return !slices.Contains(job.uids, uid) }), err
}

func without(uids, some []uint32) []uint32 {
	return slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return slices.Contains(some, uid) })
}

// mark sets a keyword. A server says which ones a folder keeps, or that it
// keeps new ones too (RFC 9051, 7.1: PERMANENTFLAGS).
func (s *session) mark(ctx context.Context, box *imap.SelectData, uids []uint32, keyword string) error {
	keeps := slices.ContainsFunc(box.PermanentFlags, func(f imap.Flag) bool {
		return f == imap.FlagWildcard || strings.EqualFold(string(f), keyword)
	})
	if !keeps {
		return fmt.Errorf("%w: the server keeps no keywords", ErrNoFiling)
	}
	return s.flag(ctx, uids, imap.StoreFlagsAdd, imap.Flag(keyword))
}

func (s *session) flag(ctx context.Context, uids []uint32, op imap.StoreFlagsOp, flag imap.Flag) error {
	return s.run(ctx, func() error {
		return s.c.Store(setOf(uids), &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	})
}

func (s *session) move(ctx context.Context, box *imap.SelectData, uids []uint32, folder string) (kept bool, err error) {
	kept, err = s.moveOnce(ctx, box, uids, folder)
	if err == nil || !mayBeMissing(err) {
		return kept, err
	}
	if cerr := s.run(ctx, func() error { return s.c.Create(folder, nil).Wait() }); cerr != nil {
		if broken(cerr) {
			return false, cerr
		}
		return false, err
	}
	return s.moveOnce(ctx, box, uids, folder)
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
func (s *session) moveOnce(ctx context.Context, box *imap.SelectData, uids []uint32, folder string) (kept bool, err error) {
	caps, err := s.caps(ctx)
	if err != nil {
		return false, err
	}
	if caps.Has(imap.CapMove) {
		return false, s.run(ctx, func() error {
			_, err := s.c.Move(setOf(uids), folder).Wait()
			return err
		})
	}
	switch {
	case !caps.Has(imap.CapUIDPlus):
		return false, fmt.Errorf("%w: the server has neither MOVE nor UIDPLUS", ErrNoFiling)
	case len(box.PermanentFlags) > 0 && !slices.Contains(box.PermanentFlags, imap.FlagDeleted): // a copy would only be one more
		return false, fmt.Errorf("%w: the server lets nobody delete from the folder", ErrNoFiling)
	}
	var copied *imap.CopyData
	err = s.run(ctx, func() (err error) {
		copied, err = s.c.Copy(setOf(uids), folder).Wait()
		return err
	})
	if err != nil {
		return false, err
	}
	if copied.UIDValidity != 0 { // COPYUID names what was copied
		uids = slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return !copied.SourceUIDs.Contains(imap.UID(uid)) })
		if len(uids) == 0 {
			return false, fmt.Errorf("%w: the server copied nothing", ErrNoFiling)
		}
	}
	return s.takeAway(ctx, uids)
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
