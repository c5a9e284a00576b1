package rules

import "slices"

// ordered reads an order with what stands before it, the subject or a sentence, also one
// that asks: «Деньги», "Верните."; «Зачем вам мой номер? Удалите.» A person judges.
func (c *letterCase) ordered() (decision, bool) {
	s, t := &c.subject, &c.text
	if !t.personal || len(s.evidence) > 0 || firstCounting(t) != nil || t.cancels != "" {
		return decision{}, false
	}
	var before *sentenceReading
	if s.words > 0 && s.words <= shortSubject && s.asks == "" && !s.personal {
		before = &s.sentences[len(s.sentences)-1]
	}
	from := c.p.greetings(t)
	for i := range t.sentences[from:min(from+12, len(t.sentences))] {
		b := &t.sentences[from+i]
		if before == nil || !b.has.meets(&c.p.lexicon.deeds) || len(before.hits) == 0 || !c.p.orders(b) {
			before = b
			continue
		}
		both := together(c.arena, before, b)
		for k := range c.p.matches {
			m := &c.p.matches[k]
			if c.p.first(&both, c.p.speech.ordinary) != "" || c.p.first(&both, m.counter) != "" {
				continue
			}
			for _, patterns := range [...][]pattern{m.demands, m.traces} {
				for i := range patterns {
					if f, ok := patterns[i].find(&both, true); ok && f.start < len(before.tokens) && f.end > len(before.tokens) {
						return c.review(ReasonPossible, []int{k}, wordsOf(&both, f)), true
					}
				}
			}
		}
		before = b
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

// agreed decides on the short answer to a question that the subject asks: «Re: Удалить
// вашу учётную запись?», "Да, удаляйте."
func (c *letterCase) agreed() (decision, bool) {
	s, t := &c.subject, &c.text
	from := c.p.greetings(t)
	if !c.isReply() || s.asks == "" || from == len(t.sentences) || t.asks+t.cancels != "" {
		return decision{}, false
	}
	b := &t.sentences[from]
	if letterWords(b.tokens) > shortOrder || !c.p.commands(b) {
		return decision{}, false
	}
	for i := range s.evidence {
		e := &s.evidence[i]
		if e.kind == unnamed || c.p.Kinds[e.kind].ByPerson {
			continue
		}
		if w := c.p.first(b, c.p.matches[e.kind].bare); w != "" {
			words := e.words + " … " + w
			return decision{verdict: Request, kinds: []int{e.kind}, level: close, marker: w, reason: Reason{ReasonText, []string{words}}}, true
		}
	}
	return decision{}, false
}
