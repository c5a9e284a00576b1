package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
)

// recentLetters is how many letters are looked at for what the operator's own
// mail server states about senders, and recentUIDs among how many numbers.
const (
	recentLetters = 30
	recentUIDs    = 300
)

// imap logs in at the mailbox and looks around, without changing anything.
func (w *ward) imap(ctx context.Context) {
	if !w.whole("imap") {
		return
	}
	w.abroad()
	r, _, err := w.ends()
	if err != nil {
		w.skip("imap")
		return
	}
	defer r.Close()
	p, err := r.Check(ctx)
	if w.fault("imap", w.cfg.IMAP.ServerConfig, err) {
		return
	}
	w.add(levelGood, "imap.good", p.Addr)
	w.certificate(ctx, "imap", r.CertificateEnd)
	if !p.Has("IDLE") {
		w.add(levelNote, "imap.idle", formatDuration(w.cfg.IMAP.Poll))
	}
	l, err := r.Layout(ctx)
	if e := (*mailbox.UnlistedError)(nil); errors.As(err, &e) {
		w.unlisted(e)
	} else if w.fault("imap", w.cfg.IMAP.ServerConfig, err) {
		return
	}
	if len(l.All) > 0 {
		w.folders(l)
	}
	if !w.unlocked(ctx, r) {
		return
	}
	w.filing(ctx, r, p, l)
	w.recent(ctx, r, l)
}

// abroad: a mailbox is a database with personal data.
func (w *ward) abroad() {
	if p := presetOf(w.cfg.IMAP.Host); p != nil && p.Abroad {
		w.add(levelNote, "imap.abroad", p.Name[w.lang])
	}
}

// unlisted: what the configuration does not name cannot be found.
func (w *ward) unlisted(e *mailbox.UnlistedError) {
	watched := len(w.cfg.IMAP.Folders) > 0
	if !watched || !e.Hidden && w.cfg.SMTP.SaveSent && w.cfg.IMAP.SentFolder == "" {
		w.as(levelMend, "imap.unlisted", strings.TrimPrefix(unlistedKey(e), "doctor."), mailbox.ServerWords(e))
	}
}

// folders looks at what is watched and where copies go.
func (w *ward) folders(l mailbox.Layout) {
	for _, name := range l.Missing {
		w.add(levelMend, "imap.folder", name, strings.Join(l.All[:min(len(l.All), 20)], ", "))
	}
	watched := w.cfg.IMAP.Folders
	switch {
	case l.Junk.Name == "":
		w.add(levelNote, "imap.no_junk")
	case len(watched) > 0 && !slices.Contains(watched, l.Junk.Name):
		w.add(levelNote, "imap.junk_unwatched", l.Junk.Name)
	case l.Junk.Marked:
		w.add(levelGood, "imap.junk", l.Junk.Name)
	default:
		w.add(levelNote, "imap.junk_named", l.Junk.Name)
	}
	if !w.cfg.SMTP.SaveSent {
		return
	}
	want := w.cfg.IMAP.SentFolder
	switch {
	case want != "" && !slices.Contains(l.All, want):
		w.add(levelMend, "imap.sent_folder", want, strings.Join(l.All[:min(len(l.All), 20)], ", "))
	case want != "":
		w.add(levelGood, "imap.sent", want)
	case l.Sent.Name == "":
		w.add(levelMend, "imap.no_sent", "", strings.Join(l.All[:min(len(l.All), 20)], ", "))
	default:
		w.add(levelGood, "imap.sent", l.Sent.Name)
	}
}

// unlocked opens each watched folder, as a pass does, and reports whether the server answers.
func (w *ward) unlocked(ctx context.Context, r *mailbox.Reader) bool {
	watched, _ := r.Folders(ctx) // what is missing is told by folders
	for _, f := range watched {
		_, err := r.Examine(ctx, f.Name)
		if shut := (*mailbox.ShutError)(nil); errors.As(err, &shut) {
			w.add(levelMend, "imap.shut", f.Name, mailbox.ServerWords(err))
		} else if w.fault("imap", w.cfg.IMAP.ServerConfig, err) {
			return false
		}
	}
	return true
}

// recent reads the headers of the newest letters: their moments of receipt
// tell the server's clock, their Authentication-Results its name.
func (w *ward) recent(ctx context.Context, r *mailbox.Reader, l mailbox.Layout) {
	folder := "INBOX"
	if len(w.cfg.IMAP.Folders) > 0 {
		folder = w.cfg.IMAP.Folders[0]
	}
	if slices.Contains(l.Missing, folder) {
		return // told by folders
	}
	st, err := r.Examine(ctx, folder)
	if shut := (*mailbox.ShutError)(nil); errors.As(err, &shut) {
		return // told by unlocked
	}
	if w.fault("imap", w.cfg.IMAP.ServerConfig, err) {
		return
	}
	if st.Messages == 0 {
		w.add(levelNote, "imap.empty", folder)
		return
	}
	from := uint32(1)
	if st.UIDNext > recentUIDs {
		from = st.UIDNext - recentUIDs
	}
	var last []mailbox.Head
	err = r.Traces(ctx, from, 0, func(heads []mailbox.Head) error {
		last = append(last, heads...)
		last = last[max(0, len(last)-recentLetters):]
		return nil
	})
	if w.fault("imap", w.cfg.IMAP.ServerConfig, err) {
		return
	}
	w.newest(last)
	w.authserv(last)
}

// authserv compares acknowledge.authserv_id with what recent letters carry.
func (w *ward) authserv(heads []mailbox.Head) {
	want := w.cfg.Acknowledge.AuthServID
	seen, own, read := map[string]int{}, 0, 0
	for _, h := range heads {
		if h.Err != nil {
			continue
		}
		m := mailbox.Parse(strings.NewReader(string(h.Header)))
		read++
		if want != "" && m.StatesOwn(want) {
			own++
		}
		if name, ok := m.Authenticator(); ok {
			seen[name]++
		}
	}
	names := make([]string, 0, len(seen))
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if name == "" {
			name = "(Microsoft 365: *.outlook.com)"
		}
		names = append(names, fmt.Sprintf("%s (%d)", name, seen[name]))
	}
	found := strings.Join(names[:min(len(names), 5)], ", ")
	switch {
	case read == 0:
	case want == "" && len(seen) == 0:
		w.add(levelNote, "imap.auth_none", read)
	case want == "":
		w.add(levelNote, "imap.auth_unset", read, found)
	case own == 0 && len(seen) > 0:
		w.add(levelMend, "imap.auth_other", want, read, found)
	case own == 0:
		w.add(levelNote, "imap.auth_unseen", want, read)
	case own < read: // a field of that name in another letter may be the sender's own
		w.add(levelNote, "imap.auth_some", want, own, read)
	default:
		w.add(levelGood, "imap.auth", want, own, read)
	}
}
