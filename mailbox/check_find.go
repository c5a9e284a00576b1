package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// FindMessage returns the moment of receipt of the message with a Message-ID
// (with <>) in a folder; zero when there is none. The folder stays open for the
// next call, as with Keep.
func (r *Reader) FindMessage(ctx context.Context, folder, id string) (at time.Time, err error) {
	err = r.with(ctx, func(s *session) error {
		if _, err := s.examine(ctx, folder); err != nil {
			return err
		}
		return s.run(ctx, func() error {
			criteria := &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}
			found, err := s.c.UIDSearch(criteria, nil).Wait()
			if err != nil || len(found.AllUIDs()) == 0 {
				return err
			}
			all, err := s.c.Fetch(imap.UIDSetNum(found.AllUIDs()[0]), &imap.FetchOptions{UID: true, InternalDate: true}).Collect()
			if err == nil && len(all) > 0 {
				at = all[0].InternalDate
			}
			return err
		})
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look for a letter in %q: %w", folder, err)
	}
	return at, nil
}
