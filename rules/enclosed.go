package rules

import (
	"cmp"
	"strings"
)

// Some people write their demand on paper, photograph it, and send the picture
// under a subject like «Заявление», or under none; some send but a link to it, or
// forget it. No program reads it here, so a person looks; invoices, contracts and
// whatever else bears its own name do not come before him.

// longestCover is the number of words up to which a text may be a mere covering
// note: «Добрый день! Направляю заявление, скан во вложении.»
const longestCover = 30

// wordlessCover is the same of a text that says nothing: «Добрый день, см. вложение».
const wordlessCover = 4

// enclosed decides on a letter that leaves to what is attached to say what it
// wants.
func (c *letterCase) enclosed() (decision, bool) {
	s, t := &c.subject, &c.text
	files := len(c.f.Attachments)
	for i := range c.f.Forwarded {
		if !c.f.Forwarded[i].File { // those are read whole
			files--
		}
	}
	if !c.countsBehind() || t.words > longestCover || s.ordinary+t.ordinary+t.thanks+s.asks+t.asks != "" {
		return decision{}, false
	}
	w := ""
	for i := range t.sentences {
		if files > 0 {
			keep(&w, c.p.first(&t.sentences[i], c.p.speech.enclosed))
		}
	}
	if silent := t.unsigned() <= sayingNothing; w == "" && silent && s.words <= shortSubject {
		spoken, opaque := false, !c.f.Rest // else the next name may tell
		for i := range s.sentences {
			r := &s.sentences[i]
			alone := letterWords(r.tokens) == 1
			if files > 0 || alone && len(strings.Fields(c.read)) <= 1 { // a link is one
				keep(&w, c.p.first(r, c.p.speech.papers))
			}
			if files > 0 && alone {
				keep(&w, c.p.first(r, c.p.speech.titles))
			}
			opaque = opaque && c.saysNothing(r)
			spoken = spoken || len(r.hits) > 0 && !c.saysNothing(r)
		}
		if files > 0 && !spoken && t.unsigned() <= wordlessCover && !c.isReply() {
			keep(&w, c.nameless(opaque, s.words+t.unsigned() == 0))
		}
	}
	if w == "" {
		return decision{}, false
	}
	return c.review(ReasonEnclosed, nil, w), true
}

// nameless returns the name of an attachment that may be a demand under a subject
// that tells nothing: it says so, or, where that may be, all the names say nothing,
// as those that cameras and scanners give. Of a letter that has no word of its own
// all but papers of trade are shown to a person: «Ахметова А.docx».
func (c *letterCase) nameless(opaque, wordless bool) string {
	first, trade := "", false
	for i, name := range c.f.Attachments {
		base := name
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			base = name[:i]
		}
		t := c.p.readText(c.arena, strings.ReplaceAll(base, "_", " "), true)
		if i == 0 {
			first = cmp.Or(name, "…")
		}
		for i := range t.sentences {
			r := &t.sentences[i]
			if c.p.first(r, c.p.speech.papers) != "" {
				return name
			}
			opaque = opaque && c.saysNothing(r)
			trade = trade || c.p.first(r, c.p.speech.trade) != ""
		}
	}
	if !opaque && (!wordless || trade) {
		return ""
	}
	return first
}

// saysNothing reports whether a subject, or the name of a file, is a number or a
// word like «скан», «документ».
func (c *letterCase) saysNothing(r *sentenceReading) bool {
	n := letterWords(r.tokens)
	return n == 0 || n <= 2 && c.p.first(r, c.p.speech.opaque) != ""
}
