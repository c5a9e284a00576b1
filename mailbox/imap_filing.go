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
	if err := r.spare(); err != nil {
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
	gone, err = s.file(ctx, folder, validity, uids, to)
	if err == nil || errors.Is(err, ErrNoFiling) || errors.Is(err, ErrRecreated) {
		return gone, err
	}
	if broken(err) {
		r.drop(err)
		return nil, fmt.Errorf("file letters of %q: %w", folder, r.worded(ctx, err))
	}
	return nil, fmt.Errorf("%w: %s", ErrNoFiling, plain(err.Error(), 200))
}

func (s *session) file(ctx context.Context, folder string, validity uint32, uids []uint32, to Shelf) ([]uint32, error) {
	var box *imap.SelectData
	err := s.run(ctx, func() (err error) {
		box, err = s.c.Select(folder, nil).Wait()
		return err
	})
	if err != nil {
		return nil, err
	}
	if box.UIDValidity != validity {
		return nil, ErrRecreated
	}
	job := &fetchJob{set: setOf(uids), list: true}
	if err := s.fetch(ctx, job); err != nil {
		return nil, err
	}
	there, gone := split(uids, job.uids)
	switch {
	case len(there) == 0:
		return gone, nil
	case to.Keyword != "":
		return gone, s.mark(ctx, box, there, to.Keyword)
	}
	return gone, s.move(ctx, there, to.Folder)
}

// split parts the UIDs into those that the server has and the rest.
func split(uids, have []uint32) (there, gone []uint32) {
	for _, uid := range uids {
		if slices.Contains(have, uid) {
			there = append(there, uid)
		} else {
			gone = append(gone, uid)
		}
	}
	return there, gone
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

func (s *session) move(ctx context.Context, uids []uint32, folder string) error {
	err := s.moveOnce(ctx, uids, folder)
	if err == nil || broken(err) || errors.Is(err, ErrNoFiling) {
		return err
	}
	// NO, perhaps since there is no such folder: not every server says
	// TRYCREATE, and to make one that exists is refused without harm.
	if cerr := s.run(ctx, func() error { return s.c.Create(folder, nil).Wait() }); cerr != nil {
		if broken(cerr) {
			return cerr
		}
		return err
	}
	return s.moveOnce(ctx, uids, folder)
}

// moveOnce never uses the library's Move without the extension: that one runs
// COPY, STORE and EXPUNGE without looking whether the first succeeded, and
// without UIDPLUS it expunges the mail of others.
func (s *session) moveOnce(ctx context.Context, uids []uint32, folder string) error {
	caps, err := s.caps(ctx)
	if err != nil {
		return err
	}
	if caps.Has(imap.CapMove) {
		return s.run(ctx, func() error {
			_, err := s.c.Move(setOf(uids), folder).Wait()
			return err
		})
	}
	if !caps.Has(imap.CapUIDPlus) {
		return fmt.Errorf("%w: the server has neither MOVE nor UIDPLUS", ErrNoFiling)
	}
	var copied *imap.CopyData
	err = s.run(ctx, func() (err error) {
		copied, err = s.c.Copy(setOf(uids), folder).Wait()
		return err
	})
	if err != nil {
		return err
	}
	if copied.UIDValidity != 0 { // COPYUID names what was copied
		uids = slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return !copied.SourceUIDs.Contains(imap.UID(uid)) })
		if len(uids) == 0 {
			return fmt.Errorf("%w: the server copied nothing", ErrNoFiling)
		}
	}
	return s.takeAway(ctx, uids)
}

// takeAway removes messages of which the server has confirmed a copy. One that
// refuses that keeps them: the copies are where they belong, and to copy again
// would only make more of them.
func (s *session) takeAway(ctx context.Context, uids []uint32) error {
	err := s.flag(ctx, uids, imap.StoreFlagsAdd, imap.FlagDeleted)
	if err == nil {
		err = s.run(ctx, func() error { return s.c.UIDExpunge(setOf(uids)).Close() })
		if err != nil && !broken(err) { // nobody else's EXPUNGE is to take them
			err = s.flag(ctx, uids, imap.StoreFlagsDel, imap.FlagDeleted)
		}
	}
	if err != nil && !broken(err) {
		return nil
	}
	return err
}
