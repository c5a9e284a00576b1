package mailbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// tries is how often a message is asked for alone before it is given up, and wholly stands
// for one more, for the beginning of the letter itself where no header comes.
const (
	tries  = 3
	wholly = tries
)

// salvage saves what can be saved of a window that failed: what came complete
// is kept, the rest is asked for in smaller and smaller sets until the one bad
// message is alone. Nothing is left out silently.
func (sw *sweep) salvage(ctx context.Context, f *flight, toEnd bool) error {
	uids, unseen, err := sw.present(ctx, f.win, toEnd)
	if err != nil {
		return err
	}
	v := &salvage{sweep: sw, have: map[uint32]*fetched{}, bad: map[uint32]lost{}}
	for _, uid := range unseen {
		v.bad[uid] = lost{uid: uid, err: errOmitted}
	}
	uids = inOrder(append(uids, unseen...))
	v.take(f.job)
	for len(uids) > 0 {
		n := min(len(uids), piece)
		if err := v.fill(ctx, uids[:n]); err != nil {
			if rest := v.missing(uids[:n]); refused(err) && rest[0] != uids[0] { // what came until then is not asked for again
				err = errors.Join(v.hand(uids[:slices.Index(uids, rest[0])]), err)
			}
			return err
		}
		if err := v.hand(uids[:n]); err != nil {
			return err
		}
		uids = uids[n:]
	}
	return nil
}

// piece bounds what is held of a window that did not fit the budget at once.
const piece = 64

type salvage struct {
	*sweep
	have map[uint32]*fetched
	bad  map[uint32]lost // given up; without an error: it is gone
}

// take keeps what is complete.
func (v *salvage) take(j *fetchJob) {
	for uid, f := range j.got {
		if !f.over && j.lacks(f) == nil {
			v.have[uid] = f
		}
	}
}

func (v *salvage) missing(uids []uint32) []uint32 {
	return slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool {
		_, bad := v.bad[uid]
		return bad || v.have[uid] != nil
	})
}

// hand emits what is settled for these messages.
func (v *salvage) hand(uids []uint32) error {
	var all []*fetched
	var bad []lost
	for _, uid := range uids {
		if f := v.have[uid]; f != nil {
			all = append(all, f)
		}
		if l := v.bad[uid]; l.err != nil {
			bad = append(bad, l)
		}
		delete(v.have, uid)
	}
	return v.emit(all, bad)
}

// fill settles every message of uids. A set that fails after some of it came
// points at the message that came next; one that fails at once is halved.
func (v *salvage) fill(ctx context.Context, uids []uint32) error {
	for {
		rest := v.missing(uids)
		switch len(rest) {
		case 0:
			return nil
		case 1:
			return v.alone(ctx, rest[0])
		}
		if err := v.attempt(ctx, rest, 0); err != nil && hopeless(err) {
			return err
		}
		left := v.missing(rest)
		switch {
		case len(left) == 0:
			return nil
		case len(left) == len(rest):
			if err := v.fill(ctx, left[:len(left)/2]); err != nil {
				return err
			}
			uids = left[len(left)/2:]
		default:
			if err := v.alone(ctx, left[0]); err != nil {
				return err
			}
			uids = left[1:]
		}
	}
}

// attempt asks once, over a fresh connection where the last one broke.
func (v *salvage) attempt(ctx context.Context, uids []uint32, try int) error {
	if err := v.r.ready(ctx); err != nil {
		return err
	}
	job := v.ask(setOf(uids), try)
	err := v.r.s.fetch(ctx, job)
	v.take(job)
	if err == nil {
		v.r.date(ctx, job)
		v.take(job)
		for _, uid := range uids {
			switch f := job.got[uid]; {
			case f == nil:
				err = errMissing
			case f.over:
				err = errMissing
			default:
				err = errors.Join(err, job.lacks(f))
			}
		}
		return err
	}
	if broken(err) {
		v.r.drop(err)
	}
	return err
}

// alone settles one message: had, gone, or bad after three tries, each over a
// working connection and asking for less.
func (v *salvage) alone(ctx context.Context, uid uint32) error {
	var last error
	for try := range tries {
		err := v.attempt(ctx, []uint32{uid}, try)
		if try == tries-1 && v.headed && errors.Is(err, errNoBody) {
			err = v.attempt(ctx, []uint32{uid}, wholly)
		}
		if v.have[uid] != nil {
			v.r.acquit(uid)
			return nil
		}
		last = err
		if errors.Is(err, errSilent) && v.r.strike(uid) >= tries {
			break
		}
		if hopeless(err) {
			return err
		}
		if busy(err) {
			break
		}
		if errors.Is(err, errMissing) {
			there, err := v.r.exists(ctx, uid)
			if err != nil {
				return err
			}
			if !there {
				v.bad[uid] = lost{uid: uid}
				return nil
			}
		}
	}
	if refused(last) && !v.r.blame(ctx, uid, last) {
		return v.r.worded(ctx, last)
	}
	if v.loose { // who reads it says so
		v.bad[uid] = lost{uid: uid, err: last}
		return nil
	}
	v.r.o.Log.Warn("message cannot be read", "folder", v.r.folder, "uid", uid, "error", cause(last))
	v.bad[uid] = lost{uid: uid, at: v.r.stampOf(ctx, uid), err: last}
	return nil
}

// stampOf is the moment of receipt of a message that gives trouble, if that
// much can be had.
func (r *Reader) stampOf(ctx context.Context, uid uint32) time.Time {
	if r.ready(ctx) != nil {
		return time.Time{}
	}
	job := askStamp(imap.UIDSetNum(imap.UID(uid)), 0)
	if err := r.s.fetch(ctx, job); err != nil && broken(err) {
		r.drop(err)
	}
	if f := job.got[uid]; f != nil {
		return f.received()
	}
	return time.Time{}
}

// date asks once more for the dates that did not come with messages of which all else did.
// One that does not come then either is none; a server that says none at all is not asked
// again over this connection.
func (r *Reader) date(ctx context.Context, j *fetchJob) {
	if !j.date {
		return
	}
	var undated []uint32
	for uid, f := range j.got {
		if f.date.IsZero() {
			undated = append(undated, uid)
		}
	}
	if len(undated) == 0 || r.ready(ctx) != nil {
		return
	}
	if !r.s.dateless {
		more := askStamp(setOf(undated), 0)
		if err := r.s.fetch(ctx, more); err != nil {
			if broken(err) {
				r.drop(err)
			}
			return
		}
		dated := false
		for uid, f := range more.got {
			if was := j.got[uid]; was != nil {
				was.date = f.date
				dated = dated || !f.date.IsZero()
			}
		}
		r.s.dateless = !dated && len(undated) == len(j.got) && len(more.got) > 0
	}
	for _, uid := range undated {
		if f := j.got[uid]; f.date.IsZero() {
			f.date = time.Unix(0, 0)
		}
	}
}

// strike counts a message that could not be had.
func (r *Reader) strike(uid uint32) int {
	r.strikes[uid]++
	return r.strikes[uid]
}

//go:noinline
func setOf(uids []uint32) imap.UIDSet {
	var s imap.UIDSet
	for _, uid := range uids {
		s.AddNum(imap.UID(uid))
	}
	return s
}
