package rules

import "slices"

// Words that were left out may be the writer's own all the same: behind a signature, or below a line of
// hyphens stands the demand and no signature, a formal letter opens with «Кому»,
// «От кого» and «Дата» as a quoted one does, and «Настоящее письмо адресовано
// ответственному лицу» is no footer. A person looks where that would decide.

// leftOut looks once more at a letter in which nothing demands: at what was taken
// for a signature or a footer and, in a letter that answers none, so that there is
// nothing to quote, for a quotation.
func (c *letterCase) leftOut(d decision) decision {
	parts := &c.counted
	if r, ok := c.behindSignature(); ok {
		return r
	}
	if c.visible >= decisive || c.own.Is(c.from) {
		return d
	}
	if own := trimmed(parts.own); own != parts.fresh {
		if r, ok := c.ownDemand(own, false); ok {
			return r
		}
	}
	if r, ok := c.ownDemand(parts.signed, false); ok {
		return r
	}
	if c.isReply() {
		return d
	}
	for _, text := range []string{parts.quoted, parts.forwarded} {
		if r, ok := c.ownDemand(text, true); ok {
			return r
		}
	}
	return d
}

// behindSignature reports what is demanded behind a signature, unless it says how one
// may demand it: «Отписаться можно по ссылке».
func (c *letterCase) behindSignature() (decision, bool) {
	if c.tail == "" {
		return decision{}, false
	}
	t := c.p.readText(c.arena, firstBytes(c.tail, mostLeftOut), false)
	for i := range t.evidence {
		e := &t.evidence[i]
		if e.kind != unnamed && e.counts() && (e.level >= close || e.personal) && c.p.first(&t.sentences[e.sentence], c.p.speech.notice) == "" {
			return c.review(ReasonPossible, []int{e.kind}, e.words), true
		}
	}
	for i := range t.sentences[:max(0, len(t.sentences)-1)] {
		next := &t.sentences[i+1]
		if c.p.first(&t.sentences[i], c.p.speech.notice)+c.p.first(next, c.p.speech.notice) != "" {
			continue
		}
		if e := c.p.joined(c.arena, &t.sentences[i], next, unnamed, false); e != nil {
			return c.review(ReasonPossible, []int{e.kind}, e.words), true
		}
	}
	return decision{}, false
}

// mostLeftOut is the number of bytes of such words that are read.
const mostLeftOut = 8 << 10

// ownDemand reports what a text demands in sentences in which its writer speaks of
// himself; by a mark alone where that is allowed: footers name marks, too.
func (c *letterCase) ownDemand(text string, byMark bool) (decision, bool) {
	if text == "" {
		return decision{}, false
	}
	t := c.p.readText(c.arena, firstBytes(text, mostLeftOut), false)
	var kinds []int
	words := ""
	for i := range t.evidence {
		e := &t.evidence[i]
		if e.kind == unnamed || !e.counts() || e.level < close || slices.Contains(kinds, e.kind) {
			continue
		}
		if byMark && e.mark != "" || e.personal && speaksOfItself(&t.sentences[e.sentence]) {
			kinds = append(kinds, e.kind)
			keep(&words, e.words)
		}
	}
	return c.review(ReasonPossible, kinds, words), len(kinds) > 0
}

// verbsOfMine are verbs by which a writer in Kazakh speaks of himself without a
// pronoun.
var verbsOfMine = phrases("аламын|тартамын|етемін|сұраймын|өтінемін|келісімімді|деректерімді|деректеріме|келісімім|деректерім")

// speaksOfItself reports whether the writer of a sentence speaks of himself.
func speaksOfItself(r *sentenceReading) bool {
	return slices.ContainsFunc(r.tokens, func(t token) bool { return slices.Contains(selves(), t.word) || slices.Contains(verbsOfMine(), t.word) })
}
