package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Append puts a message into a folder, marked as read: the copy of a sent
// letter. It is the only write of this package. It is not tried again when the
// connection breaks, since the copy may have arrived.
func (r *Reader) Append(ctx context.Context, folder string, raw []byte, at time.Time) error {
	if err := r.connect(ctx); err != nil {
		return err
	}
	err := r.s.run(ctx, func() error {
		cmd := r.s.c.Append(folder, int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: at})
		_, werr := cmd.Write(raw)
		cerr := cmd.Close()
		if _, err := cmd.Wait(); err != nil {
			return err
		}
		if werr != nil {
			return werr
		}
		return cerr
	})
	if err == nil {
		return nil
	}
	if broken(err) {
		r.drop(err)
		err = r.worded(ctx, err)
	}
	return fmt.Errorf("store a copy in %q: %w", folder, err)
}

// HasMessageID looks for a message by its Message-ID (with <>) in a folder,
// which stays open for the next call: Examine the watched one again.
func (r *Reader) HasMessageID(ctx context.Context, folder, id string) (found bool, err error) {
	err = r.with(ctx, func(s *session) error {
		if _, err := s.examine(ctx, folder); err != nil {
			return err
		}
		return s.run(ctx, func() error {
			d, err := s.c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
			if err == nil {
				found = len(d.AllUIDs()) > 0
			}
			return err
		})
	})
	if err != nil {
		return false, fmt.Errorf("look for the copy in %q: %w", folder, err)
	}
	return found, nil
}
