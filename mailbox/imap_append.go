package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Copy is a sent letter of which the Sent folder is to have a copy.
type Copy struct {
	MessageID string // with <>
	Raw       []byte
	At        time.Time // when it was sent
}

// Keep puts copies into a folder, marked as read, but for those that lie there
// already: some providers keep what they send themselves. Beside File it is the
// only write of this package. A copy is not tried again when the connection breaks,
// since it may have arrived.
//
// All copies are looked for in one flight and stored in another: on a server
// with LITERAL+ (RFC 7888) they cost three round trips together, on others one
// more for each. The folder stays open for the next call: Examine the watched
// one again.
func (r *Reader) Keep(ctx context.Context, folder string, copies []Copy) error {
	if err := r.silence(); err != nil {
		return err
	}
	missing, err := r.missing(ctx, folder, copies)
	if err != nil {
		return fmt.Errorf("look for copies in %q: %w", folder, err)
	}
	if len(missing) == 0 {
		return nil
	}
	if err := r.connect(ctx); err != nil {
		return err
	}
	err = r.s.run(ctx, func() error { return r.s.store(folder, missing) })
	if err == nil {
		return nil
	}
	if broken(err) {
		r.drop(err)
		err = r.worded(ctx, err)
	}
	return fmt.Errorf("store copies in %q: %w", folder, err)
}

// missing returns the copies that the folder does not have.
func (r *Reader) missing(ctx context.Context, folder string, copies []Copy) (missing []Copy, err error) {
	if len(copies) == 0 {
		return nil, nil
	}
	ids := make([]string, len(copies))
	for i, c := range copies {
		ids[i] = c.MessageID
	}
	there := map[string]bool{}
	err = r.with(ctx, func(s *session) error {
		if s.selected != folder {
			if _, err := s.examine(ctx, folder); err != nil {
				return err
			}
		}
		return s.run(ctx, func() error { return s.messageIDs(ids, there) })
	})
	for _, c := range copies {
		if !there[c.MessageID] {
			missing = append(missing, c)
		}
	}
	return missing, err
}

// messageIDs finds out which Message-IDs the open folder has. One search asks
// for all: answers to several in flight cannot be told from each other, and
// Dovecot does give them side by side (RFC 9051, 5.5).
func (s *session) messageIDs(ids []string, there map[string]bool) error {
	noop := s.c.Noop() // else an open folder may hide what came since
	search := s.c.UIDSearch(anyOf(ids), nil)
	if err := noop.Wait(); err != nil {
		return err
	}
	found, err := search.Wait()
	var among imap.NumSet
	switch {
	case refused(err):
		if among = s.newest(); among == nil {
			return nil
		}
	case err != nil, len(found.AllUIDs()) == 0:
		return err
	case len(ids) == 1 && len(found.AllUIDs()) == 1:
		there[ids[0]] = true
		return nil
	default: // some servers find whatever there is
		uids := found.AllUIDs()
		among = imap.UIDSetNum(uids[max(0, len(uids)-lookedThrough):]...)
	}
	field := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true}
	list, err := s.c.Fetch(among, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{field}}).Collect()
	for _, m := range list {
		for _, section := range m.BodySection {
			there[ParseHeader(section.Bytes).MessageID] = true
		}
	}
	return err
}

// lookedThrough is how many of the newest letters are looked through where a server
// cannot search for Message-IDs: a copy that the provider makes lies among them.
const lookedThrough = 100

// newest are these letters of the open folder; nil: there are none.
func (s *session) newest() imap.NumSet {
	box := s.c.Mailbox()
	if box == nil || box.NumMessages == 0 {
		return nil
	}
	var set imap.SeqSet
	set.AddRange(max(box.NumMessages, lookedThrough)-lookedThrough+1, box.NumMessages)
	return set
}

// anyOf matches letters that have one of the Message-IDs.
func anyOf(ids []string) *imap.SearchCriteria {
	if len(ids) == 1 {
		return &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: ids[0]}}}
	}
	half := len(ids) / 2
	return &imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{*anyOf(ids[:half]), *anyOf(ids[half:])}}}
}

// store appends the copies, one behind the other without waiting for what the
// server says to each.
func (s *session) store(folder string, copies []Copy) error {
	var begun []*imapclient.AppendCommand
	var errs []error
	for _, c := range copies {
		cmd := s.c.Append(folder, int64(len(c.Raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: c.At})
		_, werr := cmd.Write(c.Raw)
		begun = append(begun, cmd)
		if err := errors.Join(werr, cmd.Close()); err != nil { // refused before its bytes, as the others would be
			errs = append(errs, err)
			break
		}
	}
	for i, cmd := range begun {
		if _, err := cmd.Wait(); err != nil {
			if i == len(begun)-1 {
				errs = nil // what the server says tells more than that it would not listen
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
