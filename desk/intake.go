package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Codes of ledger rows that no rule of the policy gave.
const (
	codeBeforeStart = "before_start" // older than imap.since, although its UID is above the first
	codeCopy        = "copy"         // registered already, and moved or copied since
	codeReply       = "reply"        // answers a letter of its request, ours or the person's
	codeRepeat      = "repeat"       // has the same text as an earlier letter of the same person
	codeMoved       = "moved"        // is the whole of a letter of which only the beginning was here before
	codeStranger    = "stranger"     // answers a letter of ours that went to somebody else
	codePassedOn    = "passed_on"    // answers a letter of ours, and staff passed it on
	codeWrongSender = "wrong_sender" // names the number of somebody else's request
	codeGone        = "gone"         // taken out of the mailbox before it could be read
)

// PollReport counts what a pass over the mailbox did.
type PollReport struct {
	Folders    int
	Seen       int      // messages that got a ledger row
	Admitted   []string // numbers of the requests that letters made or joined
	Registered int      // requests that are new
	Joined     int      // letters that joined a request

	Ended time.Time // when it was complete, but for folders that cannot be read; zero: it was not

	newest time.Time // the latest moment of receipt among the messages that came; see testifies
	odd    time.Time // the latest among those whose moment alone proves nothing
}

// Poll takes in what is new in every watched folder: one intake pass. An
// error is the connection's or the database's and ends the pass, but for ErrUnread;
// trouble with a letter is a review case and ends nothing. The cursor of a folder never
// passes a message without a ledger row.
func (d *Desk) Poll(ctx context.Context) (r PollReport, err error) {
	begun := d.Now()
	keep, err := d.remember(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, keep()) }()
	var left unread
	first, known := d.Inbox.First()
	if known {
		if err := left.skip(d.pollNext(ctx, first, &r)); err != nil {
			return r, err
		}
	}
	folders, missing := d.Inbox.Folders(ctx)
	if missing != nil {
		missing = fmt.Errorf("list folders: %w", missing)
	}
	if missing != nil && len(folders) == 0 {
		return r, missing
	}
	left.add(missing)
	for _, f := range folders {
		if known && f.Name == first.Name {
			continue
		}
		if err := left.skip(d.pollNext(ctx, f, &r)); err != nil {
			return r, err
		}
	}
	if err := d.pollShelf(ctx, folders, &r); err != nil {
		return r, err
	}
	d.witness.arrived(r.newest, r.odd, begun, d.Now())
	if r.Folders == 0 {
		return r, left.err()
	}
	if err := d.notePass(ctx, r.Seen > 0); err != nil {
		return r, err
	}
	r.Ended = d.Now()
	if err := d.noteUnread(ctx, left); err != nil {
		return r, err
	}
	if err := d.sweepSent(ctx); err != nil {
		return r, err
	}
	if err := d.file(ctx, folders); err != nil {
		return r, err
	}
	return r, left.err()
}

// pollNext reads a folder, and has what it brought answered before the next, and what became
// of a letter under way written down.
func (d *Desk) pollNext(ctx context.Context, f mailbox.Folder, r *PollReport) error {
	before := len(r.Admitted)
	if err := d.pollFolder(ctx, f, r); err != nil {
		return fmt.Errorf("read folder %q: %w", f.Name, err)
	}
	r.Folders++
	if d.FlushNow != nil && (len(r.Admitted) > before || d.Answered()) {
		if silent := d.FlushNow(); silent != nil { // it would be silent in the next folder, too
			return fmt.Errorf("read folders behind %q: %w", f.Name, silent)
		}
	}
	return nil
}

// folderPass is a pass over one folder.
type folderPass struct {
	*Desk
	folder    mailbox.Folder
	cur       store.Cursor
	prefixes  []string  // of the numbers in the register, and of those to come
	cutoff    time.Time // messages that arrived earlier are not taken in; zero: none
	missed    bool      // it is a repair: it takes in what an earlier pass had missed, and the cursor stays
	copies    copies
	report    *PollReport
	registrar *registrar
	open      *chunk // the last that came, while more of it is to be read
	last      uint32 // the UID up to which registrar has written everything
	arrived   int    // messages
	undated   int    // of them
}

func (d *Desk) pollFolder(ctx context.Context, f mailbox.Folder, r *PollReport) error {
	st, err := d.Inbox.Examine(ctx, f.Name)
	if err != nil {
		return err
	}
	p := &folderPass{Desk: d, folder: f, report: r}
	if err := p.start(ctx, st); err != nil {
		return err
	}
	if st.UIDNext != 0 && st.UIDNext == p.cur.LastUID+1 && !p.cur.FirstPass || st.Messages == 0 && !p.cur.FirstPass {
		return nil
	}
	if st.Messages > 0 {
		to := uint32(0)
		if st.UIDNext > 0 {
			to = st.UIDNext - 1
		}
		if to == 0 || to > p.cur.LastUID {
			if err := p.takeRange(ctx, p.cur.LastUID+1, to); err != nil {
				return err
			}
		}
	}
	end := p.cur
	end.LastUID, end.FirstPass = max(end.LastUID, p.last), false
	if st.UIDNext > 0 && st.Messages > 0 { // what is missing up to UIDNEXT was expunged
		end.LastUID = max(end.LastUID, st.UIDNext-1)
	}
	if end == p.cur {
		return nil
	}
	return d.Store.SetCursor(ctx, end, d.Now())
}

// start finds where to go on: at the stored cursor; or, in a folder that was never read
// or whose UIDVALIDITY changed (RFC 3501 2.3.1.1), at the first message that arrived
// after the folder's cutoff. Messages that are read again are known by the digest of
// their header.
func (p *folderPass) start(ctx context.Context, st mailbox.FolderState) error {
	cur, found, err := p.Store.Cursor(ctx, p.folder.Name)
	if err != nil {
		return err
	}
	if p.cutoff, err = p.folderCutoff(ctx); err != nil {
		return err
	}
	if err := p.learnPrefixes(ctx); err != nil {
		return err
	}
	e, err := p.era(ctx, p.folder.Name)
	if err != nil {
		return err
	}
	server, old := st.UIDValidity, e.at(cur.UIDValidity)
	if st.UIDValidity = e.of(server); found && cur.UIDValidity == st.UIDValidity {
		again, missed, err := p.givenAgain(ctx, server, st, e, cur)
		if err != nil {
			return err
		}
		if !again {
			if p.cur = cur; missed != 0 { // and what lies behind it has its rows
				p.cur.LastUID = missed - 1
			}
			return nil
		}
		if on, err := p.beginEra(ctx, &st, e, &cur); err != nil {
			return err
		} else if on {
			p.cur = cur
			return p.Store.SetCursor(ctx, cur, p.Now())
		}
	}
	first := uint32(1)
	if !p.cutoff.IsZero() && st.Messages > 0 {
		if first, err = p.firstAfterCutoff(ctx, st); err != nil {
			return err
		}
	}
	p.cur = store.Cursor{Folder: p.folder.Name, UIDValidity: st.UIDValidity, FirstUID: first, LastUID: first - 1, FirstPass: !found || cur.FirstPass}
	if err := p.beginCopies(ctx, found, st.UIDValidity, st.UIDNext); err != nil {
		return err
	}
	if err := p.Store.SetCursor(ctx, p.cur, p.Now()); err != nil {
		return err
	}
	if found && old != server {
		p.Log.Warn("UIDVALIDITY changed: the folder is read anew, and what the register knows is not registered again", "folder", p.folder.Name, "old", old, "new", server)
	}
	return nil
}

// takeRange brings the messages with the UIDs from..to into the ledger, chunk by chunk. If
// the connection breaks, what was read before is registered all the same.
func (p *folderPass) takeRange(ctx context.Context, from, to uint32) error {
	if err := p.learnCopies(ctx); err != nil {
		return err
	}
	p.Policy.Learn() // while the server looks for the first of them
	p.registrar = newRegistrar()
	err := mailbox.Survive(func() error {
		return p.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error { return p.arrive(ctx, heads) })
	})
	if last := p.open; last != nil {
		p.open = nil
		if ended := context.Cause(ctx); ended != nil || endsPass(err) {
			last.abandon()
			if err == nil {
				err = ended // the cursor must not pass what is left
			}
		} else if failed := last.finish(ctx, nil); err == nil {
			err = failed
		}
	}
	if failed := p.registrar.end(); failed != nil {
		return failed
	}
	p.tellUndated()
	return err
}

// fewMessages is the number of messages below which a pass ends so soon that what it
// wrote last need not wait for the disk.
const fewMessages = 10

// recordChunk writes the rows of a chunk that ends with the UID last, and moves
// the cursor behind it. Where a person is about to be answered it does not wait for the
// disk: to claim the answer, before it is sent, waits for all that was written, and so
// does the end of the pass. Until then the letters lie in the mailbox as they did.
func (p *folderPass) recordChunk(ctx context.Context, last uint32, rows []store.Seen) error {
	if p.missed {
		return p.Store.RecordMissed(ctx, p.folder.Name, p.cur.UIDValidity, rows, p.Now())
	}
	next := p.cur
	next.LastUID = max(next.LastUID, p.last, last)
	record := p.Store.Record
	if admitted := len(p.report.Admitted); p.FlushNow != nil && admitted > 0 && admitted+p.report.Seen+len(rows) < fewMessages {
		record = p.Store.RecordUnsynced
	}
	if err := record(ctx, next, rows, p.Now()); err != nil {
		return err
	}
	p.last = next.LastUID
	return nil
}

// sortOut leaves out the messages that need no reading: those that have a ledger row;
// those that arrived before the cutoff; those that the ledger has in another folder or under
// another UIDVALIDITY, as no requests, since the folder was rebuilt or the message moved. It
// returns the rest, and the rows to write of those left out.
func (p *folderPass) sortOut(ctx context.Context, heads []mailbox.Head) (fresh []*letter, rows []store.Seen, err error) {
	from, to := heads[0].UID, heads[len(heads)-1].UID
	done, err := p.Store.Places(ctx, p.folder.Name, p.cur.UIDValidity, from, to)
	if err != nil {
		return nil, nil, err
	}
	digests := make([]string, len(heads))
	inParallel(len(heads), func(i int) { digests[i] = digestOf(heads[i]) })
	known, err := p.Store.ByHeaderDigest(ctx, slices.DeleteFunc(slices.Clone(digests), func(d string) bool { return d == "" }))
	if err != nil {
		return nil, nil, err
	}
	twins, err := p.twins(ctx, known)
	if err != nil {
		return nil, nil, err
	}
	for i, h := range heads {
		switch old, seen := known[digests[i]]; {
		case done[h.UID]:
		case p.early(h.InternalDate):
			rows = append(rows, rowOf(h, digests[i], rules.None, codeBeforeStart))
		case seen && isNone(old) && !twins[digests[i]]:
			row := rowOf(h, digests[i], rules.None, old.ReasonCode)
			row.Again = true
			rows = append(rows, row)
		default: // whether it is a copy of a registered letter, its bytes tell once it is read
			fresh = append(fresh, &letter{head: h, digest: digests[i], seenBefore: seen, long: len(h.Header) >= mailbox.HeadLimit})
		}
	}
	return fresh, rows, nil
}
