package rules

// rethinking is a place where a text tells of a change of mind or of a slip:
// «Передумала», «Случайно зарегистрировалась». It takes back what was said before,
// and is the reason of a demand that follows: «Передумала, удалите мой аккаунт».
type rethinking struct {
	words         string // "" for none
	sentence, end int    // of the part, and the token behind the words
}

// rethink notes the first such place.
func (p *Policy) rethink(t *part, r *sentenceReading) {
	if t.rethinks.words != "" {
		return
	}
	for i := range p.speech.rethinks {
		if f, ok := p.speech.rethinks[i].find(r, false); ok {
			t.rethinks = rethinking{wordsOf(r, f), len(t.sentences), f.end}
			return
		}
	}
}

// takenBack lets a change of mind cancel what the part demands, unless a demand
// in so many words («удалите», «отзываю») stands behind it.
func (p *Policy) takenBack(t *part) {
	if t.rethinks.words == "" {
		return
	}
	for i := range t.evidence {
		if e := &t.evidence[i]; e.counts() && e.level >= close && e.mark == "" && t.rethinks.before(e.sentence, e.start) {
			for at := e.sentence; at < len(t.sentences); at++ {
				if p.insistsBehind(t, at) {
					return
				}
			}
		}
	}
	keep(&t.cancels, t.rethinks.words)
}

// insistsBehind reports whether a sentence demands in so many words behind the change
// of mind.
func (p *Policy) insistsBehind(t *part, at int) bool {
	for k := range p.speech.insists {
		if f, ok := p.speech.insists[k].find(&t.sentences[at], true); ok && t.rethinks.before(at, f.start) {
			return true
		}
	}
	return false
}

// before reports whether the words stand before a token of a sentence.
func (x *rethinking) before(sentence, token int) bool {
	return sentence > x.sentence || sentence == x.sentence && token >= x.end
}

// opposes returns the words by which the text says the opposite of the kind
// that the subject demands («Даю согласие»), "" where it also demands that kind.
func (c *letterCase) opposes(kind int) string {
	t := &c.text
	if e := t.best(kind); e != nil && e.level >= close {
		return ""
	}
	for i := range t.sentences {
		if w := c.p.first(&t.sentences[i], c.p.matches[kind].opposite); w != "" {
			return w
		}
	}
	return ""
}
