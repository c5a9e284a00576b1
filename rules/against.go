package rules

import (
	"cmp"
	"slices"
)

// Words beside a demand that give it another meaning: in its sentence, and in the
// letter around it.

// weighAgainst notes what a sentence says against a demand in it.
func (p *Policy) weighAgainst(r *sentenceReading, m *matcher, e *evidence) {
	e.against = p.first(r, m.counter)
	if e.against == "" && e.typo && besideTypo(r, m.counter) || e.level < exact && p.first(r, m.told) != "" {
		e.level = min(e.level, possible) // «претенизй нет», «отзывала согласие в мае»
	}
}

// besideTypo reports whether a pattern of several words is found, misspelt ones
// among them.
func besideTypo(r *sentenceReading, patterns []pattern) bool {
	for i := range patterns {
		if f, ok := patterns[i].find(r, true); ok && f.end-f.start > 1 {
			return true
		}
	}
	return false
}

// unspoken returns the words by which a letter shows that what a sentence of its
// text says is no demand of the writer's: an offer stands beside it, a receipt
// repeats it, or it is a matter with somebody else.
func (c *letterCase) unspoken(e *evidence) string {
	s, t := &c.subject, &c.text
	receipt := s.automatic // «Ваше письмо получено»
	if c.isReply() {
		receipt = "" // it is answered
	}
	if w := cmp.Or(s.ordinary, t.ordinary, receipt); w != "" && !slices.ContainsFunc(t.evidence, func(x evidence) bool { return x.kind == e.kind && x.personal && x.counts() }) {
		return w
	}
	for i := range t.sentences[:max(0, min(nearBy, len(t.sentences))-1)] {
		if w := c.firstInBoth(&t.sentences[i], &t.sentences[i+1], c.p.matches[e.kind].elsewhere); w != "" {
			return w
		}
	}
	return c.elsewhere(e.kind)
}

// nearBy is the number of sentences among which the matter of a letter is told.
const nearBy = 4

// elsewhere returns the words by which subject and text together show that
// the letter speaks of somebody else's matter: help with a claim against a bank.
func (c *letterCase) elsewhere(kind int) string {
	s, t := &c.subject, &c.text
	for i := range s.sentences {
		if w := c.p.first(&s.sentences[i], c.p.matches[kind].elsewhere); w != "" {
			return w
		}
		for j := range t.sentences[:min(2, len(t.sentences))] {
			if w := c.firstInBoth(&s.sentences[i], &t.sentences[j], c.p.matches[kind].elsewhere); w != "" {
				return w
			}
		}
	}
	return ""
}

// setAside turns the traces in a part that belong to somebody else's matter against
// themselves: «Резюме», "работал с жалобами клиентов".
func (c *letterCase) setAside(t *part) {
	own := false
	for i := range t.evidence {
		e := &t.evidence[i]
		if !e.counts() || e.kind == unnamed {
			continue
		}
		if w := c.besides(t, e); w != "" {
			if !own { // that of a subject is kept for the next look
				own, t.evidence = true, slices.Clone(t.evidence)
			}
			t.evidence[i].against = w
		}
	}
}

// besides returns the words by which the sentence of a piece of evidence, with the
// subject or with a sentence next to it, shows that it speaks of somebody else's matter.
func (c *letterCase) besides(t *part, e *evidence) string {
	list := c.p.matches[e.kind].elsewhere
	r := &t.sentences[e.sentence]
	switch {
	case len(list) == 0:
		return ""
	case t == &c.subject:
		return c.elsewhere(e.kind)
	}
	for i := range c.subject.sentences {
		if w := c.firstInBoth(&c.subject.sentences[i], r, list); w != "" {
			return w
		}
	}
	for _, i := range []int{e.sentence - 1, e.sentence + 1} {
		if i >= 0 && i < len(t.sentences) {
			if w := c.firstInBoth(r, &t.sentences[i], list); w != "" {
				return w
			}
		}
	}
	return ""
}
