package rules

import (
	"fmt"
	"slices"
)

// Circumstances is what staff found out about a request that its terms
// depend on.
type Circumstances struct {
	Consumer  *bool // nil: not known, which counts as yes
	Documents Date  // the day on which the proving documents came; zero: not on file
	Waits     []Wait
}

// DeadlineOptions is the section deadlines of the config.
type DeadlineOptions struct {
	// Statutory says whether the terms of the law are kept beside those of
	// the policy and the targets.
	Statutory bool

	// Targets are the operator's own targets in working days. One takes the
	// place of the policy file's target for the kind, or adds one.
	Targets map[Kind]int
}

// Due is a term applied to a request: on which day it ends, and from where it
// was counted. Calendar.Trace shows the count.
type Due struct {
	Kind Kind // whose term it is: differs between the candidates of a review
	Term Term
	From Date // the day after which the count starts

	// DayOne is the first working day after From. Calendar days are counted
	// from the day after From, whatever day that is.
	DayOne Date

	// Due is the last day of the term, until 24:00. It is zero while the term
	// stands still because the request waits for the requester.
	Due Date

	// Provisional says that the count reaches into a year whose calendar is
	// not published: Due can move.
	Provisional bool

	Waits []Wait // what was left out of the count, merged and in order
}

// Deadlines are the terms that run for a request.
type Deadlines struct {
	Terms []Due // in the order of the policy file; the operator's own target last
	ActBy Date  // the earliest of their ends; zero only while all stand still
}

// fallbackTarget is the target, in working days, of a kind for which no term
// is left.
const fallbackTarget = 1

// Deadlines returns the terms of the kind k for a letter received on a day,
// as they run under the circumstances ci. There is always at least one. The
// only error is a kind that the policy does not define.
func (p *Policy) Deadlines(c *Calendar, o DeadlineOptions, k Kind, received Date, ci Circumstances) (Deadlines, error) {
	rule, ok := p.Kind(k)
	if !ok {
		return Deadlines{}, fmt.Errorf("count deadlines: the policy defines no kind %q", k)
	}
	waits := mergeWaits(ci.Waits)
	terms := p.terms(rule, o)
	d := Deadlines{Terms: make([]Due, 0, max(len(terms), 1))}
	for _, t := range terms {
		if t.runs(o, received, ci) {
			d.Terms = append(d.Terms, c.due(k, t, t.start(received, ci), waits))
		}
	}
	if len(d.Terms) == 0 {
		t := p.ownTarget(rule, fallbackTarget)
		d.Terms = append(d.Terms, c.due(k, t, rule.start(received, ci), waits))
	}
	d.ActBy = earliest(d.Terms)
	return d, nil
}

// ReviewDeadlines returns what is due for a letter on which a person must
// decide: the target of the decision, and meanwhile the terms of every kind
// that it might be. Candidates that the policy does not define are left out.
func (p *Policy) ReviewDeadlines(c *Calendar, o DeadlineOptions, candidates []Kind, received Date) Deadlines {
	decide := Term{
		ID: string(SourceTarget), Source: SourceTarget, Name: p.ReviewName, Basis: p.TargetBasis,
		Days: max(p.ReviewTarget, 1), Unit: WorkingDays,
	}
	d := Deadlines{Terms: []Due{c.due("", decide, received, nil)}}
	for i, k := range candidates {
		if slices.Contains(candidates[:i], k) {
			continue
		}
		of, err := p.Deadlines(c, o, k, received, Circumstances{})
		if err == nil {
			d.Terms = append(d.Terms, of.Terms...)
		}
	}
	d.ActBy = earliest(d.Terms)
	return d
}

// terms returns the terms of a kind with the operator's target among them.
func (p *Policy) terms(r *KindRule, o DeadlineOptions) []Term {
	days := o.Targets[r.ID]
	if days < 1 {
		return r.Terms
	}
	terms := slices.Clone(r.Terms)
	for i := range terms {
		if terms[i].Source == SourceTarget {
			terms[i].Days, terms[i].Unit = days, WorkingDays
			return terms
		}
	}
	return append(terms, p.ownTarget(r, days))
}

// ownTarget returns a target that the policy file does not state. What is due
// is what is due by the last of the kind's terms that every request has.
func (p *Policy) ownTarget(r *KindRule, days int) Term {
	t := Term{ID: string(SourceTarget), Source: SourceTarget, Name: r.Name, Basis: p.TargetBasis, Days: days, Unit: WorkingDays}
	for _, stated := range r.Terms {
		if stated.Condition == "" && stated.Until == "" {
			t.Name = stated.Name
		}
	}
	return t
}

// start returns the day after which a target for the kind counts: that of the
// documents where a term of the kind waits for them.
func (r *KindRule) start(received Date, ci Circumstances) Date {
	from := received
	for _, t := range r.Terms {
		from = later(from, t.start(received, ci))
	}
	return from
}

// Conditions of terms (Term.Condition, Term.Until): who may be a consumer, and whether the
// proving documents are on file.
const (
	ConditionConsumer  = "consumer"
	ConditionDocuments = "documents"
)

// runs reports whether the term runs for a request received on a day.
func (t Term) runs(o DeadlineOptions, received Date, ci Circumstances) bool {
	switch {
	case t.Source == SourceLaw && !o.Statutory,
		!t.ValidFrom.IsZero() && received.Before(t.ValidFrom),
		!t.ValidTo.IsZero() && received.After(t.ValidTo):
		return false
	}
	consumer := ci.Consumer == nil || *ci.Consumer
	documents := !ci.Documents.IsZero()
	switch {
	case t.Condition == ConditionConsumer && !consumer,
		t.Condition == ConditionDocuments && !documents,
		t.Until == ConditionConsumer && consumer,
		t.Until == ConditionDocuments && documents:
		return false
	}
	return true
}

// start returns the day after which the term counts.
func (t Term) start(received Date, ci Circumstances) Date {
	if t.Condition == ConditionDocuments {
		return later(received, ci.Documents)
	}
	return received
}

func later(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}

func earliest(terms []Due) (first Date) {
	for i := range terms {
		if due := terms[i].Due; !due.IsZero() && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	return first
}
