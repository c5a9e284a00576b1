package mailbox

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Layout is how a mailbox is arranged.
type Layout struct {
	All        []string // every folder, as the server spells it
	Missing    []string // of the configured ones
	Junk, Sent Found
}

// Found is a folder with a purpose of its own, and how it was known: by the
// server's mark (RFC 6154), or only by a usual name.
type Found struct {
	Name   string // "" when there is none
	Marked bool
}

// Layout looks at the folders, and at what of the configured ones is there. Of an
// *UnlistedError beside it, it is what is known nevertheless.
func (r *Reader) Layout(ctx context.Context) (Layout, error) {
	all, err := r.list(ctx)
	if err != nil {
		return Layout{}, err
	}
	l := Layout{Junk: found(all, imap.MailboxAttrJunk, junkNames), Sent: found(all, imap.MailboxAttrSent, sentNames)}
	for _, d := range all {
		l.All = append(l.All, plain(d.Mailbox, 200))
	}
	for _, want := range r.o.Folders {
		if _, ok := find(all, want); !ok {
			l.Missing = append(l.Missing, want)
		}
	}
	if s := r.s; s != nil && (s.hidden || s.curt) {
		return l, r.lacking(s.hidden, nil)
	}
	return l, nil
}

//go:noinline
func found(all []*imap.ListData, attr imap.MailboxAttr, known []string) Found {
	names := pick(all, attr, known)
	if len(names) == 0 {
		return Found{}
	}
	marked := slices.ContainsFunc(all, func(d *imap.ListData) bool {
		return d.Mailbox == names[0] && isMarked(d, attr)
	})
	return Found{Name: names[0], Marked: marked}
}

// Keywords reports whether the server lets a program put a mark of its own on
// messages. Only a folder opened for writing tells that (RFC 9051, 7.3.1), so
// it is asked of one that is not watched, as that of sent mail; nothing in it
// changes.
func (r *Reader) Keywords(ctx context.Context, folder, keyword string) (yes bool, err error) {
	err = r.with(ctx, func(s *session) error {
		s.selected = "" // the next Examine begins anew
		return s.run(ctx, func() error {
			d, err := s.c.Select(folder, nil).Wait()
			if err == nil {
				yes = keepsKeyword(d, keyword)
			}
			return err
		})
	})
	return yes, err
}
