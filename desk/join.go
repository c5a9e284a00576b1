package desk

import (
	"context"
	"slices"
	"sort"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// answered looks at the requests that a letter may answer: it names one of their letters,
// or of ours about them, as what it replies to, or it has their number in its subject.
func (d *Desk) answered(ctx context.Context, l *letter, f rules.Facts, person string) (thread, error) {
	var t thread
	refs := references(l.msg)
	recorded, err := d.Store.Answers(ctx, refs)
	if err != nil {
		return t, err
	}
	ours, named := len(recorded) > 0 || len(d.ourIDs(l.msg)) > 0, d.numbersIn(l.msg.Subject)
	list, byNumber, err := d.nearest(ctx, refs, named)
	if err != nil || len(list) == 0 {
		return t, err
	}
	own, err := d.Store.WroteIn(ctx, person, numbersOfBriefs(list))
	if err != nil {
		return t, err
	}
	for _, r := range list {
		byNumber := byNumber[r.Number]
		switch {
		case !slices.Contains(own, r.Number):
			if ours || byNumber {
				t.lookAt(strangerCode(ours), r.Number)
			}
		case d.byStaff(l.msg) && (ours || byNumber):
			t.lookAt(codePassedOn, r.Number)
		case (ours || byNumber || l.finding.Verdict != rules.None) && adds(r, l.finding):
			return d.joining(r, f, codeReply), nil
		default:
			t.maybe(r.Number)
		}
	}
	return t, nil
}

// nearest lists the requests that a letter may answer, the likeliest first: those that
// In-Reply-To names, then those of older references, then those whose numbers stand in the
// subject; of those that are equally near, one that waits for the person comes first. In
// the place of a request that was linked to another stands that other one. byNumber says
// which of them the subject names.
func (d *Desk) nearest(ctx context.Context, refs, named []string) (list []store.Brief, byNumber map[string]bool, err error) {
	byNumber = map[string]bool{}
	add := func(numbers []string, subject bool) error {
		more, err := d.Store.Briefs(ctx, numbers)
		if err != nil {
			return err
		}
		for i := range more {
			if more[i], err = d.bearer(ctx, more[i]); err != nil {
				return err
			}
			byNumber[more[i].Number] = byNumber[more[i].Number] || subject
		}
		waits := func(i int) bool { return more[i].Status == store.StatusWaiting }
		sort.SliceStable(more, func(i, j int) bool { return waits(i) && !waits(j) })
		for _, r := range more {
			if !slices.ContainsFunc(list, func(x store.Brief) bool { return x.Number == r.Number }) {
				list = append(list, r)
			}
		}
		return nil
	}
	for _, ids := range [][]string{refs[:min(len(refs), 1)], refs} {
		numbers, err := d.Store.ByMessageID(ctx, ids)
		if err != nil {
			return nil, nil, err
		}
		if err := add(numbers, false); err != nil {
			return nil, nil, err
		}
	}
	return list, byNumber, add(named, true)
}

// bearer is the request that answers for the letters of r: the one that r was linked to,
// else r itself.
func (d *Desk) bearer(ctx context.Context, r store.Brief) (store.Brief, error) {
	for range mostLinks {
		into := linkedTo(r.Outcome)
		if into == "" || !r.Status.Closed() {
			break
		}
		next, err := d.Store.Briefs(ctx, []string{into})
		if err != nil || len(next) == 0 {
			return r, err
		}
		r = next[0]
	}
	return r, nil
}

// mostLinks is how many links from one request to the next are followed.
const mostLinks = 10

func numbersOfBriefs(list []store.Brief) []string {
	numbers := make([]string, len(list))
	for i, r := range list {
		numbers[i] = r.Number
	}
	return numbers
}

// joining says that a letter joins the request r, and as what. If the person has written, a
// request that waits for the requester waits no longer, and a closed one is opened again. A
// letter that only thanks, or that a program wrote by itself, wakes nothing.
func (d *Desk) joining(r store.Brief, f rules.Facts, as string) thread {
	wakes := again(r.Status) != r.Status && !d.Policy.Automatic(f) && !d.Policy.OnlyThanks(f)
	return thread{join: r.Number, as: as, revision: r.Revision, wakes: wakes}
}

// joined is the change of the request that a further letter joins. A request may have many
// letters, so it is not read where the letter changes nothing else.
func (d *Desk) joined(ctx context.Context, t thread, l store.Letter, who Actor) (*store.Change, error) {
	a := act{who: who, code: store.EventJoined, answered: rules.DateIn(l.ReceivedAt, d.Zone), letter: true}
	if !t.wakes && !documentsCame(l.Attachments) {
		return &store.Change{Number: t.join, Revision: t.revision, Event: a.event()}, nil
	}
	r, err := d.Store.Request(ctx, t.join)
	if err != nil {
		return nil, err
	}
	is := r
	if is.Letters = append(r.Letters[:len(r.Letters):len(r.Letters)], l); t.wakes {
		is.Status = again(r.Status)
	}
	c, err := d.becomes(ctx, r, is, a)
	c.Revision = t.revision // what it was when the letter was found to wake it
	return &c, err
}

// adds reports whether a letter with this finding only adds to the request,
// rather than demanding something else.
func adds(r store.Brief, f rules.Finding) bool {
	if f.Verdict == rules.None {
		return true
	}
	known := append(slices.Clone(r.Candidates), r.Kind)
	return !slices.ContainsFunc(f.Kinds, func(k rules.Kind) bool { return !slices.Contains(known, k) })
}
