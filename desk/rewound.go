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
// letters have come since, when the last letters that lie up to the cursor are others than
// in the ledger. From then on the ledger knows the folder by a UIDVALIDITY of our own, counted
// down from the highest number, which no server uses, so that each letter has its own place.

// era says which UIDVALIDITY of our own stands for the server's in a folder; 0: none does,
// since the folder never gave UIDs twice.
type era struct{ server, ours uint32 }

func eraKey(folder string) string { return store.MetaEra + folder }

func (d *Desk) era(ctx context.Context, folder string) (e era, err error) {
	e.server, e.ours, err = d.pair(ctx, eraKey(folder))
	return e, err
}

// pair reads two numbers that the register keeps as one of its small facts; 0 where it keeps
// none.
func (d *Desk) pair(ctx context.Context, name string) (a, b uint32, err error) {
	v, err := d.Store.Meta(ctx, name)
	if err == nil && v != "" {
		_, err = fmt.Sscan(v, &a, &b)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read %q: %w", name, err)
	}
	return a, b, nil
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
// have. For the latter the mailbox is asked over each connection for the last letters that
// it has up to the cursor; mostly that is one question. missed is the lowest UID of those
// that the ledger does not know at all, 0 if it knows them.
func (p *folderPass) givenAgain(ctx context.Context, server uint32, st mailbox.FolderState, e era, cur store.Cursor) (again bool, missed uint32, err error) {
	if rewound(cur, st.UIDNext) {
		return true, 0, nil
	}
	if st.Messages == 0 || cur.LastUID == 0 || p.held[p.folder.Name] == st.Session {
		return false, 0, nil
	}
	l, err := p.lastAlike(ctx, e.all(server), st, cur)
	if err == nil {
		p.held[p.folder.Name] = st.Session
	}
	return l.other, l.missed, err
}

// lastAlike compares the last letters that the mailbox has up to the cursor. What the ledger
// does not know proves nothing, so that then earlier ones are asked for.
func (p *folderPass) lastAlike(ctx context.Context, validities []uint32, st mailbox.FolderState, cur store.Cursor) (l likeness, err error) {
	to := cur.LastUID
	newest := st.Newest != 0 && st.Newest <= to // else what is new lies above the cursor
	if newest {
		to = st.Newest
	}
	from := max(to, tail) - tail + 1
	if l, err = p.matches(ctx, validities, cur.FirstUID, from, to); err == nil && l.seen == 0 && !newest {
		if to, err = p.Inbox.Below(ctx, to); to == 0 || err != nil {
			return l, err
		}
		from = max(to, tail) - tail + 1
		l, err = p.matches(ctx, validities, cur.FirstUID, from, to)
	}
	for width := uint32(50); err == nil && l.missed != 0 && !l.known && from > 1; width = min(10*width, 1<<24) {
		to = from - 1
		from = max(to, width) - width + 1
		var more likeness
		more, err = p.matches(ctx, validities, cur.FirstUID, from, to)
		l.known, l.other = more.known, more.other
		if more.missed != 0 {
			l.missed = more.missed
		}
	}
	return l, err
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

// tail is how many of the last UIDs are asked for at a time.
const tail = 3

// likeness says how letters of the mailbox compare with the ledger.
type likeness struct {
	seen   int    // letters that the mailbox has
	same   uint32 // the highest UID under which both have the same letter; 0: none
	known  bool   // the ledger knows one of the UIDs
	other  bool   // under the last UID that both have, they have different letters
	missed uint32 // the lowest UID that the mailbox has and the ledger has not; 0: none
}

// matches compares the letters from..to; below first none need be in the ledger. Sizes are
// not compared, since some servers tell another size each time.
func (p *folderPass) matches(ctx context.Context, validities []uint32, first, from, to uint32) (l likeness, err error) {
	rows, err := p.Store.Lying(ctx, p.folder.Name, validities, from, to)
	if err != nil || len(rows) == 0 && to < first {
		return l, err
	}
	err = p.Inbox.Identities(ctx, from, to, func(heads []mailbox.Head) error {
		for _, h := range heads {
			if h.UID <= to {
				l.add(h, rows[h.UID], h.UID >= first)
			}
		}
		return nil
	})
	return l, err
}

// add compares a letter with the rows of its UID, each from another UIDVALIDITY. due: it
// should have one.
func (l *likeness) add(h mailbox.Head, rows []store.Seen, due bool) {
	l.seen++
	switch comparable := slices.ContainsFunc(rows, func(row store.Seen) bool { return row.HeaderDigest != "" }); {
	case len(rows) == 0:
		if due && l.missed == 0 {
			l.missed = h.UID
		}
	case !comparable || len(bytes.TrimSpace(h.Header)) == 0:
	case slices.ContainsFunc(rows, func(row store.Seen) bool { return mailbox.HeaderDigest(row.Size, h.Header) == row.HeaderDigest }):
		l.same, l.known, l.other = h.UID, true, false
	default:
		l.known, l.other = true, true
	}
}

// lastSame is the highest UID, at most to, under which the mailbox has the letter
// that the ledger has there; 0 if there is none.
func (p *folderPass) lastSame(ctx context.Context, validities []uint32, to uint32) (uint32, error) {
	for width := uint32(50); to > 0; width = 500 {
		from := max(to, width) - width + 1
		l, err := p.matches(ctx, validities, math.MaxUint32, from, to)
		if err != nil || l.same > 0 {
			return l.same, err
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
	if err := p.beginCopies(ctx, true, e.ours, st.UIDNext); err != nil {
		return false, err
	}
	return same > 0, p.Store.SetMeta(ctx, eraKey(p.folder.Name), fmt.Sprint(e.server, e.ours))
}
