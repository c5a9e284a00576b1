package desk

import (
	"context"
	"errors"
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// What was registered after a copy was made may have been moved into the filing folder
// before the register was restored from that copy. Nobody watches that folder: it is read
// once after each restoration.

// shelf is the filing folder where it is still to be read, and of which restoration;
// "": it need not be.
func (d *Desk) shelf(ctx context.Context, watched []mailbox.Folder) (folder, restored string, err error) {
	if d.shelfRead || d.Filing.How != FileMove {
		return "", "", nil
	}
	restored, err = d.Store.Meta(ctx, store.MetaRestored)
	if err != nil {
		return "", "", err
	}
	read, err := d.Store.Meta(ctx, store.MetaShelf)
	if d.shelfRead = err == nil && read == restored; d.shelfRead || err != nil {
		return "", "", err
	}
	folder, err = d.unwatchedShelf(ctx, watched)
	d.shelfRead = err == nil && folder == "" // a pass reads it
	return folder, restored, err
}

// unwatchedShelf is the filing folder; "" where there is none, or where it is watched.
func (d *Desk) unwatchedShelf(ctx context.Context, watched []mailbox.Folder) (string, error) {
	if d.Filing.How != FileMove {
		return "", nil
	}
	name, err := d.Inbox.ShelfFolder(ctx, d.Filing.Folder)
	if err != nil || slices.ContainsFunc(watched, func(f mailbox.Folder) bool { return f.Name == name }) {
		return "", err
	}
	return name, nil
}

// pollShelf reads the filing folder after a restoration, as far back as the first folder.
func (d *Desk) pollShelf(ctx context.Context, watched []mailbox.Folder, r *PollReport) error {
	name, restored, err := d.shelf(ctx, watched)
	if err != nil || name == "" || len(watched) == 0 || d.Now().Before(d.filed.shelf) {
		return err
	}
	cutoff, err := d.Store.Meta(ctx, store.MetaCutoff+name)
	if err == nil && cutoff == "" {
		if cutoff, err = d.Store.Meta(ctx, store.MetaCutoff+watched[0].Name); err == nil {
			err = d.Store.SetMeta(ctx, store.MetaCutoff+name, cutoff)
		}
	}
	if err != nil {
		return err
	}
	err = d.pollNext(ctx, mailbox.Folder{Name: name}, r)
	if shut := (*mailbox.ShutError)(nil); errors.As(err, &shut) && !shut.Missing() {
		d.Log.WarnContext(ctx, "the register was restored, and the letters that had been filed are not read again", "folder", name, "error", err)
		d.filed.shelf = d.Now().Add(filingAgain)
		return nil
	} else if err != nil && shut == nil {
		return err
	}
	return d.Store.SetMeta(ctx, store.MetaShelf, restored)
}
