package mailbox

import (
	"context"
	"errors"
	"sort"

	"github.com/emersion/go-imap/v2"
)

// errOmitted ends a pass, which is then repeated: a server that is not itself for a
// moment hides no message. After tries of them, what it will not name is given up: a person
// must look at it; where it names no message at all, after an hour of them or so.
var errOmitted = errors.New("the server leaves messages out of its answers")

const triesForNothing = 20 * tries

// present lists which messages of a window there are, as often as it takes for the
// numbers that come with them to show that none was left out. lost are those that it will
// not name.
func (sw *sweep) present(ctx context.Context, win window, toEnd bool) (uids, lost []uint32, err error) {
	var job *fetchJob
	for range tries {
		if job, lost, err = sw.r.among(ctx, win, 0); err != nil {
			return nil, nil, err
		}
		uids = append(uids, job.uids...)
		whole, err := sw.complete(ctx, job, win, toEnd)
		if err != nil {
			return nil, nil, err
		}
		if (whole || sw.loose) && len(lost) == 0 {
			if sw.seam.begun = true; len(job.uids) > 0 {
				sw.seam.next = job.span.high + 1
			}
			return inOrder(uids), nil, nil
		}
		if len(lost) > 0 { // they have numbers, too
			sw.seam = seam{begun: true}
			return inOrder(uids), lost, nil
		}
		_ = sw.r.inFolder(ctx, func(s *session) error { return s.run(ctx, func() error { return s.c.Noop().Wait() }) }) // it may tell what was expunged
	}
	sw.r.o.Log.Warn(errOmitted.Error(), "folder", sw.r.folder)
	if sw.strict {
		patience := tries
		if len(uids) == 0 { // going on would bring nothing
			patience = triesForNothing
		}
		if sw.r.omitted++; sw.r.omitted < patience {
			return nil, nil, sw.r.worded(ctx, errOmitted)
		}
	}
	lost = sw.unnamed(ctx, job, win, toEnd)
	sw.seam = seam{begun: true}
	return inOrder(uids), lost, nil
}

// unnamed gives each message that a list of a window left out a UID: where the server does
// not say it by the number either, the lowest that it may have between its neighbours.
func (sw *sweep) unnamed(ctx context.Context, job *fetchJob, win window, toEnd bool) (uids []uint32) {
	sort.Slice(job.listed, func(a, b int) bool { return job.listed[a].seq < job.listed[b].seq })
	seq, uid := sw.seam.next, win.from // of the message that must come
	if !sw.seam.begun {
		seq = sw.firstNumber(ctx, job, win, toEnd)
	}
	gap := func(upTo, below uint32) {
		for ; seq != 0 && seq < upTo && uid < below; seq, uid = seq+1, uid+1 {
			if named, _ := sw.r.number(ctx, seq); named > uid && named < below {
				uid = named
			}
			sw.r.o.Log.Warn("the server does not name a message", "folder", sw.r.folder, "number", seq, "uid", uid)
			uids = append(uids, uid)
		}
	}
	for _, at := range job.listed {
		gap(at.seq, at.uid)
		seq, uid = at.seq+1, at.uid+1
	}
	if toEnd {
		gap(sw.messages()+1, win.to+1)
	}
	return uids
}

// firstNumber finds the first message that a window may have, where nothing is known of
// those in front of it; 0: it has none.
func (sw *sweep) firstNumber(ctx context.Context, job *fetchJob, win window, toEnd bool) uint32 {
	seq := job.span.low
	if seq == 0 && toEnd {
		seq = sw.messages() + 1
	}
	for range ChunkSize {
		if seq <= 1 {
			break
		}
		if uid, _ := sw.r.number(ctx, seq-1); uid != 0 && uid < win.from {
			break
		}
		seq--
	}
	return seq
}

// number is the UID of the message of that number, 0 where the server does not say it.
func (r *Reader) number(ctx context.Context, seq uint32) (uid uint32, err error) {
	err = r.inFolder(ctx, func(s *session) (err error) {
		uid, err = s.lastUID(ctx, seq)
		return err
	})
	return uid, err
}

// messages is how many messages there are; some may have been expunged since EXAMINE.
func (sw *sweep) messages() uint32 {
	n := sw.r.state.Messages
	if sw.r.s != nil {
		if box := sw.r.s.c.Mailbox(); box != nil {
			n = min(n, box.NumMessages)
		}
	}
	return n
}

// complete reports whether a list of the messages of a window can be all of them.
func (sw *sweep) complete(ctx context.Context, job *fetchJob, win window, toEnd bool) (bool, error) {
	s, any := &job.span, len(job.uids) > 0
	inFolder := sw.messages()
	if s.holes() || any && sw.seam.next != 0 && s.low > sw.seam.next || any && toEnd && s.high < inFolder {
		return false, nil
	}
	switch { // is the one in front of the first, or the last of all, in the window?
	case any && !sw.seam.begun && s.low > 1:
		return sw.outside(ctx, s.low-1, win)
	case !any && toEnd && sw.seam.next != 0:
		return sw.seam.next > inFolder, nil
	case !any && toEnd && inFolder > 0:
		return sw.outside(ctx, inFolder, win)
	}
	return true, nil
}

// outside asks whether the message of that number lies in front of the window.
func (sw *sweep) outside(ctx context.Context, seq uint32, win window) (bool, error) {
	uid, err := sw.r.number(ctx, seq)
	return uid != 0 && uid < win.from, err
}

// inFolder is with, where the folder is open. It is not inlined, since it is called in many
// places.
//
//go:noinline
func (r *Reader) inFolder(ctx context.Context, f func(*session) error) error {
	return r.with(ctx, func(s *session) error {
		if err := r.open(ctx, s); err != nil {
			return err
		}
		return f(s)
	})
}

// listing asks which messages of a set there are.
func (r *Reader) listing(ctx context.Context, set imap.UIDSet) (*fetchJob, error) {
	job := &fetchJob{set: set, list: true}
	return job, r.inFolder(ctx, func(s *session) error { return s.fetch(ctx, job) })
}

// among is listing for a window, of which lost are messages over which the connection breaks
// even where they are only listed.
func (r *Reader) among(ctx context.Context, win window, try int) (job *fetchJob, lost []uint32, err error) {
	job, err = r.listing(ctx, win.set())
	fault := FaultOf(err)
	if err == nil || ctx.Err() != nil || refused(err) || errors.Is(err, ErrRecreated) || fault != FaultCut && fault != FaultOther {
		return job, nil, err
	}
	if win.from == win.to {
		switch {
		case try+1 < tries:
			return r.among(ctx, win, try+1)
		case r.serves(ctx, win.from, false):
			return &fetchJob{}, []uint32{win.from}, nil
		}
		return nil, nil, err
	}
	half := win.from + (win.to-win.from)/2
	job = &fetchJob{}
	for _, part := range [...]window{{win.from, half}, {half + 1, win.to}} {
		some, bad, err := r.among(ctx, part, 0)
		if err != nil {
			return nil, nil, err
		}
		for _, at := range some.listed {
			job.enlist(at)
		}
		lost = append(lost, bad...)
	}
	return job, lost, nil
}
