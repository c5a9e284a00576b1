package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"golang.org/x/text/unicode/norm"
)

// Folder is a folder to watch.
type Folder struct {
	Name string // decoded, as the server spells it
	Junk bool
}

// Names of folders on servers without SPECIAL-USE (RFC 6154), in the languages
// of the providers in use; the last part of the path, lower case.
var (
	junkNames = []string{"junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk",
		"спам", "нежелательная почта", "нежелательные", "қалаусыз хаттар", "қалаусыз пошта", "керексіз хаттар", "керексіз пошта", "қажетсіз хаттар", "қажетсіз пошта"}
	sentNames = []string{"sent", "sent items", "sent messages", "sent mail",
		"отправленные", "отправленные сообщения", "отправленная почта", "жіберілген", "жіберілгендер", "жіберілген хаттар"}
)

// FolderError says that a folder is not there: one that the configuration
// names, or, with the empty name, one for sent mail.
type FolderError struct {
	Name string
	addr string
	Has  string // the names of those that are there

	count int // of them
}

func (e *FolderError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("there is no folder of sent mail on %s: set imap.sent_folder; the server has %s", e.addr, e.Has)
	}
	return fmt.Sprintf("there is no folder %q on %s: check imap.folders; the server has %s", e.Name, e.addr, e.Has)
}

// First is the folder that is watched whatever the server lists: INBOX, which every
// server has (RFC 3501, 5.1), unless the configuration names others only. To read it
// before Folders is called is quicker: see list.
func (r *Reader) First() (f Folder, known bool) {
	if len(r.o.Folders) > 0 && !slices.ContainsFunc(r.o.Folders, isInbox) {
		return Folder{}, false
	}
	return Folder{Name: inbox}, true
}

// Folders resolves the configured names, or finds INBOX and the junk folder. A
// configured folder that does not exist is an error that names it, and so is one for junk
// that was there, or of which nobody knows whether it is; the others are returned beside it.
func (r *Reader) Folders(ctx context.Context) ([]Folder, error) {
	if r.onlyInbox() {
		return []Folder{{Name: inbox}}, nil
	}
	all, err := r.list(ctx)
	if e := unlisted(err); e != nil { // the folders can still be read, as far as their names are known
		r.o.Log.Warn("the server does not list its folders", "server", r.o.addr(), "error", cause(err))
		return r.byName(e)
	}
	if err != nil {
		return nil, err
	}
	junk := pick(all, imap.MailboxAttrJunk, junkNames)
	if len(r.o.Folders) == 0 {
		return r.usual(all, slices.DeleteFunc(junk, isInbox))
	}
	var folders []Folder
	var missing error
	for _, want := range r.o.Folders {
		name, ok := find(all, want)
		if !ok {
			missing = errors.Join(missing, &FolderError{want, r.o.addr(), spell(all), len(all)})
			continue
		}
		folders = append(folders, Folder{Name: name, Junk: slices.Contains(junk, name)})
	}
	if missing != nil {
		r.forgetList() // somebody may make it any moment
	}
	return folders, missing
}

// IsJunk reports whether a folder, watched or not, is one for junk. One of which the server
// says nothing may be, unless it is watched and its name is none of junk.
func (r *Reader) IsJunk(ctx context.Context, folder string) (bool, error) {
	if isInbox(folder) {
		return false, nil
	}
	all, err := r.list(ctx)
	if e := unlisted(err); e != nil {
		known, _ := r.byName(e)
		for _, f := range known {
			if f.Name == folder {
				return f.Junk, nil
			}
		}
		return true, nil
	}
	name, listed := find(all, folder)
	return !listed || slices.Contains(pick(all, imap.MailboxAttrJunk, junkNames), name), err
}

// onlyInbox: the configuration names no other folder, so that none need be listed.
func (r *Reader) onlyInbox() bool {
	return len(r.o.Folders) > 0 && !slices.ContainsFunc(r.o.Folders, func(name string) bool { return !isInbox(name) })
}

func (r *Reader) forgetList() {
	if r.s != nil {
		r.s.listed = nil
	}
}

// byName are the folders to watch on a server that does not list any.
func (r *Reader) byName(e *UnlistedError) ([]Folder, error) {
	if len(r.o.Folders) == 0 {
		return r.remembered(nil, e)
	}
	var folders []Folder
	for _, name := range r.o.Folders {
		if isInbox(name) {
			name = inbox
		}
		folders = append(folders, Folder{Name: name, Junk: slices.Contains(junkNames, strings.ToLower(norm.NFC.String(name)))})
	}
	return folders, nil
}

// SentFolder finds the folder of sent mail.
func (r *Reader) SentFolder(ctx context.Context) (string, error) {
	if err := r.silence(); err != nil {
		return "", err
	}
	all, err := r.list(ctx)
	if err != nil {
		return "", err
	}
	if names := pick(all, imap.MailboxAttrSent, sentNames); len(names) > 0 {
		return names[0], nil
	}
	r.forgetList()
	return "", &FolderError{"", r.o.addr(), spell(all), len(all)}
}

const inbox = "INBOX"

//go:noinline
func isInbox(name string) bool { return strings.EqualFold(name, inbox) }

// pick takes the folders with the attribute, or else those of a known name.
func pick(all []*imap.ListData, attr imap.MailboxAttr, known []string) []string {
	var marked, named []string
	seen := map[string]bool{}
	for _, d := range all {
		if seen[d.Mailbox] {
			continue
		}
		seen[d.Mailbox] = true
		if isMarked(d, attr) {
			marked = append(marked, d.Mailbox)
		}
		last := d.Mailbox
		if d.Delim != 0 {
			last = last[strings.LastIndex(last, string(d.Delim))+1:]
		}
		if slices.Contains(known, strings.ToLower(norm.NFC.String(last))) {
			named = append(named, d.Mailbox)
		}
	}
	if len(marked) > 0 {
		return marked
	}
	return named
}

func find(all []*imap.ListData, want string) (string, bool) {
	if isInbox(want) {
		return inbox, true
	}
	for _, d := range all {
		if norm.NFC.String(d.Mailbox) == norm.NFC.String(want) {
			return d.Mailbox, true
		}
	}
	return "", false
}

// spell lists the names for a message to the administrator.
func spell(all []*imap.ListData) string {
	var names []string
	for _, d := range all {
		names = append(names, fmt.Sprintf("%q", plain(d.Mailbox, 60)))
	}
	if len(names) > 20 {
		names = append(names[:20], "…")
	}
	return strings.Join(names, ", ")
}
