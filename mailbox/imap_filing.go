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

// Filed is what became of messages that were to be filed.
type Filed struct {
	Of          map[uint32]Fate // by their UIDs; those that are not in it were not tried
	Refusals    int             // how often the server said no
	UIDValidity uint32          // of the folder they were moved into; 0: the server does not say
}

// Fate is what became of one message: it was filed, unless it is gone or refused.
type Fate struct {
	Gone    bool   // it was not there any more
	Refused error  // why it lies where it lay
	UID     uint32 // where it lies now; 0: the server does not say, or nothing was moved
}

// File marks or moves messages of a folder. It is the only call of a Reader that opens a
// watched folder for writing, and it takes nothing away but what has been copied: with MOVE
// (RFC 6851), or with COPY, and after its success UID EXPUNGE (RFC 4315) of just these
// messages; never a plain EXPUNGE. Of a set that is refused smaller ones are tried, down
// to single messages. Errors: ErrRecreated when the folder has another UIDVALIDITY by now,
// ErrNoFiling, ErrHushed, or the connection's; what was filed before is told beside it.
func (r *Reader) File(ctx context.Context, folder string, validity uint32, uids []uint32, to Shelf) (Filed, error) {
	if err := r.silence(); err != nil {
		return Filed{}, err
	}
	if err := r.connect(ctx); err != nil {
		return Filed{}, err
	}
	s := r.s
	defer func() { // whatever was open, the next look begins anew
		s.selected = ""
		delete(s.known, folder)
	}()
	f := filing{session: s, to: to, Filed: Filed{Of: map[uint32]Fate{}}}
	err := f.file(ctx, folder, validity, uids)
	if f.kept {
		r.o.Log.Warn("letters were copied, but the server does not let them be taken away", "folder", folder, "to", to.Folder)
	}
	if err == nil || errors.Is(err, ErrNoFiling) || errors.Is(err, ErrRecreated) {
		return f.Filed, err
	}
	if broken(err) {
		r.drop(err)
		return f.Filed, fmt.Errorf("file letters of %q: %w", folder, r.worded(ctx, err))
	}
	return f.Filed, &unfiled{err}
}

// unfiled is ErrNoFiling with what the server said to it.
type unfiled struct{ err error }

func (u *unfiled) Error() string  { return ErrNoFiling.Error() + ": " + plain(u.err.Error(), 200) }
func (u *unfiled) Unwrap() error  { return ErrNoFiling }
func (u *unfiled) logged() string { return ErrNoFiling.Error() + ": " + cause(u.err) }

// filing is one call of File.
type filing struct {
	*session
	Filed
	to   Shelf
	box  *imap.SelectData
	some bool // were filed
	made bool // the folder was to be made once
	kept bool // some were copied, and lie where they lay as well
}

func (f *filing) file(ctx context.Context, folder string, validity uint32, uids []uint32) error {
	f.in.closed.Store(false)
	err := f.run(ctx, func() (err error) {
		f.box, err = f.c.Select(folder, nil).Wait()
		return err
	})
	switch {
	case err != nil:
		return err
	case f.box.UIDValidity != validity:
		return ErrRecreated
	case f.in.closed.Load():
		return fmt.Errorf("%w: the server lets nobody change the folder", ErrNoFiling)
	}
	there, err := f.present(ctx, uids)
	if err != nil {
		return err
	}
	f.all(without(uids, there), Fate{Gone: true})
	return f.each(ctx, there)
}

// all says what became of each of a set.
func (f *filing) all(uids []uint32, fate Fate) {
	for _, uid := range uids {
		f.Of[uid] = fate
	}
}

// mostRefusals is how often a call of File is told no, and noneAtAll how often when
// nothing else is said: then the server files no letters at all.
const (
	mostRefusals = 20
	noneAtAll    = 3
)

// each files a set, and parts one that is refused: first its ends are tried singly, which
// tells a letter that cannot be filed from a server that files none, and then halves.
func (f *filing) each(ctx context.Context, uids []uint32) error {
	for sets := [][]uint32{uids}; len(sets) > 0 && f.Refusals < mostRefusals; {
		last := len(sets) - 1
		set := sets[last]
		if sets = sets[:last]; len(set) == 0 {
			continue
		}
		err := f.set(ctx, set)
		switch {
		case err == nil:
			f.some = true
			continue
		case broken(err) || errors.Is(err, ErrNoFiling) || refusesAll(err):
			return err
		}
		f.Refusals++
		switch n := len(set); {
		case n == 1:
			f.all(set, Fate{Refused: &unfiled{err}})
		case len(uids) == n:
			middle := set[1 : n-1]
			sets = append(sets, middle[len(middle)/2:], middle[:len(middle)/2], set[n-1:], set[:1])
		default:
			sets = append(sets, set[n/2:], set[:n/2])
		}
		if f.Refusals >= noneAtAll && !f.some {
			return err
		}
	}
	return nil
}

// refusesAll: the reason that the server names holds for any letter.
func refusesAll(err error) bool {
	var no *imap.Error
	return errors.As(err, &no) && strings.Contains(" NOPERM OVERQUOTA TRYCREATE NONEXISTENT UNAVAILABLE AUTHORIZATIONFAILED ", " "+string(no.Code)+" ")
}

// set files a set, all or none of it.
func (f *filing) set(ctx context.Context, uids []uint32) error {
	if f.to.Keyword != "" {
		return f.mark(ctx, uids)
	}
	return f.move(ctx, uids)
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
func (f *filing) mark(ctx context.Context, uids []uint32) error {
	if !keepsKeyword(f.box, f.to.Keyword) {
		return fmt.Errorf("%w: the server keeps no keywords", ErrNoFiling)
	}
	err := f.flag(ctx, uids, imap.StoreFlagsAdd, imap.Flag(f.to.Keyword))
	if err == nil {
		f.all(uids, Fate{})
	}
	return err
}

func keepsKeyword(box *imap.SelectData, keyword string) bool {
	return slices.ContainsFunc(box.PermanentFlags, func(f imap.Flag) bool {
		return f == imap.FlagWildcard || strings.EqualFold(string(f), keyword)
	})
}

func (s *session) flag(ctx context.Context, uids []uint32, op imap.StoreFlagsOp, flag imap.Flag) error {
	return s.run(ctx, func() error {
		return s.c.Store(setOf(uids), &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	})
}
