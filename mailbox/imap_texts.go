package mailbox

import (
	"context"
	"errors"
	"sync"

	"github.com/emersion/go-imap/v2"
)

// Texts gives the first limit bytes of the body of each message, undecoded, in
// one command. A UID that is not in the map is gone from the folder, or cannot
// be had: Fetch says which.
func (r *Reader) Texts(ctx context.Context, uids []uint32, limit int64) (map[uint32][]byte, error) {
	var mu sync.Mutex
	texts := make(map[uint32][]byte, len(uids))
	err := r.EachText(ctx, []Stretch{{UIDs: uids, To: limit}}, func(uid uint32, text []byte) {
		mu.Lock()
		defer mu.Unlock()
		texts[uid] = text
	})(true)
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// Stretch is the bytes From..To of the bodies of some messages.
type Stretch struct {
	UIDs     []uint32
	From, To int64
}

// EachText is Texts for stretches of the bodies, each message in one of them. All
// are asked for at once, so that they cost one round trip, and handed over one by
// one as they come in, in any order: no more than one is held in memory. A message
// whose body ends in front of To gives fewer bytes, or none. yield may be called by
// several goroutines at once and must not use the Reader; the text is its own to
// keep, or to give back by ReuseText.
//
// EachText itself does not wait. Whoever calls it must call wait before anything else
// is asked of the same messages; what did not come by itself is seen to there, unless
// nobody wants it any more: then nothing is asked for.
func (r *Reader) EachText(ctx context.Context, stretches []Stretch, yield func(uid uint32, text []byte)) (wait func(mend bool) error) {
	all, jobs, messages := make([]*salvage, len(stretches)), make([]*fetchJob, len(stretches)), 0
	for i, t := range stretches {
		all[i] = r.texts(t, yield)
		jobs[i] = all[i].ask(setOf(t.UIDs), 0)
		messages += len(t.UIDs)
	}
	var v *volley
	if r.width == 0 && messages > 1 { // else little at a time
		v = r.volley(ctx, jobs...)
	}
	return func(mend bool) error {
		if v != nil {
			if err := r.takeTexts(v, all); err != nil {
				return r.worded(ctx, err)
			}
		}
		if !mend {
			return nil
		}
		for i, t := range stretches {
			if err := all[i].groups(ctx, all[i].missing(t.UIDs)); err != nil {
				return r.worded(ctx, err)
			}
		}
		return nil
	}
}

// texts asks for one stretch.
func (r *Reader) texts(t Stretch, yield func(uid uint32, text []byte)) *salvage {
	v := &salvage{have: map[uint32]*fetched{}, bad: map[uint32]lost{}}
	v.sweep = &sweep{r: r, ask: func(set imap.UIDSet, _ int) *fetchJob {
		part := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierText, Peek: true, Partial: &imap.SectionPartial{Offset: t.From, Size: t.To - t.From}}
		return &fetchJob{set: set, parts: []*imap.FetchItemBodySection{part}, keep: t.To - t.From, each: func(f *fetched) {
			text, _ := f.part(imap.PartSpecifierText)
			yield(f.uid, text)
		}}
	}}
	return v
}

// takeTexts takes what came of the stretches. What did not come is left to groups; an
// error is one that ends the pass.
func (r *Reader) takeTexts(v *volley, all []*salvage) error {
	err := r.await(v)
	if v.err != nil {
		return v.err
	}
	for i, s := range all {
		s.take(v.jobs[i])
	}
	if err == nil || !hopeless(err) {
		return nil
	}
	r.silenced(v.s, err)
	return err
}

// Memory of texts of up to usualText bytes is used again, as much of it as
// mostTexts take. A sync.Pool would lose it at every collection of garbage, of
// which there are dozens in a second.
const (
	usualText = 6656
	mostTexts = 32
)

var textMemory = make(chan *[usualText]byte, mostTexts)

// newText returns memory for a text of n bytes.
func newText(n int64) []byte {
	if n > usualText {
		return make([]byte, n)
	}
	select {
	case b := <-textMemory:
		return b[:n]
	default:
		return new([usualText]byte)[:n]
	}
}

// ReuseText gives back the memory of a text that EachText handed over. Nothing
// may look at it any more.
func ReuseText(text []byte) {
	if cap(text) != usualText {
		return
	}
	select {
	case textMemory <- (*[usualText]byte)(text[:usualText]):
	default:
	}
}

// groups fills all uids in one go, or in smaller ones after the server fell
// silent.
func (v *salvage) groups(ctx context.Context, uids []uint32) error {
	for len(uids) > 0 {
		n := min(len(uids), int(v.r.narrowed(uint32(len(uids)))))
		if err := v.fill(ctx, uids[:n]); err != nil {
			if errors.Is(err, errSilent) {
				v.r.narrow()
			}
			return err
		}
		uids = uids[n:]
	}
	return nil
}
