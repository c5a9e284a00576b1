package desk

import (
	"context"
	"errors"
	"fmt"

	"license.kz/pometka/mailbox"
)

// compare holds every watched folder against the ledger.
func (d *Desk) compare(ctx context.Context) (Reconciliation, error) {
	var r Reconciliation
	left, err := d.eachFolder(ctx, func(f mailbox.Folder, like string) error {
		if err := d.compareFolder(ctx, f, like, &r); err != nil {
			return fmt.Errorf("reconcile folder %q: %w", f.Name, err)
		}
		return nil
	})
	if r.Unread = left.err(); err == nil && len(r.Folders) == 0 {
		err = r.Unread
	}
	return r, err
}

func (d *Desk) compareFolder(ctx context.Context, f mailbox.Folder, like string, r *Reconciliation) error {
	p, st, err := d.attach(ctx, f, like) // the cursor as it is before the folder is listed
	if err != nil {
		return err
	}
	c := comparison{folderPass: p, check: FolderCheck{Name: f.Name, FirstUID: p.cur.FirstUID, Shelf: like != ""}, all: r}
	from := max(p.cur.FirstUID, 1)
	if st.Messages == 0 {
		from = 0
	} else if c.check.Shelf {
		c.moved = st.UIDValidity
	}
	for from > 0 && err == nil {
		if from, err = c.stretch(ctx, from); err == nil {
			err = c.weigh(ctx)
		}
	}
	r.Folders = append(r.Folders, c.check)
	return err
}

// stretch compares the messages from a UID on, until there are many doubts, and returns
// where to go on; 0: nowhere.
func (c *comparison) stretch(ctx context.Context, from uint32) (next uint32, err error) {
	err = c.Inbox.Stamps(ctx, from, 0, func(s mailbox.Stamp) error {
		if (c.cur.FirstUID == 0 || c.check.Shelf) && c.early(s.InternalDate) {
			return nil // the first pass will begin behind it
		}
		if c.batch = append(c.batch, s); len(c.batch) < compareBatch {
			return nil
		}
		if err := c.flush(ctx); err != nil || len(c.doubts) < compareBatch {
			return err
		}
		next = s.UID + 1
		return errStop
	})
	if errors.Is(err, errStop) {
		return next, nil
	}
	if err == nil {
		err = c.flush(ctx)
	}
	return 0, err
}

// comparison is one folder being compared.
type comparison struct {
	*folderPass
	check FolderCheck
	batch []mailbox.Stamp
	all   *Reconciliation

	moved  uint32          // the server's UIDVALIDITY of the filing folder; 0: it is another
	doubts []mailbox.Stamp // messages there of which their place alone tells nothing
}

// flush compares a batch of messages. The ledger is asked after the mailbox, so
// that what a pass takes in at the same time is no gap.
func (c *comparison) flush(ctx context.Context) error {
	if len(c.batch) == 0 {
		return nil
	}
	i, from, to := 0, c.batch[0].UID, c.batch[len(c.batch)-1].UID
	err := c.Store.EachPlace(ctx, c.folder.Name, c.cur.UIDValidity, c.moved, from, to, func(uid uint32) error {
		for ; i < len(c.batch) && c.batch[i].UID < uid; i++ {
			c.unknown(c.batch[i])
		}
		if i < len(c.batch) && c.batch[i].UID == uid {
			i++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for ; i < len(c.batch); i++ {
		c.unknown(c.batch[i])
	}
	c.check.Messages += len(c.batch)
	c.batch = c.batch[:0]
	return nil
}

// unknown takes in a message that has no row at its place.
func (c *comparison) unknown(s mailbox.Stamp) {
	if c.check.Shelf {
		c.doubts = append(c.doubts, s)
	} else {
		c.gap(s)
	}
}

// weigh reads the headers of the doubtful messages: those that the ledger has nowhere are
// gaps.
func (c *comparison) weigh(ctx context.Context) error {
	for left := c.doubts; len(left) > 0; {
		n := 1
		for n < len(left) && left[n].UID-left[n-1].UID <= readOver {
			n++
		}
		some := left[:n]
		left = left[n:]
		err := c.Inbox.Heads(ctx, some[0].UID, some[n-1].UID, func(heads []mailbox.Head) error {
			digests := make([]string, len(heads))
			for i, h := range heads {
				digests[i] = digestOf(h)
			}
			known, err := c.Store.ByHeaderDigest(ctx, digests)
			for i, h := range heads {
				for len(some) > 0 && some[0].UID < h.UID {
					some = some[1:]
				}
				if _, seen := known[digests[i]]; len(some) > 0 && some[0].UID == h.UID && !seen {
					c.gap(some[0])
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	c.doubts = c.doubts[:0]
	return nil
}

func (c *comparison) gap(s mailbox.Stamp) {
	g := Gap{Folder: c.folder.Name, UID: s.UID, ReceivedAt: s.InternalDate, New: s.UID > c.cur.LastUID && !c.check.Shelf}
	if g.New {
		c.check.Waiting++
		c.all.Waiting++
	} else {
		c.check.Missing++
		c.all.Missing++
	}
	if len(c.all.Gaps) < mostGaps {
		c.all.Gaps = append(c.all.Gaps, g)
	}
}
