package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// UnlistedError says that the names of folders are lacking: the server does not list them, or
// not all, or, Hidden, one that it marks as junk has a name that cannot be read. Whether
// letters come into a folder that is not watched, nobody knows then.
type UnlistedError struct {
	Hidden bool

	addr string
	err  error // nil: what was listed ended too early
}

func (e *UnlistedError) Error() string {
	switch {
	case e.Hidden:
		return "the name of a folder for junk on " + e.addr + " cannot be read: rename it, or name the folders to watch in imap.folders"
	case e.err == nil:
		return "the server " + e.addr + " does not list all its folders: name those to watch in imap.folders"
	}
	return "the server " + e.addr + " does not list its folders (" + Code(e.err) + "): name those to watch in imap.folders, and that of sent mail in imap.sent_folder"
}

func (e *UnlistedError) Unwrap() error  { return e.err }
func (e *UnlistedError) logged() string { return e.Error() }

//go:noinline
func (r *Reader) lacking(hidden bool, err error) *UnlistedError {
	return &UnlistedError{hidden, r.o.addr(), err}
}

//go:noinline
func unlisted(err error) (e *UnlistedError) {
	errors.As(err, &e)
	return e
}

// list returns all folders. Over a kept connection it asks for them at every
// tenth pass only, of which each wants them twice: a LIST is a round trip more,
// and after one Dovecot walks through the whole of a Maildir at the next command.
func (r *Reader) list(ctx context.Context) ([]*imap.ListData, error) {
	if err := r.connect(ctx); err != nil { // to log in once more could lock the account
		return nil, err
	}
	if s := r.s; s.listed != nil && s.relist > 0 {
		s.relist--
		return slices.Clone(s.listed), nil
	}
	all, ok := r.listedAhead()
	var err error
	if !ok {
		all, err = r.listAll(ctx)
	}
	if listsNone(ctx, err) {
		return nil, r.lacking(false, err)
	}
	if err == nil && r.s != nil {
		r.s.listed, r.s.relist = slices.Clone(all), 2*fullLook-1
	}
	return all, err
}

// listsNone reports whether an answer to LIST says that the server lists no folders.
//
//go:noinline
func listsNone(ctx context.Context, err error) bool {
	return refused(err) || FaultOf(err) == FaultOther && ctx.Err() == nil
}

// listAll asks for all folders. Where the answer breaks the connection off, the few names that
// matter are asked for one by one, and there may be more.
func (r *Reader) listAll(ctx context.Context) ([]*imap.ListData, error) {
	all, err := r.listPattern(ctx, "*")
	if err == nil || ctx.Err() != nil || refused(err) || FaultOf(err) != FaultOther {
		return all, err
	}
	if cerr := r.connect(ctx); cerr != nil {
		return nil, cerr
	}
	names := r.o.Folders
	if len(names) == 0 {
		names = slices.Concat([]string{inbox}, junkNames, sentNames)
	}
	for _, name := range names {
		some, lerr := r.listPattern(ctx, name)
		if lerr != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	r.s.curt = true
	return all, nil
}

func (r *Reader) listPattern(ctx context.Context, pattern string) (all []*imap.ListData, err error) {
	err = r.with(ctx, func(s *session) (err error) {
		all, err = s.names(ctx, pattern)()
		return err
	})
	return all, err
}

// names asks for the folders that can hold letters; collect takes the answer in.
func (s *session) names(ctx context.Context, pattern string) (collect func() ([]*imap.ListData, error)) {
	g := guard(ctx, s.w, s.timeout)
	s.hidden, s.curt = false, false
	var opts *imap.ListOptions
	if caps := s.c.Caps(); caps.Has(imap.CapIMAP4rev2) || caps.Has(imap.CapSpecialUse) && caps.Has(imap.CapListExtended) {
		opts = &imap.ListOptions{ReturnSpecialUse: true}
	}
	cmd := s.c.List("", pattern, opts)
	return func() (all []*imap.ListData, err error) {
		err = g.done(Survive(func() (err error) {
			all, err = cmd.Collect()
			if err != nil && opts != nil && !broken(err) { // it cannot do what it said it can
				all, err = s.c.List("", pattern, nil).Collect()
			}
			return err
		}))
		return slices.DeleteFunc(all, func(d *imap.ListData) bool {
			none := slices.Contains(d.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(d.Attrs, imap.MailboxAttrNonExistent)
			s.hidden = s.hidden || !none && d.Mailbox == "" && isMarked(d, imap.MailboxAttrJunk)
			return none || d.Mailbox == ""
		}), err
	}
}

//go:noinline
func isMarked(d *imap.ListData, attr imap.MailboxAttr) bool {
	return slices.ContainsFunc(d.Attrs, func(a imap.MailboxAttr) bool { return strings.EqualFold(string(a), string(attr)) })
}
