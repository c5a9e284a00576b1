package rules

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Check lets the policy prove itself: each of its examples must get the
// verdict under which it stands, marks of different kinds must not be taken
// for each other, and nothing in the file may be without effect. Problems come
// in the order of the file; a policy without problems returns none.
func (p *Policy) Check() []Problem {
	p.recognise()
	var out []Problem
	for i := range p.proofs {
		if s := p.prove(&p.proofs[i]); s != "" {
			out = append(out, Problem{p.proofs[i].line, s})
		}
	}
	out = append(out, p.collisions()...)
	out = append(out, p.idle()...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Line < out[j].Line })
	return out
}

// prove classifies one example and says what is wrong with the outcome.
func (p *Policy) prove(e *proof) string {
	own := p.Own()
	f := p.Classify(Facts{
		Subject: e.subject, Text: e.text,
		From: []Address{{Addr: "person@example.com"}}, To: []Address{{Addr: p.Operator.Address}},
	}, own)
	letter := strings.TrimSuffix(e.subject+" // "+e.text, " // ")
	outcome := fmt.Sprintf("%s %v (%s %s)", f.Verdict, f.Kinds, f.Reason.Code, strings.Join(f.Reason.Args, "; "))
	switch {
	case f.Verdict != e.verdict:
	case e.verdict == None:
		return ""
	case slices.Contains(f.Kinds, e.kind):
		return ""
	}
	switch e.verdict {
	case Request:
		return fmt.Sprintf("example %q of kind %s becomes %s: add its words to a group, or a pattern to demands", letter, e.kind, outcome)
	case Review:
		return fmt.Sprintf("doubtful example %q of kind %s becomes %s: add a pattern to traces, or move the example", letter, e.kind, outcome)
	}
	return fmt.Sprintf("%q is no request of kind %s, yet becomes %s: add a pattern to counter, or narrow a demand with !group", letter, e.kind, outcome)
}

// collisions finds marks of different kinds that stand in one another, or
// that the search for misspelt marks takes for one another.
func (p *Policy) collisions() []Problem {
	var out []Problem
	for i := range p.marks {
		for j := range p.marks {
			a, b := &p.marks[i], &p.marks[j]
			if a.kind == b.kind || i == j {
				continue
			}
			inside := strings.Contains(b.words, a.words)
			alike := a.letters != nil && a.within(letters(b.words))
			if inside && (a.words != b.words || i < j) || !inside && alike && i < j {
				out = append(out, Problem{a.line, fmt.Sprintf(
					"mark %q of kind %s cannot be told from %q of kind %s: make one of them longer or drop it",
					a.Text, p.Kinds[a.kind].ID, b.Text, p.Kinds[b.kind].ID)})
			}
		}
	}
	return out
}

// idle finds what has no effect: groups in no pattern, patterns that forbid
// what they need, kinds that nothing recognises or that have no examples.
func (p *Policy) idle() []Problem {
	var out []Problem
	used := map[int]bool{p.lexicon.numbers[groupNot]: true, p.lexicon.numbers[groupModal]: true, p.lexicon.numbers[groupAlike]: true}
	check := func(patterns []pattern) {
		for i := range patterns {
			t := &patterns[i]
			for _, slot := range slices.Concat(t.slots, t.not) {
				used[slot/2] = true
			}
			if t.need.meets(&t.forbid) {
				out = append(out, Problem{t.line, fmt.Sprintf("pattern %q forbids a group that it needs: it never matches", t.source)})
			}
		}
	}
	for _, list := range p.speech.all() {
		check(*list)
	}
	for k := range p.matches {
		m := &p.matches[k]
		for _, list := range m.all() {
			check(*list)
		}
		id := p.Kinds[k].ID
		if !slices.ContainsFunc(p.proofs, func(e proof) bool { return e.kind == id && e.verdict != None }) {
			out = append(out, Problem{p.kindLines[k], fmt.Sprintf("kind %s has no examples: nothing proves that it is recognised", id)})
		}
	}
	for g, name := range p.lexicon.groups {
		if !used[g] {
			out = append(out, Problem{p.lexicon.lines[g], fmt.Sprintf("group %q is used by no pattern: use it or remove it", name)})
		}
	}
	return out
}
