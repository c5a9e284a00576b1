package mailbox

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

// errOmitted ends a pass, which is then repeated: a server that is not itself for a
// moment hides no message. After tries of them, what it will not name is left to
// reconcile; where it names no message at all, after an hour of them or so.
var errOmitted = errors.New("the server leaves messages out of its answers")

const triesForNothing = 20 * tries

// present lists which messages of a window there are, as often as it takes for the
// numbers that come with them to show that none was left out.
func (sw *sweep) present(ctx context.Context, win window, toEnd bool) (uids []uint32, err error) {
	for range tries {
		job, err := sw.r.listing(ctx, win.set())
		if err != nil {
			return nil, err
		}
		uids = append(uids, job.uids...)
		whole, err := sw.complete(ctx, job, win, toEnd)
		if err != nil {
			return nil, err
		}
		if whole || !sw.strict {
			if sw.seam.begun = true; len(job.uids) > 0 {
				sw.seam.next = job.span.high + 1
			}
			return inOrder(uids), nil
		}
	}
	sw.r.o.Log.Warn(errOmitted.Error(), "folder", sw.r.folder)
	patience := tries
	if len(uids) == 0 { // going on would bring nothing
		patience = triesForNothing
	}
	if sw.r.omitted++; sw.r.omitted < patience {
		return nil, sw.r.worded(ctx, errOmitted)
	}
	sw.seam = seam{begun: true}
	return inOrder(uids), nil
}

// complete reports whether a list of the messages of a window can be all of them.
func (sw *sweep) complete(ctx context.Context, job *fetchJob, win window, toEnd bool) (bool, error) {
	s, any := &job.span, len(job.uids) > 0
	inFolder := sw.r.state.Messages
	if box := sw.r.s.c.Mailbox(); box != nil {
		inFolder = min(inFolder, box.NumMessages) // some may have been expunged since
	}
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
	var uid uint32
	err := sw.r.with(ctx, func(s *session) error {
		if err := sw.r.open(ctx, s); err != nil {
			return err
		}
		var err error
		uid, err = s.lastUID(ctx, seq)
		return err
	})
	return uid != 0 && uid < win.from, err
}

// listing asks which messages of a set there are.
func (r *Reader) listing(ctx context.Context, set imap.UIDSet) (*fetchJob, error) {
	job := &fetchJob{set: set, list: true}
	err := r.with(ctx, func(s *session) error {
		if err := r.open(ctx, s); err != nil {
			return err
		}
		return s.fetch(ctx, job)
	})
	return job, err
}
