package mailbox

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// ahead is what Fetch will be asked for soon, and what of it is here already.
type ahead struct {
	expected []uint32          // in the order of Fetch, as far as nobody asked for them yet
	coming   []batch           // on their way, in the same order
	raw      map[uint32][]byte // here
}

// batch is some letters for which one command was sent.
type batch struct {
	*volley
	uids []uint32
	size int64 // of them all, in bytes
}

const (
	// aheadBudget bounds the letters held in memory, aheadLetter a single one:
	// a larger letter is streamed, for its round trip is not what costs.
	aheadBudget = 1 << 20
	aheadLetter = 256 << 10
)

// Expect says which messages of the chunks that Heads yielded last Fetch will be
// asked for, in this order and behind those expected before: small ones then come
// several in one command, so that a letter does not cost a round trip. They are on
// their way at once, as far as they fit, while the caller sees to something else.
func (r *Reader) Expect(ctx context.Context, uids []uint32) {
	r.ahead.expected = append(r.ahead.expected, uids...)
	if r.width == 0 && r.s != nil {
		r.askAhead(ctx, 0)
	}
}

// askAhead sends for the messages that are expected from the given place on, as far as
// there is room for them.
func (r *Reader) askAhead(ctx context.Context, from int) {
	a := &r.ahead
	got, rest := r.batch(a.expected[from:], aheadBudget-a.bytes())
	if len(got.uids) == 0 {
		return
	}
	job := &fetchJob{set: setOf(got.uids), keep: aheadLetter, budget: 2 * aheadBudget, parts: []*imap.FetchItemBodySection{{Peek: true}}}
	got.volley = r.volley(ctx, job)
	a.coming, a.expected = append(a.coming, got), append(slices.Clone(a.expected[:from]), rest...)
}

// bytes is how many bytes of letters are here or on their way.
func (a *ahead) bytes() (n int64) {
	for _, b := range a.coming {
		n += b.size
	}
	for _, raw := range a.raw {
		n += int64(len(raw))
	}
	return n
}

// foreseen gives a message that came along with others, or fetches it with those
// expected after it. Whatever does not come this way is left to Fetch alone, which
// knows what to do about it; but the server is not waited for twice.
func (r *Reader) foreseen(ctx context.Context, uid uint32) ([]byte, error) {
	a := &r.ahead
	if a.raw[uid] == nil {
		if at := slices.Index(a.expected, uid); at >= 0 && r.several(at) {
			r.askAhead(ctx, at)
		}
		for slices.ContainsFunc(a.coming, func(b batch) bool { return slices.Contains(b.uids, uid) }) {
			if err := r.arrive(ctx); err != nil {
				return nil, err
			}
		}
	}
	raw := a.raw[uid]
	delete(a.raw, uid)
	a.expected = slices.DeleteFunc(a.expected, func(asked uint32) bool { return asked == uid }) // it is not asked for in vain
	if len(a.expected) > 0 && len(a.coming) == 0 && r.width == 0 && a.bytes() < aheadBudget/2 {
		r.askAhead(ctx, 0) // while the caller sees to this one
	}
	return raw, nil
}

// several reports whether the message at a place among those expected would come
// together with another. Alone it is better streamed.
func (r *Reader) several(at int) bool {
	b, _ := r.batch(r.ahead.expected[at:], aheadBudget)
	return len(b.uids) > 1 && b.uids[0] == r.ahead.expected[at]
}

// arrive waits for the batch that was sent first, and keeps what of it came whole.
func (r *Reader) arrive(ctx context.Context) error {
	b := r.ahead.coming[0]
	r.ahead.coming = r.ahead.coming[1:]
	err := r.await(b.volley)
	if b.err != nil { // to connect once more would be to wait once more
		return r.worded(ctx, b.err)
	}
	job := b.jobs[0]
	if err != nil {
		r.ahead = ahead{}
		if errors.Is(err, errSilent) {
			if at := job.stoppedAt(b.uids); at != 0 {
				r.strike(at)
			}
			return r.worded(ctx, err)
		}
	}
	if r.ahead.raw == nil {
		r.ahead.raw = map[uint32][]byte{}
	}
	for _, f := range job.got {
		if raw, _ := f.part(imap.PartSpecifierNone); !f.over && job.lacks(f) == nil && int64(len(raw)) == f.announced {
			r.ahead.raw[f.uid] = raw
		}
	}
	return nil
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

// batch takes from the front what fits into one command and into so much memory, and
// leaves out what is to come alone: that lies between letters which need not wait for it.
func (r *Reader) batch(expected []uint32, room int64) (b batch, rest []uint32) {
	for i, uid := range expected {
		switch size, _ := r.size(uid); {
		case size <= 0 || size > min(aheadLetter, r.o.MaxSize) || r.strikes[uid] > 0 || r.breaks[uid].All > 0:
			rest = append(rest, uid)
		case b.size+size > room:
			return b, append(rest, expected[i:]...)
		default:
			b.size, b.uids = b.size+size, append(b.uids, uid)
		}
	}
	return b, rest
}
