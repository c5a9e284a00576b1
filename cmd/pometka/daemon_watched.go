package main

import (
	"context"
	"errors"
	"io"
	"time"

	"license.kz/pometka/desk"
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
	if len(folders) > 0 { // some may be missing
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
func (w *watched) Expect(ctx context.Context, uids []uint32) {
	w.Reader.Expect(ctx, uids)
	if w.daemon.Acknowledge.Enabled && w.daemon.smtp.open() && w.daemon.Awaited() == nil {
		w.daemon.sender.Prepare()
	}
}

// Fetch is progress as long as bytes come: a large letter over a slow line may
// take longer than anything else.
func (w *watched) Fetch(ctx context.Context, uid uint32, to io.Writer) (int64, bool, error) {
	return w.Reader.Fetch(ctx, uid, &beating{to, w.daemon.beat})
}

type beating struct {
	io.Writer
	beat *heartbeat
}

func (b *beating) Write(p []byte) (int, error) {
	b.beat.next(0)
	return b.Writer.Write(p)
}

// watchedSender is the way out as the desk uses it: each letter that has gone
// out, or has not, is progress. A full outbox at a slow server takes hours.
type watchedSender struct {
	*mailbox.Sender
	beat *heartbeat
}

func (w *watchedSender) Send(ctx context.Context, e mailbox.Envelope) mailbox.Outcome {
	defer w.beat.next(0)
	return w.Sender.Send(ctx, e)
}

// errCalm says that the mailbox is left alone for a while.
var errCalm = errors.New("the mailbox is left alone until its pause is over")

// calmSent keeps to the pause after refused log-ins: a copy in the Sent folder
// is not worth a locked account.
type calmSent struct {
	desk.SentBox
	serving *serving
}

func (c *calmSent) SentFolder(ctx context.Context) (string, error) {
	if c.serving.imap.paused(time.Now()) {
		return "", errCalm
	}
	return c.SentBox.SentFolder(ctx)
}
