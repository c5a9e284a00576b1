package rules

// Words that no list has foreseen are no reason to lose a letter: one that speaks of
// personal data, in its subject or in the few words it has, and demands nothing that
// is recognised, is for a person.

// fewWords is the number of words up to which a text is read for what it speaks of:
// what is longer speaks of many things, and has footers that do.
const fewWords = 30

// about decides on such a letter.
func (c *letterCase) about() (decision, bool) {
	s, t := &c.subject, &c.text
	if len(s.evidence)+len(t.evidence) > 0 || t.words > 2*fewWords ||
		s.ordinary+s.asks+s.cancels+t.ordinary+t.asks+t.cancels+t.thanks+t.automatic+t.absence != "" {
		return decision{}, false
	}
	w := c.p.firstIn(s, c.p.speech.about)
	if w == "" && t.words <= fewWords {
		w = c.p.firstIn(t, c.p.speech.about)
	}
	if w == "" {
		return decision{}, false
	}
	return c.review(ReasonAbout, nil, w), true
}

// firstIn returns the words of the first pattern found in a sentence of a part, ""
// for none.
func (p *Policy) firstIn(t *part, patterns []pattern) string {
	for i := range t.sentences {
		if w := p.first(&t.sentences[i], patterns); w != "" {
			return w
		}
	}
	return ""
}
