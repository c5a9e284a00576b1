package desk

import (
	"context"
	"slices"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// repliesTo looks at the requests that a letter may answer: it names one of their letters,
// or of ours about them, as what it replies to, or it has their number in its subject. A
// number in the text counts where the letter would be no request without it.
func (d *Desk) repliesTo(ctx context.Context, l *letter, f rules.Facts, person string) (thread, error) {
	var t thread
	refs := references(l.msg)
	recorded, err := d.Store.Answers(ctx, refs)
	if err != nil {
		return t, err
	}
	ours, named := len(recorded) > 0 || len(d.ourIDs(l.msg)) > 0, numbersIn(l.msg.Subject)
	var mentioned []string
	if l.finding.Verdict == rules.None {
		mentioned = numbersIn(l.msg.Text)
	}
	list, at, err := d.nearest(ctx, refs, named, mentioned)
	if err != nil || len(list) == 0 {
		return t, err
	}
	own, err := d.Store.WroteIn(ctx, person, numbersOfBriefs(list))
	if err != nil {
		return t, err
	}
	staff, wants := d.byStaff(l.msg), l.finding.Verdict != rules.None
	mine, near := list[:0], 0 // the person's requests, and how many of them are the nearest
	for i := range list {
		r := &list[i]
		told := ours || at[r.Number] == stepSubject || slices.Contains(named, r.Number)
		switch {
		case !slices.Contains(own, r.Number):
			if told {
				t.lookAt(strangerCode(ours), r.Number)
			}
		case staff && told:
			t.lookAt(codePassedOn, r.Number)
		case staff && !wants:
			t.maybe(r.Number)
		default:
			if mine = append(mine, *r); at[r.Number] == at[mine[0].Number] {
				near++
			}
		}
	}
	d.joinNearest(&t, mine, near, f, l.finding)
	return t, nil
}

// joinNearest makes the letter join those of the person's requests that it is about: of the
// nearest what is not closed, and what is closed and demanded again. A letter that demands
// nothing new answers those that wait for the person, and if none does, opens what is
// closed. A demand that none of the nearest knows is looked for in the others, and is new if
// none of those knows it.
func (d *Desk) joinNearest(t *thread, list []store.Brief, near int, f rules.Facts, found rules.Finding) {
	wants := found.Verdict != rules.None && len(found.Kinds) > 0
	t.as, t.anew = codeReply, wants && !covered(found, list[:near])
	waits := false
	for i := range list[:near] {
		waits = waits || list[i].Status == store.StatusWaiting
	}
	for i := range list {
		r, joins := &list[i], false
		switch {
		case i >= near:
			joins = t.anew && covered(found, list[i:i+1])
			t.anew = t.anew && !joins
		case !r.Status.Closed():
			joins = true
		case wants:
			joins = !t.anew && slices.ContainsFunc(found.Kinds, r.Demands)
		default:
			joins = !waits
		}
		if joins {
			d.join(t, r, f)
		} else {
			t.maybe(r.Number)
		}
	}
	if len(t.joins) > 0 {
		t.look = rules.Reason{}
	}
}

// stepSubject is the step of nearest of those whose numbers stand in the subject.
const stepSubject = 2

// nearest lists the requests that a letter may answer, the nearest first: those that
// In-Reply-To names, then those of older references, then those whose numbers stand in the
// subject, then in the text; at says in which step. In the place of a request that was
// linked to another stands that other one.
func (d *Desk) nearest(ctx context.Context, refs, named, mentioned []string) (list []store.Brief, at map[string]int, err error) {
	at = map[string]int{}
	for step, names := range [][]string{refs[:min(len(refs), 1)], refs, named, mentioned} {
		if step < stepSubject {
			if names, err = d.Store.ByMessageID(ctx, names); err != nil {
				return nil, nil, err
			}
		}
		more, err := d.Store.Briefs(ctx, names)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range more {
			if r, err = d.bearer(ctx, r); err != nil {
				return nil, nil, err
			}
			if _, known := at[r.Number]; !known {
				at[r.Number], list = step, append(list, r)
			}
		}
	}
	return list, at, nil
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

// join makes the letter join the request r. If the person has written, a request that waits
// for the requester waits no longer, and a closed one is opened again. A letter that only
// thanks, or that a program wrote by itself, wakes nothing.
func (d *Desk) join(t *thread, r *store.Brief, f rules.Facts) {
	wakes := reopenedStatus(r.Status) != r.Status && !d.Policy.Automatic(f) && !d.Policy.OnlyThanks(f) && !d.Policy.OnlyReceipt(f)
	t.joins = append(t.joins, joining{r.Number, r.Revision, wakes})
}

// joined are the changes of the requests that a further letter joins.
func (d *Desk) joined(ctx context.Context, t thread, l store.Letter, who Actor) (list []store.Change, err error) {
	for _, j := range t.joins {
		c, err := d.joinedBy(ctx, j, l, who)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// joinedBy is the change of a request that a further letter joins. A request may have many
// letters, so it is not read where the letter changes nothing else.
func (d *Desk) joinedBy(ctx context.Context, j joining, l store.Letter, who Actor) (store.Change, error) {
	a := act{who: who, code: store.EventJoined, answered: rules.DateIn(l.ReceivedAt, d.Zone), letter: true}
	if !j.wakes && !documentsCame(l.Attachments) {
		return store.Change{Number: j.number, Revision: j.revision, Event: a.event()}, nil
	}
	r, err := d.Store.Request(ctx, j.number)
	if err != nil {
		return store.Change{}, err
	}
	is := r
	if is.Letters = append(r.Letters[:len(r.Letters):len(r.Letters)], l); j.wakes {
		is.Status = reopenedStatus(r.Status)
	}
	c, err := d.becomes(ctx, r, is, a)
	c.Revision = j.revision // what it was when the letter was found to wake it
	return c, err
}

// covered reports whether what a letter demands is all demanded by the requests.
func covered(f rules.Finding, list []store.Brief) bool {
	for _, k := range f.Kinds {
		known := false
		for i := range list {
			known = known || list[i].Demands(k)
		}
		if !known {
			return false
		}
	}
	return true
}
