package rules

import "slices"

// named reads what a short subject names together with the order that opens the text,
// where both are no more than a trace: «Деньги», "Верните." A person judges.
func (c *letterCase) named() (decision, bool) {
	s, t := &c.subject, &c.text
	from := c.p.greetings(t)
	if s.words == 0 || s.words > shortSubject || from == len(t.sentences) || s.ordinary+s.asks+t.asks+t.cancels != "" || s.personal || len(s.evidence)+len(t.evidence) > 0 {
		return decision{}, false
	}
	a, b := &s.sentences[len(s.sentences)-1], &t.sentences[from]
	if !c.p.orders(b) {
		return decision{}, false
	}
	both := together(c.arena, a, b)
	for k := range c.p.matches {
		m := &c.p.matches[k]
		for i := range m.traces {
			f, ok := m.traces[i].find(&both, true)
			if ok && f.start < len(a.tokens) && f.end > len(a.tokens) && c.p.first(&both, m.counter) == "" {
				return c.review(ReasonPossible, []int{k}, wordsOf(&both, f)), true
			}
		}
	}
	return decision{}, false
}

// pointsBack reports whether an answer above a letter passed on speaks of that letter:
// «Отключите это», "Отпишите меня". Else it may order anything: «Отмените вторую позицию».
func (c *letterCase) pointsBack(r *sentenceReading) bool {
	return c.line.reply || !c.line.forward || c.p.orders(r) || c.p.first(r, c.p.speech.refers) != ""
}

// takesUp reports whether a sentence does what the one before it only speaks of: «Написано,
// что согласие можно отозвать.» "Вот я его и отзываю."
func (p *Policy) takesUp(r *sentenceReading, demand *pattern) bool {
	return p.first(r, p.speech.refers) != "" && p.first(r, p.speech.insists) != "" &&
		slices.ContainsFunc(r.hits, func(h hit) bool { return h.slot == demand.lead })
}
