package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// Bounds of a reconciliation: how many gaps are listed one by one, how many
// messages are compared at a time, and over how many known messages a repair
// reads on rather than begin a new command.
const (
	mostGaps     = 10_000
	compareBatch = 2_000
	readOver     = 64
)

// Gap is a message of the mailbox that has no row in the ledger.
type Gap struct {
	Folder     string
	UID        uint32
	ReceivedAt time.Time // zero: the server cannot say it
	New        bool      // no pass has come so far yet: the next one takes it in
	Repaired   bool
}

// FolderCheck is what a reconciliation saw of one folder.
type FolderCheck struct {
	Name     string
	FirstUID uint32 // where intake began; what lies below was not looked at. 0: no pass yet
	Messages int    // from there on, in the mailbox
	Missing  int    // of those: passed over by a pass
	Waiting  int    // of those: no pass has come so far yet
	Shelf    bool   // no pass reads it: registered letters are moved there
}

// Reconciliation is the mailbox held against the ledger. Missing and Waiting
// count the gaps there were, Repaired those that are none any more; Gaps lists
// at most the first mostGaps of them.
type Reconciliation struct {
	Folders                    []FolderCheck
	Gaps                       []Gap
	Missing, Waiting, Repaired int
	Admitted                   []string // numbers registered by the repair
	Joined                     int
	Unread                     error // names the watched folders that could not be compared; nil: none, see ErrUnread
}

// Total is how many gaps there were.
func (r *Reconciliation) Total() int { return r.Missing + r.Waiting }

// Reconcile compares every UID of the watched folders with the ledger. Messages below the
// UID at which a folder's intake began are no gaps, nor are messages that the ledger has
// and the mailbox has no more. In the filing folder, which no pass reads, a message is a gap
// where the ledger has it nowhere: neither was it moved there, nor is the digest of its header
// known. A person may have put it there before a pass saw it. With repair the gaps are taken in as by a pass, but the
// cursor does not move, so that it may be done beside a running daemon. In memory it holds
// a few thousand UIDs and the gaps that it lists. An error means trouble with the
// connection or with the database, or that no folder could be compared.
func (d *Desk) Reconcile(ctx context.Context, repair bool) (Reconciliation, error) {
	if _, err := d.remember(ctx); err != nil { // what it learns now, the next pass learns as well
		return Reconciliation{}, err
	}
	found, err := d.compare(ctx)
	if err != nil || !repair || found.Total() == 0 {
		return found, err
	}
	var report PollReport
	rest := found
	for before := rest.Total() + 1; 0 < rest.Total() && rest.Total() < before; {
		before = rest.Total()
		if err := d.fill(ctx, rest.Gaps, &report); err != nil {
			return found, err
		}
		if rest, err = d.compare(ctx); err != nil {
			return found, err
		}
	}
	found.settle(rest)
	found.Admitted, found.Joined = report.Admitted, report.Joined
	return found, nil
}

// settle marks the gaps that a second comparison, rest, has no more. What came meanwhile is
// in rest, too: so listed gaps are compared one by one, and only where there were more than
// are listed, the totals are.
func (r *Reconciliation) settle(rest Reconciliation) {
	type place struct {
		folder string
		uid    uint32
	}
	left := map[place]bool{}
	for _, g := range rest.Gaps {
		left[place{g.Folder, g.UID}] = true
	}
	for i := range r.Gaps {
		if r.Gaps[i].Repaired = !left[place{r.Gaps[i].Folder, r.Gaps[i].UID}]; r.Gaps[i].Repaired {
			r.Repaired++
		}
	}
	if len(r.Gaps) < r.Total() {
		r.Repaired = max(r.Total()-rest.Total(), 0)
	}
}

// attach opens a folder as the last pass left it, and writes nothing. The cursor of a folder
// that was never read, or not under its present UIDVALIDITY, is zero. The filing folder is
// read as far back as another, like, and as at a first pass: what is old there waits for a
// person's word before it is answered.
func (d *Desk) attach(ctx context.Context, f mailbox.Folder, like string) (*folderPass, mailbox.FolderState, error) {
	st, err := d.Inbox.Examine(ctx, f.Name)
	if err != nil {
		return nil, st, err
	}
	cur, found, err := d.Store.Cursor(ctx, f.Name)
	if err != nil {
		return nil, st, err
	}
	e, err := d.era(ctx, f.Name)
	if err != nil {
		return nil, st, err
	}
	p := &folderPass{Desk: d, folder: f, missed: true}
	if found && cur.UIDValidity == e.of(st.UIDValidity) {
		again, missed, err := p.givenAgain(ctx, st.UIDValidity, st, e, cur)
		if err != nil {
			return nil, st, err
		}
		if again {
			e = e.next(st.UIDValidity)
		}
		if again || missed != 0 {
			delete(d.held, f.Name) // so that the next pass finds it, too
		}
	}
	if st.UIDValidity = e.of(st.UIDValidity); !found || cur.UIDValidity != st.UIDValidity {
		cur = store.Cursor{Folder: f.Name, UIDValidity: st.UIDValidity}
	}
	p.cur = cur
	kept := false
	if p.cutoff, kept, err = p.knownCutoff(ctx); err == nil && like != "" {
		p.cur.FirstPass = true
		if !kept {
			other := folderPass{Desk: d, folder: mailbox.Folder{Name: like}}
			p.cutoff, _, err = other.knownCutoff(ctx)
		}
	}
	if err != nil {
		return nil, st, err
	}
	return p, st, p.learnPrefixes(ctx)
}

// fill takes the gaps in, folder by folder.
func (d *Desk) fill(ctx context.Context, gaps []Gap, report *PollReport) error {
	_, err := d.eachFolder(ctx, func(f mailbox.Folder, like string) error {
		var uids []uint32
		for _, g := range gaps {
			if g.Folder == f.Name {
				uids = append(uids, g.UID)
			}
		}
		if len(uids) == 0 {
			return nil
		}
		if err := d.fillFolder(ctx, f, like, uids, report); err != nil {
			return fmt.Errorf("repair folder %q: %w", f.Name, err)
		}
		return nil
	})
	return err
}

func (d *Desk) fillFolder(ctx context.Context, f mailbox.Folder, like string, uids []uint32, report *PollReport) error {
	p, _, err := d.attach(ctx, f, like)
	if err != nil {
		return err
	}
	p.report = report
	over := uint32(readOver)
	if like != "" { // what lies between was moved there, and would be read whole
		over = 1
	} else if p.cur.FirstUID == 0 { // never read so far: an ordinary pass does it
		return d.pollFolder(ctx, f, report)
	}
	for len(uids) > 0 {
		n := 1
		for n < len(uids) && uids[n]-uids[n-1] <= over {
			n++
		}
		if err := p.takeRange(ctx, uids[0], uids[n-1]); err != nil {
			return err
		}
		uids = uids[n:]
	}
	return nil
}

// Reconciled takes in what a nightly reconciliation found: letters that are
// missing are trouble, letters that wait for the next pass are none. That it could not be
// done, of which the count is 0, has ended either way.
func (d *Desk) Reconciled(ctx context.Context, r Reconciliation) error {
	missing := r.Missing > r.Repaired
	if t, _, err := d.trouble(ctx, TroubleReconcile); err != nil || !missing || t.Count == 0 {
		if err := errors.Join(err, d.Clear(ctx, TroubleReconcile)); err != nil || !missing {
			return err
		}
	}
	return d.raiseMore(ctx, TroubleReconcile, r.Missing, d.Now())
}

// NotReconciled tells that the mailbox could not be held against the ledger for more than
// a day. That it is done ends it: see Reconciled.
func (d *Desk) NotReconciled(ctx context.Context) error {
	return d.Raise(ctx, TroubleReconcile, 0, d.Now())
}
