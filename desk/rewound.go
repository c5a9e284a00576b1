package desk

import (
	"context"
	"fmt"
	"math"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// A mailbox that is restored from a copy can give UIDs a second time, under the same
// UIDVALIDITY, though RFC 9051 2.3.1.1 forbids it; so does a server that says a
// UIDNEXT too high. What shows it is a UIDNEXT below the cursor. From then on the
// folder goes by a UIDVALIDITY of our own, counted down from the highest number,
// which no server uses: each letter has a place of its own in the ledger.

// era is what a folder's UIDVALIDITY stands for.
type era struct{ server, ours uint32 } // 0: never rewound

func eraKey(folder string) string { return "era:" + folder }

func (d *Desk) era(ctx context.Context, folder string) (e era, err error) {
	v, err := d.Store.Meta(ctx, eraKey(folder))
	if err == nil && v != "" {
		_, err = fmt.Sscan(v, &e.server, &e.ours)
	}
	if err != nil {
		return e, fmt.Errorf("read era of folder %q: %w", folder, err)
	}
	return e, nil
}

// of is the UIDVALIDITY under which the ledger knows the folder.
func (e era) of(server uint32) uint32 {
	if e.ours != 0 && e.server == server {
		return e.ours
	}
	return server
}

// at is the one that the server knows it by.
func (e era) at(ours uint32) uint32 {
	if e.ours != 0 && e.ours == ours {
		return e.server
	}
	return ours
}

func (e era) next(server uint32) era {
	if e.ours == 0 {
		return era{server, math.MaxUint32}
	}
	return era{server, e.ours - 1}
}

// rewound reports whether UIDs that the cursor has passed are to come again.
func rewound(cur store.Cursor, validity, next uint32) bool {
	return cur.UIDValidity == validity && next != 0 && next <= cur.LastUID
}

// beginEra gives the folder a UIDVALIDITY of our own. Where the newest letters are
// known, those before are, too, and intake goes on behind them; else the folder is
// read anew, and digests tell what is known.
func (p *folderPass) beginEra(ctx context.Context, st *mailbox.FolderState, e era, cur *store.Cursor) (on bool, err error) {
	p.Log.Warn("the server gives UIDs again: the mailbox was restored, or its UIDNEXT was wrong", "folder", p.folder.Name)
	e = e.next(e.at(st.UIDValidity))
	if on, err = p.newestKnown(ctx, *st); err != nil {
		return false, err
	}
	st.UIDValidity = e.ours
	*cur = store.Cursor{Folder: cur.Folder, UIDValidity: e.ours, FirstUID: st.UIDNext, LastUID: st.UIDNext - 1, FirstPass: cur.FirstPass}
	return on, p.Store.SetMeta(ctx, eraKey(p.folder.Name), fmt.Sprint(e.server, e.ours))
}

// newestKnown reports whether the letters with the highest UIDs are in the ledger.
func (p *folderPass) newestKnown(ctx context.Context, st mailbox.FolderState) (bool, error) {
	if st.Messages == 0 {
		return true, nil
	}
	const newest = 50
	var digests []string
	err := p.Inbox.Heads(ctx, max(st.UIDNext, newest+1)-newest, st.UIDNext-1, func(heads []mailbox.Head) error {
		for _, h := range heads {
			digests = append(digests, digestOf(h))
		}
		return nil
	})
	if err != nil || len(digests) == 0 {
		return false, err
	}
	known, err := p.Store.ByHeaderDigest(ctx, digests)
	for _, d := range digests {
		if _, ok := known[d]; !ok {
			return false, err
		}
	}
	return true, err
}
