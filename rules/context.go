package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Some letters say in two places what no sentence of theirs says alone. The
// functions of this file look across sentences.

// shortSubject is the number of words up to which a subject is read together
// with the first sentences of the text: «Рассылка», "Прошу прекратить".
const shortSubject = 8

// across reads a short subject together with each of the first two sentences
// of the text.
func (c *letterCase) across() (decision, bool) {
	s, t := &c.subject, &c.text
	answers := c.line.reply || c.line.forward // a newsletter is also sent back with «Fwd:»
	if s.words == 0 || s.words > shortSubject || !answers && (s.ordinary != "" || c.newsletter()) || s.asks+t.cancels != "" || s.top() > possible {
		return decision{}, false
	}
	for i := range s.evidence {
		if s.evidence[i].against != "" {
			return decision{}, false
		}
	}
	if slices.ContainsFunc(t.evidence, func(e evidence) bool { return e.kind == unnamed && e.counts() }) {
		return decision{}, false // a state body asks: no subject makes a person's demand of it
	}
	from := c.p.greetings(t)
	for i := from; i < min(from+2, len(t.sentences)); i++ {
		last := &s.sentences[len(s.sentences)-1]
		if has := last.has.union(&t.sentences[i].has); s.top() == nothing && t.top() == nothing && mayMeet(&has, c.p.speech.unnamed) && c.p.asked(&t.sentences[i]) == "" {
			both := together(c.arena, last, &t.sentences[i])
			if w := c.p.first(&both, c.p.speech.unnamed); w != "" {
				return c.review(ReasonUnnamed, nil, w), true
			}
		}
		e := c.p.joined(c.arena, last, &t.sentences[i], unnamed, answers)
		switch {
		case e == nil || c.p.Kinds[e.kind].ByPerson:
			continue
		case t.sentences[i].room > 0 || !c.pointsBack(&t.sentences[i]): // in a heap of words any word may come first
			return c.review(ReasonPossible, []int{e.kind}, e.words), true
		}
		return decision{
			verdict: Request, kinds: []int{e.kind}, level: close, marker: e.words,
			reason: Reason{ReasonText, []string{e.words}},
		}, true
	}
	return decision{}, false
}

// greetings counts the sentences at the beginning of a text that only greet.
func (p *Policy) greetings(t *part) int {
	n := 0
	for n < len(t.sentences) && p.greets(&t.sentences[n]) {
		n++
	}
	return n
}

// greets reports whether a short sentence says nothing: «Здравствуйте!», «Уважаемые
// коллеги!»
func (p *Policy) greets(r *sentenceReading) bool {
	return letterWords(r.tokens) <= greeting && !slices.ContainsFunc(r.hits, func(h hit) bool {
		return int(h.slot) != 2*p.lexicon.numbers[groupAlike] && !slices.ContainsFunc(p.speech.titles, func(t pattern) bool { return slices.Contains(t.slots, h.slot) })
	})
}

// onTopic decides on a trace of one kind alone, in the first person, where
// the topic of the kind stands elsewhere in the letter: «Получаю от вас
// рекламу. Мне это не нужно. Больше не присылайте.»
func (c *letterCase) onTopic() (decision, bool) {
	var e *evidence
	var in *part
	for _, t := range []*part{&c.subject, &c.text} {
		for i := range t.evidence {
			switch x := &t.evidence[i]; {
			case !x.counts():
			case x.kind == unnamed || e != nil && e.kind != x.kind:
				return decision{}, false
			case x.personal:
				e, in = x, t
			}
		}
	}
	if e == nil || in.sentences[e.sentence].room > 0 || c.p.Kinds[e.kind].ByPerson || c.text.asks != "" || c.text.cancels != "" || c.subject.asks != "" {
		return decision{}, false
	}
	for _, t := range []*part{&c.subject, &c.text} {
		for i := range t.sentences[:t.signature()] {
			w := c.p.first(&t.sentences[i], c.p.matches[e.kind].topic)
			if w != "" && (t != in || i != e.sentence || !strings.Contains(e.words, w)) {
				return decision{
					verdict: Request, kinds: []int{e.kind}, level: close, marker: e.words,
					reason: Reason{ReasonText, []string{w + " … " + e.words}},
				}, true
			}
		}
	}
	return decision{}, false
}

// acrossText reads neighbouring sentences of the text together: «Вы
// присылаете рекламу. Прекратите.» What it finds is for a person to judge.
func (c *letterCase) acrossText() (decision, bool) {
	t, business := &c.text, c.business()
	for i := range t.sentences[:max(0, min(12, len(t.sentences))-1)] {
		next := &t.sentences[i+1]
		refers := c.p.orders(next) || c.p.first(next, c.p.speech.refers) != ""
		if !refers && business && !(next.has.meets(&c.p.lexicon.deeds) && c.p.personal(next)) { // a word of the next matter stands beside one of the last
			continue
		}
		e := c.p.joined(c.arena, &t.sentences[i], next, unnamed, false)
		switch {
		case e == nil:
		case refers && !c.p.Kinds[e.kind].ByPerson:
			return decision{
				verdict: Request, kinds: []int{e.kind}, level: close, marker: e.words,
				reason: Reason{ReasonText, []string{e.words}},
			}, true
		default:
			return c.review(ReasonPossible, []int{e.kind}, e.words), true
		}
	}
	return decision{}, false
}

// shortOrder is the number of words up to which a sentence that only commands
// speaks of the one before it: «Приходит реклама. Прошу прекратить.»
const shortOrder = 4

func (p *Policy) orders(r *sentenceReading) bool {
	return letterWords(r.tokens) <= shortOrder && p.personal(r)
}

// firstInBoth returns the words of the first pattern found in two sentences read
// as one.
func (c *letterCase) firstInBoth(a, b *sentenceReading, patterns []pattern) string {
	if has := a.has.union(&b.has); !mayMeet(&has, patterns) {
		return ""
	}
	both := together(c.arena, a, b)
	return c.p.first(&both, patterns)
}

// together reads two sentences as one, until it is called again.
func together(room *arena, a, b *sentenceReading) sentenceReading {
	var both sentenceReading
	if a.room+b.room > 0 {
		both.room = traceRoom
	}
	if letterWords(b.tokens) <= shortOrder { // «… мои документы у вас в кабинете. Требую удалить.»
		both.wide = usualSpan
	}
	both.tokens = append(append(room.bothTokens[:0], a.tokens...), b.tokens...)
	both.hits = append(append(room.bothHits[:0], a.hits...), b.hits...)
	room.bothTokens, room.bothHits = both.tokens, both.hits
	for i := range both.hits {
		h := &both.hits[i]
		if i >= len(a.hits) {
			h.start += int32(len(a.tokens))
			h.end += int32(len(a.tokens))
		}
		both.has.add(h.slot)
	}
	return both
}

// mayMeet reports whether one of the patterns could be found in a sentence that
// holds these groups.
func mayMeet(has *groupSet, patterns []pattern) bool {
	for i := range patterns {
		if patterns[i].mayMeet(has) {
			return true
		}
	}
	return false
}

// joined looks for a demand, of another kind than except, whose words stand
// in both sentences. Of an answer the subject is what it answers: an offer there
// is no offer of the writer's.
func (p *Policy) joined(room *arena, a, b *sentenceReading, except int, answered bool) *evidence {
	if len(a.hits) == 0 || len(b.hits) == 0 {
		return nil
	}
	has := a.has.union(&b.has)
	may := false
	for k := range p.matches {
		m := &p.matches[k]
		may = may || has.meets(&m.leads) && mayMeet(&has, m.demands)
	}
	if !may || p.asksOnly(a) || p.asksOnly(b) {
		return nil
	}
	both := together(room, a, b)
	refers := p.first(b, p.speech.refers) != "" && p.personal(b) && p.first(b, p.speech.notice) == ""
	offers := &both
	if answered || refers || letterWords(b.tokens) == 1 { // «Каждый день скидки и семинары. Прекратите.»
		offers = b
	}
	if refers && both.room == 0 && len(b.tokens) <= 2*usualSpan { // «... копии дипломов восьми работников. Просим произвести их удаление.»
		both.wide = 2 * usualSpan
	}
	if p.asked(&both) != "" || p.first(offers, p.speech.ordinary) != "" {
		return nil
	}
	for k := range p.matches {
		m := &p.matches[k]
		if k == except || p.first(&both, m.counter) != "" || p.first(b, m.counter) != "" || p.first(&both, m.told) != "" {
			continue
		}
		for i := range m.demands {
			f, ok := m.demands[i].find(&both, true)
			if ok && f.start < len(a.tokens) && (f.end > len(a.tokens) || p.takesUp(b, &m.demands[i])) {
				return &evidence{kind: k, level: close, words: wordsOf(&both, f)}
			}
		}
	}
	return nil
}

func letterWords(tokens []token) int {
	n := 0
	for i := range tokens {
		if isLetterWord(&tokens[i]) {
			n++
		}
	}
	return n
}

func isLetterWord(t *token) bool { return t.word[0] >= utf8.RuneSelf || t.word[0] > '9' }
