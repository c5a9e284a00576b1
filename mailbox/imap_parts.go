package mailbox

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

// partHeads asks for PartHeads, in their order, and for no bytes of the parts
// themselves.
var partHeads = func() (all []*imap.FetchItemBodySection) {
	for n := range outerParts + innerParts {
		at := []int{n + 1}
		if n >= outerParts {
			at = []int{1, n - outerParts + 1}
		}
		all = append(all, &imap.FetchItemBodySection{Specifier: imap.PartSpecifierMIME, Part: at, Peek: true})
	}
	return all
}()

// sectionKey tells the sections of a message apart: by specifier, and for a part
// within it by its place among PartHeads.
func sectionKey(s *imap.FetchItemBodySection) imap.PartSpecifier {
	if len(s.Part) == 0 {
		return s.Specifier
	}
	return imap.PartSpecifier(rune('a' + partIndex(s.Part)))
}

// EachPartHeads asks for the heads of the parts of each message, in one command,
// and wait hands over what came. A message that is not among it must be read whole: to
// ask for heads is thrift, and a server that cannot say them, or breaks over them,
// is soon not asked any more.
func (r *Reader) EachPartHeads(ctx context.Context, uids []uint32, yield func(uid uint32, heads *PartHeads)) (wait func(mend bool) error) {
	if len(uids) == 0 || r.headless >= tries {
		return func(bool) error { return nil }
	}
	job := &fetchJob{set: setOf(uids), parts: partHeads, keep: maxPartHeader + 1, budget: headBudget}
	var v *volley
	if r.width == 0 {
		v = r.volley(ctx, job)
	}
	return func(mend bool) error {
		if v == nil && !mend {
			return nil
		}
		if v == nil { // after silence nothing goes beside it
			v = r.volley(ctx, job)
		}
		err := r.await(v)
		if v.err != nil || ctx.Err() != nil {
			return err
		}
		if !busy(err) {
			r.headless++
		}
		if errors.Is(err, errSilent) {
			return r.worded(ctx, err)
		}
		for uid, f := range job.got {
			if f.over || job.lacks(f) != nil {
				continue
			}
			if err == nil {
				r.headless = 0
			}
			var heads PartHeads
			for i, s := range partHeads {
				heads[i], _ = f.part(sectionKey(s))
			}
			yield(uid, &heads)
		}
		return nil
	}
}
