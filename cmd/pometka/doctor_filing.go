package main

import (
	"cmp"
	"context"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
)

// filing looks whether registered letters can be filed as imap.filing says. Nothing is
// filed, and no folder made.
func (w *ward) filing(ctx context.Context, r *mailbox.Reader, p mailbox.Probe, l mailbox.Layout) {
	switch w.cfg.IMAP.Filing {
	case desk.FileKeyword:
		w.keywords(ctx, r, cmp.Or(w.cfg.IMAP.SentFolder, l.Sent.Name))
	case desk.FileMove:
		if !p.Has("MOVE") && !p.Has("UIDPLUS") {
			w.add(levelMend, "imap.no_move")
			return
		}
		if s, err := r.Shelf(ctx, w.cfg.IMAP.FilingFolder); !w.fault("imap", w.cfg.IMAP.ServerConfig, err) {
			w.shelf(s)
		}
	}
}

func (w *ward) shelf(s mailbox.ShelfState) {
	grave, code, other := levelGood, "imap.shelf", ""
	switch {
	case s.There:
	case s.Shut != "":
		grave, code, other = levelMend, "imap.shelf_shut", s.Shut
	case s.Better != "":
		grave, code, other = levelNote, "imap.shelf_better", s.Better
	default:
		code = "imap.shelf_new"
	}
	w.add(grave, code, s.Folder, other)
}

// keywords asks a folder that is not watched, since it must be opened for writing.
func (w *ward) keywords(ctx context.Context, r *mailbox.Reader, sent string) {
	yes, err := false, error(nil)
	if sent != "" {
		yes, err = r.Keywords(ctx, sent, desk.FilingKeyword)
	}
	switch {
	case sent == "" || err != nil:
		w.add(levelNote, "imap.keywords_unknown")
	case yes:
		w.add(levelGood, "imap.keywords_kept", desk.FilingKeyword)
	default:
		w.add(levelMend, "imap.keywords")
	}
}
