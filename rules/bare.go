package rules

// sayingNothing is the number of words up to which a text is taken to add
// nothing to a bare subject: a name, «см. вложение».
const sayingNothing = 8

// sayingLittle is the same beneath a subject that names what it wants by a pronoun alone:
// «Уберите это», "Не хочу, чтобы оно там стояло".
const sayingLittle = 15

// bare decides on a subject of nothing but words that may mean a kind («Обновление»)
// over a text that says nothing, and on attachments whose names are marks.
func (c *letterCase) bare() (decision, bool) {
	if c.text.words > sayingLittle || c.text.ordinary != "" || c.subject.asks+c.text.asks != "" {
		return decision{}, false
	}
	silent, reply := c.text.words <= sayingNothing && c.text.thanks == "", c.isReply()
	kind, words := unnamed, ""
	for i := range c.subject.sentences {
		r := &c.subject.sentences[i]
		if k, w, of := c.p.bareKind(r); words == "" && (silent || of && !reply) && w != "" && !c.counteredBy(r, k) {
			kind, words = k, w
		}
	}
	if from := c.p.greetings(&c.text); words == "" && silent && from < len(c.text.sentences) && (reply || c.subject.words == 0) { // «Стоп», beneath a newsletter
		if k, w, of := c.p.bareKind(&c.text.sentences[from]); !of || !reply {
			kind, words = k, w
		}
	}
	if words == "" && silent && c.countsBehind() {
		for _, name := range c.f.Attachments {
			t := c.p.readText(c.arena, name, true)
			if s := strong(c.p, &t); len(s) > 0 {
				kind, words = s[0].kind, s[0].words
				break
			}
		}
	}
	if words == "" {
		return decision{}, false
	}
	return c.review(ReasonPossible, []int{kind}, words), true
}

// bareKind returns the kind of which a sentence is nothing but the words, and whether
// one of them stands for what it is about: «удалите всё», "өзгерту керек".
func (p *Policy) bareKind(r *sentenceReading) (kind int, words string, of bool) {
	if letterWords(r.tokens) > greeting {
		return unnamed, "", false
	}
	for k := range p.matches {
		m := &p.matches[k]
		if !r.has.meets(&m.alone) {
			continue
		}
		for x := range m.bare {
			if b := &m.bare[x]; b.mayMeet(&r.has) && b.isAll(r) {
				return k, wordsOf(r, match{end: len(r.tokens)}), len(b.slots) > 1
			}
		}
	}
	return unnamed, "", false
}

// isAll reports whether each word of a sentence is one of the pattern.
func (p *pattern) isAll(r *sentenceReading) bool {
	at := int32(0)
	for next := int32(0); at < int32(len(r.tokens)); at = next {
		next = at
		if !isLetterWord(&r.tokens[at]) {
			next++
		}
		for i := range r.hits {
			h := &r.hits[i]
			for _, slot := range p.slots {
				if h.start == at && p.fits(h, slot, false) {
					next = max(next, h.end)
				}
			}
		}
		if next == at {
			return false
		}
	}
	return true
}

// counteredBy reports whether the text gives a bare subject another meaning:
// «Обновление», "Вышло обновление программы".
func (c *letterCase) counteredBy(subject *sentenceReading, kind int) bool {
	for i := range c.text.sentences[:min(2, len(c.text.sentences))] {
		if c.firstInBoth(subject, &c.text.sentences[i], c.p.matches[kind].counter) != "" {
			return true
		}
	}
	return false
}
