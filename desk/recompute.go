package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Causes of a recomputation, for the history.
const (
	causeCalendar = "calendar" // other days off, or another week
	causeSettings = "settings" // deadlines.statutory or deadlines.targets
)

// Recomputation says what a changed calendar did to the open requests.
type Recomputation struct {
	Counted int      // how many open requests were looked at; 0 if nothing had changed
	Changed int      // how many of them have another last day of any term now
	Moved   []Moved  // days to act by that became others
	Nearer  []Moved  // terms that end earlier now, of requests whose day to act by does not
	Kept    []string // numbers of requests that keep their dates, since their policy edition cannot be read
}

// Recompute counts the dates of every request that is not closed anew, if the calendar or
// the deadline options are others than last time. If they are not, then with always it
// counts those requests anew that changed since the last time: a process that still used
// the old calendar may have registered them. Each request keeps the policy edition of its
// receipt.
//
// All dates move in one transaction; the history has the old and the new date of each, the
// cause and the count. Closed requests are not touched.
func (d *Desk) Recompute(ctx context.Context, always bool) (Recomputation, error) {
	var done Recomputation
	if err := d.initBasis(ctx); err != nil {
		return done, err
	}
	cause, err := d.changed(ctx)
	if err != nil || cause == "" && !always {
		return done, err
	}
	after := int64(0)
	if cause == "" {
		if after, err = d.recountedTo(ctx); err != nil || after < 0 {
			return done, err
		}
		cause = causeCalendar
	}
	known := map[string]*store.Recount{}
	err = d.Store.Recompute(ctx, store.Recomputation{Cause: cause, Basis: d.basis(), After: after, Count: func(r store.Request) (*store.Recount, error) {
		var n *store.Recount
		err := mailbox.Survive(func() (err error) { n, err = d.recount(ctx, r, known); return err })
		if errors.Is(err, errUncountable) {
			done.Kept = append(done.Kept, r.Number)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		done.Counted++
		if n.ActBy == r.ActBy && sameDates(n.Terms, r.Terms) {
			return nil, nil
		}
		done.note(r, n)
		return n, nil
	}}, d.Now())
	if err != nil {
		return Recomputation{}, err
	}
	for _, list := range [][]Moved{done.Moved, done.Nearer} {
		sort.SliceStable(list, func(i, j int) bool { return list[i].New.Before(list[j].New) })
	}
	return done, nil
}

// recountedTo returns the number of the event up to which all dates are known to be counted
// by the present calendar; -1 if that is the last event, and nothing is left to count.
func (d *Desk) recountedTo(ctx context.Context) (int64, error) {
	to, err := d.eventIn(ctx, store.MetaRecounted)
	if err != nil {
		return 0, err
	}
	last, err := d.Store.LastEvent(ctx)
	if err != nil || to == last {
		return -1, err
	}
	return to, nil
}

// note keeps what the count n changes for the request r.
func (done *Recomputation) note(r store.Request, n *store.Recount) {
	days := movedDays(r.Number, lastDaysOf(r.ActBy, r.Terms), lastDaysOf(n.ActBy, n.Terms))
	if len(days) > 0 {
		done.Changed++
	}
	if n.ActBy != r.ActBy {
		done.Moved = append(done.Moved, days[0])
	}
	for _, m := range earlier(days) {
		if m.Term != "" {
			done.Nearer = append(done.Nearer, m)
		}
	}
}

// errUncountable says that the dates of a request cannot be counted: there is
// no text of its policy edition, or the edition does not know its kind.
var errUncountable = errors.New("the dates cannot be counted")

// recount counts the dates of a request. Requests that have in common all that dates rest
// on are counted once; known keeps their counts.
func (d *Desk) recount(ctx context.Context, r store.Request, known map[string]*store.Recount) (*store.Recount, error) {
	key := r.Policy.Digest + restsOn(r)
	if n, ok := known[key]; ok {
		return n, nil
	}
	p, due, err := d.counted(ctx, r)
	if err != nil {
		return nil, err
	}
	n := &store.Recount{Terms: terms(due), ActBy: due.ActBy, Trace: d.trace(p, r.ReceivedOn, due)}
	known[key] = n
	return n, nil
}

// counted counts the terms of a request by the policy edition of its receipt.
// errUncountable: they cannot be counted.
func (d *Desk) counted(ctx context.Context, r store.Request) (p *rules.Policy, due rules.Deadlines, err error) {
	if p, err = d.policyOf(ctx, r.Policy); err == nil {
		due, err = d.deadlines(p, r)
	} else if !errors.Is(err, ErrPolicy) {
		return nil, due, err
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", errUncountable, err)
	}
	return p, due, err
}

// changed returns what differs from the last time that dates were computed: a cause, or ""
// for nothing. In a register whose dates were never computed nothing differs.
func (d *Desk) changed(ctx context.Context) (string, error) {
	days, err := d.Store.Meta(ctx, store.MetaCalendarDigest)
	if err != nil {
		return "", err
	}
	settings, err := d.Store.Meta(ctx, store.MetaDeadlines)
	if err != nil {
		return "", err
	}
	switch {
	case days == "":
		return "", nil
	case days != d.Calendar.Digest():
		return causeCalendar, nil
	case settings != d.settings():
		return causeSettings, nil
	}
	return "", nil
}

// basis tells by which calendar and options dates are counted, as the register keeps it.
func (d *Desk) basis() map[string]string {
	return map[string]string{store.MetaCalendarDigest: d.Calendar.Digest(), store.MetaDeadlines: d.settings()}
}

// initBasis writes into a new register by what its dates will be counted.
func (d *Desk) initBasis(ctx context.Context) error {
	if days, err := d.Store.Meta(ctx, store.MetaCalendarDigest); err != nil || days != "" {
		return err
	}
	for name, value := range d.basis() {
		if err := d.Store.SetMeta(ctx, name, value); err != nil {
			return err
		}
	}
	return d.KeepZone(ctx)
}

// settings writes the deadline options in one form.
func (d *Desk) settings() string {
	text, _ := json.Marshal(d.Deadlines) // a bool and numbers always marshal
	return string(text)
}

// sameDates reports whether two computations of the same terms agree.
func sameDates(a, b []store.Term) bool {
	return slices.EqualFunc(a, b, func(a, b store.Term) bool {
		return a.ID == b.ID && a.Kind == b.Kind && a.Days == b.Days && a.From == b.From && a.DayOne == b.DayOne && a.Due == b.Due && a.Provisional == b.Provisional
	})
}

// causeOf is why terms of a request end on other days, of which nothing else has changed; ""
// if they do not.
func causeOf(was, is []store.Term) (cause string) {
	if len(was) != len(is) {
		return causeSettings
	}
	for i, t := range is {
		switch {
		case t.ID != was[i].ID || t.Days != was[i].Days:
			return causeSettings
		case t.Due != was[i].Due:
			cause = causeCalendar
		}
	}
	return cause
}

// ErrPolicy says that the text of a policy edition is not at hand.
var ErrPolicy = errors.New("the policy edition of the request cannot be read")

// policyOf returns the policy edition that a request names.
func (d *Desk) policyOf(ctx context.Context, ref store.PolicyRef) (*rules.Policy, error) {
	if ref.Digest == "" || ref.Digest == d.Policy.Digest {
		return d.Policy, nil
	}
	if p, ok := d.editions[ref.Digest]; ok {
		if p == nil {
			return nil, &store.About{What: ref.Edition.String(), Err: ErrPolicy}
		}
		return p, nil
	}
	text, err := d.Store.Meta(ctx, store.MetaPolicy+ref.Digest)
	if err != nil {
		return nil, err
	}
	p, err := rules.ParsePolicy([]byte(text))
	if err != nil || p.Digest != ref.Digest {
		d.editions[ref.Digest] = nil
		return nil, &store.About{What: ref.Edition.String(), Err: ErrPolicy}
	}
	d.editions[ref.Digest] = p
	return p, nil
}
