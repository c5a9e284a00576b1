package main

import (
	"context"

	"license.kz/pometka/mailbox"
)

// watched is the mailbox as the desk reads it: it remembers the first folder,
// which is the one to wait at, and each answer of the server is progress.
type watched struct {
	*mailbox.Reader
	daemon *daemon
}

func (w *watched) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	folders, err := w.Reader.Folders(ctx)
	if err == nil && len(folders) > 0 {
		w.daemon.folder = folders[0].Name
	}
	return folders, err
}

func (w *watched) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return w.Reader.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		w.daemon.beat.next(0)
		w.daemon.log.DebugContext(ctx, "letters seen", "letters", len(heads))
		return yield(heads)
	})
}

func (w *watched) Stamps(ctx context.Context, from, to uint32, yield func(mailbox.Stamp) error) error {
	return w.Reader.Stamps(ctx, from, to, func(s mailbox.Stamp) error {
		w.daemon.beat.next(0)
		return yield(s)
	})
}

// Expect says that letters are about to be read whole: most of them will be
// answered in a moment.
func (w *watched) Expect(uids []uint32) {
	w.Reader.Expect(uids)
	if w.daemon.Acknowledge.Enabled && w.daemon.smtp == (route{}) {
		w.daemon.sender.Prepare()
	}
}
