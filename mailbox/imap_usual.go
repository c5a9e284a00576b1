package mailbox

import (
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// usual are the folders to watch where the configuration names none: INBOX, and what is known
// to be for junk now. One that was, and whose place no other has taken, is watched as long
// as it is there, and missing after that: letters still come into it, by whatever name.
func (r *Reader) usual(all []*imap.ListData, junk []string) ([]Folder, error) {
	if r.s != nil && r.s.curt {
		return r.remembered(junk, r.lacking(false, nil))
	}
	gone := slices.DeleteFunc(slices.Clone(r.junk), func(name string) bool { return slices.Contains(junk, name) })
	came := len(junk) - (len(r.junk) - len(gone))
	var missing error
	if len(gone) > came {
		for _, name := range gone {
			if _, ok := find(all, name); ok {
				junk = append(junk, name)
			} else {
				missing = errors.Join(missing, &FolderError{name, r.o.addr(), spell(all), len(all)})
			}
		}
	}
	if missing == nil {
		r.junk = slices.Clone(junk)
	} else {
		r.forgetList()
	}
	if r.s != nil && r.s.hidden {
		missing = errors.Join(missing, r.lacking(true, nil))
	}
	return withInbox(junk), missing
}

// remembered are the folders to watch where not all are listed: beside those that are found to
// be for junk, the ones that were before. The error says that there is none that anybody knows.
func (r *Reader) remembered(junk []string, none *UnlistedError) ([]Folder, error) {
	for _, name := range r.junk {
		if !slices.Contains(junk, name) {
			junk = append(junk, name)
		}
	}
	if r.junk = junk; len(junk) == 0 {
		return withInbox(nil), none
	}
	return withInbox(junk), nil
}

//go:noinline
func withInbox(junk []string) []Folder {
	folders := []Folder{{Name: inbox}}
	for _, name := range junk {
		folders = append(folders, Folder{Name: name, Junk: true})
	}
	return folders
}
