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
	parts := []*part{s}
	if t.words <= fewWords {
		parts = append(parts, t)
	}
	for _, x := range parts {
		for i := range x.sentences {
			if w := c.p.first(&x.sentences[i], c.p.speech.about); w != "" {
				return c.review(ReasonUnnamed, nil, w), true
			}
		}
	}
	return decision{}, false
}
