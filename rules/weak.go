package rules

import "slices"

// The ways to see a demand that no sentence makes surely, before traces and behind them.
var (
	beforeTraces = [...]func(*letterCase) (decision, bool){(*letterCase).agreed, (*letterCase).byPassedOn, (*letterCase).onTopic}
	afterTraces  = [...]func(*letterCase) (decision, bool){(*letterCase).acrossText, (*letterCase).ordered, (*letterCase).bare, (*letterCase).enclosed, (*letterCase).about}
)

func (c *letterCase) firstOf(looks []func(*letterCase) (decision, bool)) (decision, bool) {
	for _, look := range looks {
		if d, ok := look(c); ok {
			return d, true
		}
	}
	return decision{}, false
}

// longText is the number of words from which a text of a firm speaks of so much that a
// trace in it counts only where its writer speaks of himself, or commands.
const longText = 40

// business reports whether a text is a long one in which a firm is named, in its
// signature, too.
func (c *letterCase) business() bool {
	return c.text.words > longText && c.p.firstIn(&c.text, c.p.speech.firms) != ""
}

// newsletter reports whether a text ends as a newsletter does: «Чтобы отписаться, нажмите здесь».
func (c *letterCase) newsletter() bool { return c.p.firstIn(&c.text, c.p.speech.footers) != "" }

// complains reports whether the writer of a sentence speaks of himself, of what must be
// or of what is not done: «Деньги так и не вернули».
func (p *Policy) complains(r *sentenceReading) bool {
	return speaksOfItself(r) || p.first(r, p.speech.expects) != "" || slices.ContainsFunc(r.hits, func(h hit) bool { return h.slot == p.lexicon.slotNot })
}

// weak decides where nothing demands surely: traces, marks in questions, a
// letter passed on, or nothing at all.
func (c *letterCase) weak() decision {
	s, t, q := &c.subject, &c.text, &c.quoted
	if e := c.verbatimAgainst(); e != nil {
		d := c.review(ReasonAsked, []int{e.kind}, e.words)
		if e.against != "" {
			d = c.review(ReasonContradicted, []int{e.kind}, e.words, e.against)
		}
		d.prescribed = e.prescribed
		return d
	}
	if d, ok := c.firstOf(beforeTraces[:]); ok {
		return d
	}
	if d, ok := c.acrossText(); ok && d.verdict == Request && len(kindsOf(s)) == 0 && onlyOf(t, d.kinds[0]) {
		return d
	}
	q.without(func(e *evidence) bool { return !e.personal && e.mark == "" })
	if c.business() || c.newsletter() {
		t.without(func(e *evidence) bool {
			return !e.personal && e.level <= possible && e.kind != unnamed && !c.p.complains(&t.sentences[e.sentence])
		})
	}
	c.setAside(s)
	c.setAside(t)
	for _, x := range []*part{s, t, q} {
		if kinds := kindsOf(x); len(kinds) > 0 {
			return c.review(ReasonPossible, kinds, firstCounting(x).words)
		}
		if e := firstCounting(x); e != nil {
			return c.review(ReasonUnnamed, nil, e.words)
		}
	}
	if d, ok := c.firstOf(afterTraces[:]); ok {
		return d
	}
	for _, x := range []*part{s, t} {
		if len(x.evidence) == 0 {
			continue
		}
		switch e := &x.evidence[0]; {
		case e.against != "":
			return noRequest(ReasonCounter, e.words, e.against)
		case e.question && c.p.first(&x.sentences[e.sentence], c.p.speech.own) != "": // «Как удалить мои данные?»
			return c.review(ReasonAsked, []int{e.kind}, e.words)
		default:
			return noRequest(ReasonQuestion, e.words)
		}
	}
	return noRequest(ReasonOrdinary)
}
