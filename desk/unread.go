package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// noteUnread raises and clears the trouble with folders that are not read. Each has its own
// patience, and one more is told anew.
func (d *Desk) noteUnread(ctx context.Context, left unread) error {
	if d.unread == nil {
		text, err := d.Store.Meta(ctx, store.MetaUnread)
		if err != nil {
			return err
		}
		was := map[string]time.Time{}
		if text != "" && json.Unmarshal([]byte(text), &was) != nil {
			was = map[string]time.Time{"": {}} // of another version
		}
		d.unread = was
	}
	keys := left.keys()
	if len(keys) == 0 && len(d.unread) == 0 {
		return nil
	}
	now, is := d.Now(), map[string]time.Time{}
	oldest, late := now, 0
	for _, key := range keys {
		if _, twice := is[key]; twice {
			continue
		}
		since, known := d.unread[key]
		if !known || since.After(now) {
			since = now.UTC().Truncate(time.Second)
		}
		is[key] = since
		if now.Sub(since) >= unreadPatience {
			late++
		}
		if since.Before(oldest) {
			oldest = since
		}
	}
	var err error
	if late > 0 {
		err = d.raiseMore(ctx, TroubleFolder, late, oldest)
	} else {
		err = d.Clear(ctx, TroubleFolder)
	}
	if err != nil {
		return err
	}
	return d.keepUnread(ctx, is)
}

// keys tell the folders apart without their names. What is no folder's has the key of none.
func (u *unread) keys() (list []string) {
	var names func(err error)
	names = func(err error) {
		name, shut, lacks := "", (*mailbox.ShutError)(nil), (*mailbox.FolderError)(nil)
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				names(e)
			}
			return
		}
		if inner := errors.Unwrap(err); inner != nil && !errors.As(err, &shut) {
			names(inner)
			return
		}
		if errors.As(err, &shut) {
			name = shut.Name
		} else if errors.As(err, &lacks) {
			name = lacks.Name
		}
		sum := sha256.Sum256([]byte(name))
		list = append(list, hex.EncodeToString(sum[:8]))
	}
	for _, err := range u.errs {
		names(err)
	}
	return list
}

func (d *Desk) keepUnread(ctx context.Context, is map[string]time.Time) error {
	same := len(is) == len(d.unread)
	for key, since := range is {
		same = same && since.Equal(d.unread[key])
	}
	if same {
		return nil
	}
	text := ""
	if len(is) > 0 {
		raw, err := json.Marshal(is)
		if err != nil {
			return err
		}
		text = string(raw)
	}
	err := d.Store.SetMeta(ctx, store.MetaUnread, text)
	if err == nil {
		d.unread = is
	}
	return err
}
