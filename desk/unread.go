package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// ErrUnread says that a pass has ended, but that watched folders are missing, or that the
// server does not open them. The error itself names them.
var ErrUnread = errors.New("not every watched folder was read")

// unread gathers the folders that a pass could not read.
type unread struct{ errs []error }

func (u *unread) add(err error) {
	if err != nil {
		u.errs = append(u.errs, err)
	}
}

// skip takes in how the reading of a folder ended, and returns what ends the pass.
func (u *unread) skip(err error) error {
	if shut := (*mailbox.ShutError)(nil); !errors.As(err, &shut) {
		return err
	}
	u.add(err)
	return nil
}

func (u *unread) err() error {
	if len(u.errs) == 0 {
		return nil
	}
	return &unreadError{errors.Join(u.errs...)}
}

// eachFolder calls do for every watched folder that is there, and then for the filing
// folder where nobody watches it, with the name of a folder that is read as far back. Those
// that are missing, or not opened, are left; of the filing folder it is no trouble that it
// is missing.
func (d *Desk) eachFolder(ctx context.Context, do func(f mailbox.Folder, like string) error) (left unread, err error) {
	folders, missing := d.Inbox.Folders(ctx)
	if missing != nil {
		missing = fmt.Errorf("list folders: %w", missing)
	}
	if missing != nil && len(folders) == 0 {
		return left, missing
	}
	left.add(missing)
	for _, f := range folders {
		if err := left.skip(do(f, "")); err != nil {
			return left, err
		}
	}
	shelf, err := d.unwatchedShelf(ctx, folders)
	if err != nil || shelf == "" || len(folders) == 0 {
		return left, err
	}
	err = do(mailbox.Folder{Name: shelf}, folders[0].Name)
	if shut := (*mailbox.ShutError)(nil); errors.As(err, &shut) && shut.Missing() {
		return left, nil
	}
	return left, left.skip(err)
}

type unreadError struct{ error }

func (e *unreadError) Unwrap() error        { return e.error }
func (e *unreadError) Is(target error) bool { return target == ErrUnread }

// unreadPatience is how long a folder may stay unread before that is trouble: a server
// that is at work on it refuses it for minutes.
const unreadPatience = 15 * time.Minute

// unreadSince is since when there have been folders that are not read, and whether the
// register has been asked for that.
type unreadSince struct {
	time.Time
	known bool
}

// noteUnread raises and clears the trouble with folders that are not read.
func (d *Desk) noteUnread(ctx context.Context, some bool) error {
	if !d.unread.known {
		text, err := d.Store.Meta(ctx, store.MetaUnread)
		if err != nil {
			return err
		}
		since, _ := time.Parse(time.RFC3339, text) // "": there are none
		d.unread = unreadSince{since, true}
	}
	now := d.Now()
	switch none := d.unread.IsZero(); {
	case !some && none:
		return nil
	case !some:
		if err := d.Clear(ctx, TroubleFolder); err != nil {
			return err
		}
		return d.keepUnread(ctx, time.Time{}, "")
	case none || d.unread.After(now):
		return d.keepUnread(ctx, now, now.UTC().Format(time.RFC3339))
	case now.Sub(d.unread.Time) < unreadPatience:
		return nil
	}
	return d.Raise(ctx, TroubleFolder, 0, d.unread.Time)
}

func (d *Desk) keepUnread(ctx context.Context, since time.Time, text string) error {
	err := d.Store.SetMeta(ctx, store.MetaUnread, text)
	if err == nil {
		d.unread.Time = since
	}
	return err
}
