package mailbox

import (
	"context"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// ShelfFolder says where the folder for filing lies that the configuration calls name. It
// is that name, but on a server that has all folders of a person below a prefix (RFC 2342),
// as INBOX., and tells so: there a name without it is one below the prefix, unless a folder
// of just that name is there.
func (r *Reader) ShelfFolder(ctx context.Context, name string) (string, error) {
	if isInbox(name) {
		return inbox, nil
	}
	if err := r.silence(); err != nil {
		return "", err
	}
	spaces, err := r.spaces(ctx)
	if err != nil {
		return "", err
	}
	home := atHome(spaces, name)
	if home == name {
		return name, nil
	}
	all, err := r.list(ctx)
	if err != nil && unlisted(err) == nil {
		return "", err
	}
	if exact, listed := find(all, name); listed {
		return exact, nil
	}
	if exact, listed := find(all, home); listed {
		return exact, nil
	}
	return home, nil
}

// spaces asks once over each connection where folders may lie; nil where the server does
// not say it.
func (r *Reader) spaces(ctx context.Context) (said *imap.NamespaceData, err error) {
	err = r.with(ctx, func(s *session) error {
		caps, err := s.caps(ctx)
		if err != nil || s.spaces != nil || !caps.Has(imap.CapNamespace) {
			said = s.spaces
			return err
		}
		err = s.run(ctx, func() (err error) {
			said, err = s.c.Namespace().Wait()
			return err
		})
		if err != nil && !broken(err) {
			said, err = new(imap.NamespaceData), nil
		}
		s.spaces = said
		return err
	})
	if err == nil {
		return said, nil
	}
	return nil, err
}

// plainSpaces is an answer to NAMESPACE that the library can read, once the spaces that it
// wants are there. Another one is taken for none.
var plainSpaces = lazily(`(?i)^\* NAMESPACE(?: (?:NIL|\((?:\("[^"\\()]*" (?:NIL|"(?:[^"\\]|\\.)")\) ?)+\))){3}\s*$`)

// atHome is the name of a folder with the prefix of the person's own folders, where they
// must have one and it is plain which.
func atHome(spaces *imap.NamespaceData, name string) string {
	if spaces == nil {
		return name
	}
	for _, some := range [][]imap.NamespaceDescriptor{spaces.Personal, spaces.Other, spaces.Shared} {
		for _, n := range some {
			if n.Prefix != "" && liesIn(name, n) {
				return name
			}
		}
	}
	if len(spaces.Personal) != 1 {
		return name
	}
	own := spaces.Personal[0]
	if own.Prefix == "" || own.Delim == 0 || !strings.HasSuffix(own.Prefix, string(own.Delim)) || strings.Contains(own.Prefix, "&") { // &: in modified UTF-7
		return name
	}
	return own.Prefix + name
}

// liesIn reports whether a folder lies in a namespace. INBOX is the same in any letters.
func liesIn(name string, n imap.NamespaceDescriptor) bool {
	prefix := n.Prefix
	if len(name) >= len(prefix) && len(prefix) >= len(inbox) && isInbox(prefix[:len(inbox)]) && isInbox(name[:len(inbox)]) {
		return name[len(inbox):len(prefix)] == prefix[len(inbox):]
	}
	return strings.HasPrefix(name, prefix) || n.Delim != 0 && name+string(n.Delim) == prefix
}

// ShelfState is what a server shows of the folder for filing before it is needed.
type ShelfState struct {
	Folder string // where it lies, or will: see ShelfFolder
	There  bool
	Shut   string // the folder above it, which takes none; "": there is none like that
	Better string // the name that it may need, since all others lie below INBOX and the server does not say whether they must; ""
}

// Shelf looks for the folder for filing, and changes nothing.
func (r *Reader) Shelf(ctx context.Context, name string) (ShelfState, error) {
	folder, err := r.ShelfFolder(ctx, name)
	if err != nil {
		return ShelfState{}, err
	}
	all, err := r.list(ctx)
	if err != nil {
		return ShelfState{}, err
	}
	s := ShelfState{Folder: folder}
	if _, s.There = find(all, folder); s.There {
		return s, nil
	}
	others, inside := 0, 0
	for _, d := range all {
		delim := string(d.Delim)
		if strings.HasPrefix(folder, d.Mailbox+delim) && slices.Contains(d.Attrs, imap.MailboxAttrNoInferiors) {
			s.Shut = d.Mailbox
		}
		if isInbox(d.Mailbox) {
			continue
		}
		if others++; strings.HasPrefix(d.Mailbox, inbox+delim) {
			inside, s.Better = inside+1, inbox+delim+folder
		}
	}
	if inside < others || r.s == nil || r.s.spaces != nil || strings.HasPrefix(folder, strings.TrimSuffix(s.Better, folder)) {
		s.Better = ""
	}
	return s, nil
}
