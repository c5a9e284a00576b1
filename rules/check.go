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
func (p *Policy) Check() []*PolicyFault {
	p.recognise()
	p.lined.Do(p.findLines)
	var out []*PolicyFault
	for i := range p.proofs {
		if f := p.prove(&p.proofs[i]); f != nil {
			out = append(out, f)
		}
	}
	out = append(out, p.collisions()...)
	out = append(out, p.idle()...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Line < out[j].Line })
	return out
}

// findLines notes where in the file stands what a check may find fault with. Letters
// are read without: to find a line the whole file is read once more.
func (p *Policy) findLines() {
	b := &policyReader{data: p.Source()}
	for _, name := range p.lexicon.groups {
		p.lexicon.lines = append(p.lexicon.lines, b.line(path{"words", name}))
	}
	inList := func(at path, patterns []pattern) {
		for i := range patterns {
			patterns[i].line = b.line(at.with(i))
		}
	}
	for _, l := range p.speech.lists(new(rawSpeech)) {
		inList(path{"speech", l.key}, *l.list)
	}
	marks, proofs := p.marks, p.proofs // those that are not found yet
	for k := range p.matches {
		at := path{"kinds", k}
		p.kindLines = append(p.kindLines, b.line(at))
		for _, l := range p.matches[k].lists(new(rawKind)) {
			inList(at.with(l.key), *l.list)
		}
		for i := 0; len(marks) > 0 && marks[0].kind == k; i++ {
			marks[0].line = b.line(at.with("marks", i))
			marks = marks[1:]
		}
		for i, verdict := range []Verdict{Request, Review, None} {
			key := []string{"examples", "doubtful", "not"}[i]
			for i := 0; len(proofs) > 0 && proofs[0].kind == p.Kinds[k].ID && proofs[0].verdict == verdict; i++ {
				proofs[0].line = b.line(at.with(key, i))
				proofs = proofs[1:]
			}
		}
	}
}

// prove classifies one example and says what is wrong with the outcome, nil for
// nothing.
func (p *Policy) prove(e *proof) *PolicyFault {
	own := p.Own()
	f := p.Classify(Facts{
		Subject: e.subject, Text: e.text,
		From: []Address{{Addr: "person@example.com"}}, To: []Address{{Addr: p.Operator.Address}},
	}, own)
	letter := strings.TrimSuffix(e.subject+" // "+e.text, " // ")
	outcome := fmt.Sprintf("%s %v (%s %s)", f.Verdict, f.Kinds, f.Reason.Code, strings.Join(f.Reason.Args, "; "))
	switch {
	case f.Verdict != e.verdict:
	case e.verdict == None, slices.Contains(f.Kinds, e.kind):
		return nil
	}
	code := map[Verdict]string{Request: "example", Review: "doubtful", None: "not"}[e.verdict]
	return &PolicyFault{e.line, code, []string{letter, string(e.kind), outcome}}
}

// faults are collected.
type faults []*PolicyFault

//go:noinline
func (f *faults) add(line int, code string, args ...string) {
	*f = append(*f, &PolicyFault{line, code, args})
}

// collisions finds marks of different kinds that stand in one another, or
// that the search for misspelt marks takes for one another.
func (p *Policy) collisions() []*PolicyFault {
	var out faults
	for i := range p.marks {
		for j := range p.marks {
			a, b := &p.marks[i], &p.marks[j]
			if a.kind == b.kind || i == j {
				continue
			}
			inside := strings.Contains(b.words, a.words)
			alike := a.letters != nil && a.within(letters(b.words))
			if inside && (a.words != b.words || i < j) || !inside && alike && i < j {
				out.add(a.line, "alike", a.Text, string(p.Kinds[a.kind].ID), b.Text, string(p.Kinds[b.kind].ID))
			}
		}
	}
	return out
}

// idle finds what has no effect: groups in no pattern, patterns that forbid
// what they need, kinds that nothing recognises or that have no examples.
func (p *Policy) idle() []*PolicyFault {
	var out faults
	used := map[int]bool{p.lexicon.numbers[groupNot]: true, p.lexicon.numbers[groupModal]: true, p.lexicon.numbers[groupAlike]: true, p.lexicon.numbers[groupValue]: true}
	check := func(patterns []pattern) {
		for i := range patterns {
			t := &patterns[i]
			for _, slot := range slices.Concat(t.slots, t.not, t.apart) {
				used[int(slot/2)] = true
			}
			forbidsItself := func(slot int32) bool { return t.needs(slot) && slices.Contains(t.slots, slot) }
			if slices.ContainsFunc(t.not, forbidsItself) || slices.ContainsFunc(t.apart, forbidsItself) {
				out.add(t.line, "never", t.source)
			}
		}
	}
	for _, l := range p.speech.lists(new(rawSpeech)) {
		check(*l.list)
	}
	for k := range p.matches {
		m := &p.matches[k]
		for _, l := range m.lists(new(rawKind)) {
			check(*l.list)
		}
		id := p.Kinds[k].ID
		if !slices.ContainsFunc(p.proofs, func(e proof) bool { return e.kind == id && e.verdict != None }) {
			out.add(p.kindLines[k], "unproved", string(id))
		}
	}
	for g, name := range p.lexicon.groups {
		if !used[g] {
			out.add(p.lexicon.lines[g], "unused", name)
		}
	}
	return out
}
