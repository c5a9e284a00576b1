package mailbox

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// ahead is what Fetch will be asked for soon, and what of it is here already.
type ahead struct {
	expected []uint32
	raw      map[uint32][]byte
}

const (
	// aheadBudget bounds the letters held in memory, aheadLetter a single one:
	// a larger letter is streamed, for its round trip is not what costs.
	aheadBudget = 1 << 20
	aheadLetter = 256 << 10
)

// Expect says which messages of the chunk that Heads yielded Fetch will be
// asked for next, in this order: small ones then come several in one command,
// so that a letter does not cost a round trip.
func (r *Reader) Expect(uids []uint32) {
	r.ahead = ahead{expected: slices.Clone(uids)}
}

// foreseen gives a message that came along with an earlier one, or fetches it
// with those expected after it. Whatever does not come this way is left to
// Fetch alone, which knows what to do about it; but the server is not waited for
// twice.
func (r *Reader) foreseen(ctx context.Context, uid uint32) ([]byte, error) {
	if raw, ok := r.ahead.raw[uid]; ok {
		delete(r.ahead.raw, uid)
		return raw, nil
	}
	at := slices.Index(r.ahead.expected, uid)
	if at < 0 {
		return nil, nil
	}
	batch, rest := r.batch(r.ahead.expected[at:])
	if len(batch) < 2 || batch[0] != uid || r.ready(ctx) != nil {
		return nil, nil
	}
	r.ahead.expected = rest
	job := &fetchJob{set: setOf(batch), keep: aheadLetter, budget: 2 * aheadBudget, parts: []*imap.FetchItemBodySection{{Peek: true}}}
	if err := r.s.fetch(ctx, job); err != nil {
		r.ahead = ahead{}
		if broken(err) {
			r.drop(err)
		}
		if errors.Is(err, errSilent) {
			if at := job.stoppedAt(batch); at != 0 {
				r.strike(at)
			}
			return nil, r.worded(ctx, err)
		}
	}
	r.ahead.raw = map[uint32][]byte{}
	for _, f := range job.got {
		if raw, _ := f.part(imap.PartSpecifierNone); !f.over && job.lacks(f) == nil && int64(len(raw)) == f.announced {
			r.ahead.raw[f.uid] = raw
		}
	}
	raw := r.ahead.raw[uid]
	delete(r.ahead.raw, uid)
	return raw, nil
}

// stoppedAt is the message of which a part came, or else the first that is missing.
func (j *fetchJob) stoppedAt(uids []uint32) (at uint32) {
	for _, uid := range uids {
		switch f := j.got[uid]; {
		case f == nil && at == 0:
			at = uid
		case f != nil && j.lacks(f) != nil:
			return uid
		}
	}
	return at
}

// batch takes from the front what fits into one command, and leaves out what is to come
// alone: that lies between letters which need not wait for it.
func (r *Reader) batch(expected []uint32) (batch, rest []uint32) {
	var sum int64
	for i, uid := range expected {
		switch size := r.sizes[uid]; {
		case size <= 0 || size > min(aheadLetter, r.o.MaxSize) || r.strikes[uid] > 0 || r.breaks[uid].All > 0:
			rest = append(rest, uid)
		case sum+size > aheadBudget:
			return batch, append(rest, expected[i:]...)
		default:
			sum, batch = sum+size, append(batch, uid)
		}
	}
	return batch, rest
}
