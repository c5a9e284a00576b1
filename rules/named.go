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
	return c.orderedOf(&s.sentences[len(s.sentences)-1], &t.sentences[from])
}

// ordered reads the same of an order in the text and of the sentence before it, also of a
// question: «Зачем вам мой номер? Удалите.»
func (c *letterCase) ordered() (decision, bool) {
	t := &c.text
	if len(c.subject.evidence) > 0 || firstCounting(t) != nil || t.cancels != "" {
		return decision{}, false
	}
	for i := 1; i < min(12, len(t.sentences)); i++ {
		a, b := &t.sentences[i-1], &t.sentences[i]
		if len(a.hits) == 0 || len(b.hits) == 0 || letterWords(b.tokens) > shortOrder || c.p.first(b, c.p.speech.insists) == "" {
			continue
		}
		if d, ok := c.orderedOf(a, b); ok {
			return d, true
		}
	}
	return decision{}, false
}

func (c *letterCase) orderedOf(a, b *sentenceReading) (decision, bool) {
	if !c.p.orders(b) {
		return decision{}, false
	}
	both := together(c.arena, a, b)
	if c.p.first(&both, c.p.speech.ordinary) != "" {
		return decision{}, false
	}
	for k := range c.p.matches {
		m := &c.p.matches[k]
		if !both.has.meets(&m.leads) {
			continue
		}
		for _, patterns := range [2][]pattern{m.demands, m.traces} {
			if f, ok := crossing(&both, len(a.tokens), patterns); ok && c.p.first(&both, m.counter) == "" {
				return c.review(ReasonPossible, []int{k}, wordsOf(&both, f)), true
			}
		}
	}
	return decision{}, false
}

// crossing finds the first pattern whose words stand on both sides of a token.
func crossing(both *sentenceReading, border int, patterns []pattern) (match, bool) {
	for i := range patterns {
		if f, ok := patterns[i].find(both, true); ok && f.start < border && f.end > border {
			return f, true
		}
	}
	return match{}, false
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
	if letterWords(b.tokens) > shortOrder || !slices.ContainsFunc(b.tokens, func(x token) bool { return x.does(isImperative) }) {
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
