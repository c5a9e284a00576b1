package desk

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// A mailbox that was restored from a copy may give UIDs a second time under the same
// UIDVALIDITY, though RFC 9051 2.3.1.1 forbids it. So does a server that once told a UIDNEXT
// that was too high. It shows when UIDNEXT is not behind the cursor any more or, if enough
// letters have come since, when other letters lie under the last UIDs of the ledger. From
// then on the ledger knows the folder by a UIDVALIDITY of our own, counted down from the
// highest number, which no server uses, so that each letter has a place of its own.

// era says which UIDVALIDITY of our own stands for the server's in a folder; 0: none does,
// since the folder never gave UIDs twice.
type era struct{ server, ours uint32 }

func eraKey(folder string) string { return store.MetaEra + folder }

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

// at is the UIDVALIDITY under which the server knows the folder, by that of the ledger.
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
func rewound(cur store.Cursor, next uint32) bool { return next != 0 && next <= cur.LastUID }

// givenAgain reports whether UIDs that the cursor has passed are to come again, or
// have. For the latter the mailbox is asked once over each connection.
func (p *folderPass) givenAgain(ctx context.Context, server uint32, st mailbox.FolderState, e era, cur store.Cursor) (bool, error) {
	if rewound(cur, st.UIDNext) {
		return true, nil
	}
	if st.Messages == 0 || p.held[p.folder.Name] == st.Session {
		return false, nil
	}
	_, other, err := p.matches(ctx, e.all(server), max(cur.LastUID, tail)-tail+1, cur.LastUID)
	if err == nil {
		p.held[p.folder.Name] = st.Session
	}
	return other, err
}

// all are the UIDVALIDITYs under which the ledger may know what the server knows by
// its present one.
func (e era) all(server uint32) []uint32 {
	list := []uint32{server}
	if e.ours != 0 && e.server == server {
		for ours := uint64(e.ours); ours <= math.MaxUint32; ours++ {
			list = append(list, uint32(ours))
		}
	}
	return list
}

// tail is how many of the last UIDs of the ledger are held against the mailbox.
const tail = 3

// matches compares the letters from..to of the mailbox with the ledger. same is the highest
// UID under which both have the same letter, 0 if there is none; other reports that under
// the last UID that both have, they have different ones. Sizes are not compared, since some
// servers tell another size each time.
func (p *folderPass) matches(ctx context.Context, validities []uint32, from, to uint32) (same uint32, other bool, err error) {
	rows, err := p.Store.Lying(ctx, p.folder.Name, validities, from, to)
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	err = p.Inbox.Identities(ctx, from, to, func(heads []mailbox.Head) error {
		for _, h := range heads {
			if h.UID > to || len(bytes.TrimSpace(h.Header)) == 0 {
				continue
			}
			there := rows[h.UID]
			is := slices.ContainsFunc(there, func(row store.Seen) bool { return mailbox.HeaderDigest(row.Size, h.Header) == row.HeaderDigest })
			if is {
				same = h.UID
			}
			other = !is && (other || len(there) > 0)
		}
		return nil
	})
	return same, other, err
}

// lastSame is the highest UID, at most to, under which the mailbox has the letter
// that the ledger has there; 0 if there is none.
func (p *folderPass) lastSame(ctx context.Context, validities []uint32, to uint32) (uint32, error) {
	for width := uint32(50); to > 0; width = 500 {
		from := max(to, width) - width + 1
		same, _, err := p.matches(ctx, validities, from, to)
		if err != nil || same > 0 {
			return same, err
		}
		to = from - 1
	}
	return 0, nil
}

// beginEra gives the folder a new UIDVALIDITY of our own, unless the ledger and the mailbox
// turn out to have the same letters up to the cursor. on: intake goes on at the cursor,
// which is now behind the last letter that both have. If there is no such letter, the folder
// must be read from its beginning; digests tell which letters are known.
func (p *folderPass) beginEra(ctx context.Context, st *mailbox.FolderState, e era, cur *store.Cursor) (on bool, err error) {
	server := e.at(st.UIDValidity)
	same, err := p.lastSame(ctx, e.all(server), min(cur.LastUID, st.UIDNext-1))
	if err != nil || same == cur.LastUID {
		return true, err
	}
	p.Log.Warn("the server gives UIDs again: the mailbox was restored, or its UIDNEXT was wrong", "folder", p.folder.Name)
	e = e.next(server)
	st.UIDValidity = e.ours
	*cur = store.Cursor{Folder: cur.Folder, UIDValidity: e.ours, FirstUID: same + 1, LastUID: same, FirstPass: cur.FirstPass}
	return same > 0, p.Store.SetMeta(ctx, eraKey(p.folder.Name), fmt.Sprint(e.server, e.ours))
}
