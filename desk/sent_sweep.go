package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// sentEvery is how often the Sent folder is looked at: over a kept connection
// that costs one round trip as long as nothing is new there.
const sentEvery = 5 * time.Minute

// sentSweep is what the desk remembers of the Sent folder between two passes.
type sentSweep struct {
	folder string    // "" before it was asked for, and after trouble
	next   time.Time // before which nobody looks
	told   bool      // of trouble with it
}

// sentCursor is how far the Sent folder was read. It is kept beside the cursors of the
// watched folders, since messages of the Sent folder get no rows in the ledger.
type sentCursor struct {
	UIDValidity uint32 `json:"uidvalidity"`
	Last        uint32 `json:"last"`

	// Seen is the UID of the last letter that was there, and Header the digest of its
	// header. If another letter has that UID, the mailbox was restored from a copy and
	// gives UIDs a second time.
	Seen   uint32 `json:"seen,omitempty"`
	Header string `json:"header,omitempty"`
}

// note moves the cursor behind the last letter that was read.
func (c *sentCursor) note(last mailbox.Head) {
	c.Last, c.Seen, c.Header = last.UID, last.UID, digestOf(last)
}

// next is the UID at which to go on. The letter that was the last is asked for once
// more, to be compared; that costs no further round trip.
func (c *sentCursor) next() uint32 {
	if c.Header != "" {
		return c.Seen
	}
	return c.Last + 1
}

// errSentAgain says that the Sent folder has other letters under UIDs that were read.
var errSentAgain = errors.New("the Sent folder gives UIDs again")

// sweepSent looks for answers that staff sent from mail programs. Nothing depends on
// it: trouble with the folder is logged once and ends no pass. An error means trouble
// with the register, or that ctx has ended.
func (d *Desk) sweepSent(ctx context.Context) error {
	if d.SentFolder == nil || d.Now().Before(d.sent.next) || d.Stopping() {
		return nil
	}
	d.sent.next = d.Now().Add(sentEvery)
	err := d.readSent(ctx)
	var ours *registerError
	switch {
	case err == nil:
		d.sent.told = false
		return nil
	case errors.As(err, &ours):
		return fmt.Errorf("look for answers in the Sent folder: %w", err)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	d.sent.folder = ""
	if !d.sent.told || mailbox.FaultOf(err) == mailbox.FaultSilent {
		d.sent.told = true
		d.Log.WarnContext(ctx, "the Sent folder cannot be read: answers sent from mail programs are not noticed; see imap.sent_folder", "error", err)
	}
	return nil
}

// registerError is trouble with the register where both it and the mailbox are at work:
// that ends a pass, while trouble with the mailbox is logged.
type registerError struct{ error }

func (e *registerError) Unwrap() error { return e.error }

func ofRegister(err error) error {
	if err == nil {
		return nil
	}
	return &registerError{err}
}

func (d *Desk) readSent(ctx context.Context) (err error) {
	if d.sent.folder == "" {
		if d.sent.folder, err = d.SentFolder(ctx); err != nil {
			return err
		}
	}
	st, err := d.Inbox.Examine(ctx, d.sent.folder)
	if err != nil {
		return err
	}
	cur, err := d.sentStart(ctx, st)
	if err != nil {
		return err
	}
	if err = d.readSentOn(ctx, st, cur); !errors.Is(err, errSentAgain) {
		return err
	}
	d.Log.WarnContext(ctx, "the Sent folder gives UIDs again: it is read anew")
	if cur, err = d.sentAnew(ctx, st); err != nil {
		return err
	}
	return d.readSentOn(ctx, st, cur)
}

// readSentOn reads what is behind the cursor.
func (d *Desk) readSentOn(ctx context.Context, st mailbox.FolderState, cur sentCursor) error {
	if st.UIDNext == 0 || st.UIDNext-1 <= cur.Last {
		return nil
	}
	if st.Messages > 0 {
		err := d.Inbox.Heads(ctx, cur.next(), st.UIDNext-1, func(heads []mailbox.Head) error {
			for _, h := range heads {
				if h.UID == cur.Seen {
					if again := digestOf(h); again != "" && again != cur.Header {
						return errSentAgain
					}
					continue
				}
				if err := d.sentLetter(ctx, h); err != nil {
					return err
				}
			}
			cur.note(heads[len(heads)-1])
			return d.keepSent(ctx, cur)
		})
		if err != nil {
			return err
		}
	}
	if cur.Last >= st.UIDNext-1 {
		return nil
	}
	cur.Last = st.UIDNext - 1
	return d.keepSent(ctx, cur)
}

func (d *Desk) keepSent(ctx context.Context, cur sentCursor) error {
	value, _ := json.Marshal(cur) // numbers always marshal
	return ofRegister(d.Store.SetMeta(ctx, store.MetaSent+d.sent.folder, string(value)))
}

// sentStart is where to go on: behind what was read; or see sentAnew, in a folder that
// was not read before, has another UIDVALIDITY, or has lost UIDs. Answers that are read
// again are known by their Message-ID.
func (d *Desk) sentStart(ctx context.Context, st mailbox.FolderState) (sentCursor, error) {
	v, err := d.Store.Meta(ctx, store.MetaSent+d.sent.folder)
	if err != nil {
		return sentCursor{}, ofRegister(err)
	}
	var cur sentCursor
	back := func() bool { return st.UIDNext > 0 && st.Messages > 0 && st.UIDNext-1 < cur.Last }
	if v != "" && json.Unmarshal([]byte(v), &cur) == nil && cur.UIDValidity == st.UIDValidity && !back() {
		return cur, nil
	}
	return d.sentAnew(ctx, st)
}

// sentAnew begins with what was sent within the span of a folder's first pass.
func (d *Desk) sentAnew(ctx context.Context, st mailbox.FolderState) (sentCursor, error) {
	cur := sentCursor{UIDValidity: st.UIDValidity}
	if d.Since <= 0 || st.Messages == 0 {
		return cur, nil
	}
	since := d.Now().Add(-d.Since)
	first := st.UIDNext
	err := d.Inbox.Stamps(ctx, 1, 0, func(s mailbox.Stamp) error {
		if s.InternalDate.Before(since) {
			return nil
		}
		first = s.UID
		return errStop
	})
	if err != nil && !errors.Is(err, errStop) {
		return cur, err
	}
	cur.Last = max(first, 1) - 1
	return cur, nil
}

// sentLetter records a letter of the Sent folder if it answers a request. Copies of our
// own letters, which their token gives away, do not count, nor what a mail program sent
// by itself, such as a notice of absence.
func (d *Desk) sentLetter(ctx context.Context, h mailbox.Head) error {
	if h.Err != nil {
		return nil
	}
	m := mailbox.ParseHeader(h.Header)
	if d.isOurs(m.MessageID) || len(references(m)) == 0 && len(numbersIn(m.Subject)) == 0 || d.Policy.Automatic(Facts(m)) {
		return nil
	}
	a, err := d.answerOf(ctx, m)
	if err != nil || len(a.numbers) == 0 {
		return ofRegister(err)
	}
	spool := d.Store.Spool()
	defer spool.Discard()
	switch _, _, err := d.Inbox.Fetch(ctx, h.UID, spool); {
	case errors.Is(err, mailbox.ErrGone):
		return nil
	case errors.Is(err, mailbox.ErrBadMessage): // that it was sent is known all the same
		if spool.Size() == 0 {
			if _, err := io.Copy(spool, bytes.NewReader(h.Header)); err != nil {
				return ofRegister(err)
			}
		}
	case err != nil:
		return err
	}
	_, err = d.record(ctx, a, spool, h.InternalDate, store.Machine)
	return ofRegister(err)
}
