package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// folderCutoff returns the instant before which messages of the folder are not taken in;
// zero: there is none. It is fixed at the folder's first pass and kept: a rescan years
// later must not move it. If it lies ahead, a wrong clock had fixed it, and it is fixed
// anew: it would leave out what comes now.
func (p *folderPass) folderCutoff(ctx context.Context) (time.Time, error) {
	cutoff, kept, err := p.knownCutoff(ctx)
	if err != nil || kept {
		return cutoff, err
	}
	v := "all"
	if !cutoff.IsZero() {
		v = cutoff.UTC().Format(time.RFC3339)
	}
	return cutoff, p.Store.SetMeta(ctx, p.cutoffKey(), v)
}

func (p *folderPass) cutoffKey() string { return store.MetaCutoff + p.folder.Name }

// knownCutoff is the cutoff that was kept, or the one that a first pass would
// keep now.
func (p *folderPass) knownCutoff(ctx context.Context) (cutoff time.Time, kept bool, err error) {
	v, err := p.Store.Meta(ctx, p.cutoffKey())
	if err != nil {
		return time.Time{}, false, err
	}
	if v != "" && v != "all" {
		if cutoff, err = time.Parse(time.RFC3339, v); err != nil {
			return time.Time{}, false, fmt.Errorf("read cutoff of folder %q: %w", p.folder.Name, err)
		}
		if !cutoff.After(p.Now()) {
			return cutoff, true, nil
		}
		v = ""
	}
	if v == "" && p.Since > 0 {
		return p.Now().Add(-p.Since).Truncate(time.Second), false, nil
	}
	return time.Time{}, v != "", nil
}

// errStop ends a walk that found what it looked for.
var errStop = errors.New("stop")

// firstAfterCutoff returns the lowest UID whose message arrived at or after
// the cutoff, by INTERNALDATE (SEARCH SINCE is unreliable on some servers).
func (p *folderPass) firstAfterCutoff(ctx context.Context, st mailbox.FolderState) (uint32, error) {
	first := st.UIDNext
	err := p.Inbox.Stamps(ctx, 1, 0, func(s mailbox.Stamp) error {
		if p.early(s.InternalDate) {
			first = max(first, 1)
			return nil
		}
		first = s.UID
		return errStop
	})
	if err != nil && !errors.Is(err, errStop) {
		return 0, err
	}
	return max(first, 1), nil
}
