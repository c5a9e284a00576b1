package rules

import (
	"cmp"
	"slices"
)

// person decides on a letter as if a person had written it.
func (c *letterCase) person() decision {
	s, t := &c.subject, &c.text
	inSubject, inText := strong(c.p, s), strong(c.p, t)
	if len(inSubject) == 0 && len(inText) == 0 {
		if d, ok := c.across(); ok {
			return d
		}
	}
	switch {
	case len(inSubject) > 0:
		return c.bySubject(inSubject, inText)
	case len(inText) > 0:
		return c.byText(inText)
	}
	return c.weak()
}

// strong lists the kinds that a part demands surely enough to register, with the
// best evidence for each: the surest first, else in the order of the policy.
func strong(p *Policy, t *part) []*evidence {
	var out []*evidence
	for k := range p.Kinds {
		if e := t.best(k); e != nil && e.level >= close {
			i := len(out)
			for out = append(out, e); i > 0 && out[i-1].level < e.level; i-- {
				out[i], out[i-1] = out[i-1], e
			}
		}
	}
	return out
}

// bySubject decides where the subject demands something.
func (c *letterCase) bySubject(s, t []*evidence) decision {
	e := s[0]
	all := slices.Clone(s)
	for _, x := range t {
		if !c.included(e.kind, x) && !slices.ContainsFunc(all, func(y *evidence) bool { return y.kind == x.kind }) {
			all = append(all, x)
		}
	}
	all = c.withReference(c.withBeside(all))
	switch {
	case len(all) > 1:
		return c.several(all)
	case c.p.Kinds[e.kind].ByPerson:
		return c.review(ReasonUnnamed, []int{e.kind}, e.words)
	}
	if w := c.elsewhere(e.kind); w != "" && (e.level < exact || e.ordinary) {
		return noRequest(ReasonCounter, e.words, w)
	}
	if d, ok := c.contradicted(e); ok {
		return d
	}
	d := decision{verdict: Request, kinds: []int{e.kind}, level: e.level, marker: e.mark, prescribed: e.prescribed}
	switch {
	case e.level == exact:
		d.reason = Reason{ReasonMark, []string{e.mark}}
	case e.mark != "":
		d.reason = Reason{ReasonMarkClose, []string{e.mark, e.words}}
	default:
		d.marker = e.words
		d.reason = Reason{ReasonSubject, []string{e.words}}
	}
	return d
}

// withBeside adds what is a demand only beside another: «Удалите данные и
// верните деньги».
func (c *letterCase) withBeside(all []*evidence) []*evidence {
	for _, t := range []*part{&c.subject, &c.text} {
		for i := range t.beside {
			e := &t.beside[i]
			if (t == &c.subject || !c.included(all[0].kind, e)) && !slices.ContainsFunc(all, func(y *evidence) bool { return y.kind == e.kind }) {
				all = append(all, e)
			}
		}
	}
	return all
}

// included reports whether what a sentence of the text demands is already
// meant by the kind of the subject: a refusal of notifications, "удалите мой
// номер из базы".
func (c *letterCase) included(kind int, e *evidence) bool {
	return c.p.first(&c.text.sentences[e.sentence], c.p.matches[kind].includes) != ""
}

// withReference adds another demand that the text makes of what the subject
// names: «Актуализация персональных данных», "удалите их".
func (c *letterCase) withReference(all []*evidence) []*evidence {
	for i := range c.text.sentences[:min(2, len(c.text.sentences))] {
		r := &c.text.sentences[i]
		if len(all) > 1 || c.p.first(r, c.p.speech.refers) == "" {
			continue
		}
		if e := c.p.joined(c.arena, &c.subject.sentences[len(c.subject.sentences)-1], r, all[0].kind, false); e != nil {
			all = append(all, e)
		}
	}
	return all
}

// contradicted looks for words in the text that speak against the subject:
// the person takes it back, asks a question, or only says thank you.
func (c *letterCase) contradicted(e *evidence) (decision, bool) {
	t := &c.text
	against := ""
	switch {
	case c.subject.cancels != "":
		against = c.subject.cancels
	case t.cancels != "":
		against = t.cancels
	case t.asks != "" && (!t.personal || c.onlyAsks()) && t.words <= 40 && c.asksAbout(e.kind):
		against = t.asks
	case t.thanks != "" && c.isReply() && len(t.evidence) == 0 && t.words <= 25:
		against = t.thanks
	case t.ordinary != "" && !t.personal && (t.top() == nothing || e.level < exact): // beneath news stands «Отписаться»
		against = t.ordinary
	case e.level < exact && !e.personal && t.top() == nothing && c.newsletter(): // «Erasure requests: 5 tips»
		against = c.p.firstIn(t, c.p.speech.footers)
	case t.automatic != "" && !t.personal && len(t.evidence) == 0:
		against = t.automatic
	case t.top() < close && c.notice() != "": // «Это автоматическое сообщение, отвечать на него не нужно»
		against = c.notice()
	default:
		for i := range t.evidence {
			if x := &t.evidence[i]; x.kind == e.kind && x.against != "" {
				against = x.against
			}
		}
		keep(&against, c.opposes(e.kind))
	}
	if against == "" {
		return decision{}, false
	}
	d := c.review(ReasonContradicted, []int{e.kind}, e.words, against)
	d.prescribed = e.prescribed
	return d, true
}

// notice is the sign that a program wrote the letter, where its words alone tell.
func (c *letterCase) notice() string { return c.p.notice(c.f, c.line) }

// asksAbout reports whether the text asks about the kind of the subject, or
// about how it is done.
func (c *letterCase) asksAbout(kind int) bool {
	for i := range c.text.evidence {
		if e := &c.text.evidence[i]; e.kind == kind && !e.question && e.level >= close {
			return false
		}
	}
	return true
}

// onlyAsks reports whether the text is nothing but questions and a greeting, none
// of them why it is not done yet: «А что станет с моей лицензией?»
func (c *letterCase) onlyAsks() bool {
	for i := range c.text.sentences {
		r := &c.text.sentences[i]
		if !r.question && letterWords(r.tokens) > greeting || c.p.first(r, c.p.speech.insists) != "" || c.p.first(r, c.p.speech.impatient) != "" {
			return false
		}
	}
	return true
}

// greeting is the number of words of the longest greeting or name.
const greeting = 4

func (c *letterCase) isReply() bool {
	return c.line.reply || len(c.f.Fields["in-reply-to"])+len(c.f.Fields["references"]) > 0
}

// several decides on more than one demand: two that go together are two
// requests, the rest is for a person.
func (c *letterCase) several(all []*evidence) decision {
	kinds := make([]int, len(all))
	words := make([]string, len(all))
	prescribed := false
	for i, e := range all {
		kinds[i], words[i] = e.kind, e.words
		prescribed = prescribed || e.prescribed
	}
	if len(all) == 2 && c.p.goTogether(kinds[0], kinds[1]) && c.text.cancels == "" {
		e := all[0]
		return decision{
			verdict: Request, kinds: kinds, level: e.level, marker: cmp.Or(e.mark, e.words), prescribed: prescribed,
			reason: Reason{ReasonTogether, words},
		}
	}
	d := c.review(ReasonTwoDemands, kinds, words...)
	d.prescribed = prescribed
	return d
}

func (p *Policy) goTogether(a, b int) bool {
	x, y := p.Kinds[a].ID, p.Kinds[b].ID
	return slices.Contains(p.Together, [2]Kind{x, y}) || slices.Contains(p.Together, [2]Kind{y, x})
}

// byText decides where the subject is silent and the text demands.
func (c *letterCase) byText(t []*evidence) decision {
	t = c.withBeside(t)
	e := t[0]
	if x := c.verbatimAgainst(); x != nil && x.kind != e.kind {
		return c.several([]*evidence{x, e})
	}
	switch {
	case len(t) > 1:
		w, personal := c.ofOthers(t)
		if w != "" && !personal {
			return noRequest(ReasonCounter, e.words, w)
		}
		d := c.several(t)
		if personal {
			d = c.review(ReasonContradicted, d.kinds, e.words, w)
		}
		return d
	case c.p.Kinds[e.kind].ByPerson:
		return c.review(ReasonUnnamed, []int{e.kind}, e.words)
	}
	if !e.personal && e.mark == "" {
		if w := c.besides(&c.text, e); w != "" {
			return noRequest(ReasonCounter, e.words, w)
		}
	}
	if against := cmp.Or(c.text.cancels, c.unspoken(e)); against != "" {
		return c.review(ReasonContradicted, []int{e.kind}, e.words, against)
	}
	return decision{
		verdict: Request, kinds: []int{e.kind}, level: close, marker: cmp.Or(e.mark, e.words),
		reason: Reason{ReasonText, []string{e.words}},
	}
}

// ofOthers returns the words by which all of some demands belong to somebody else's
// matter, and whether one of them is in the first person all the same: a webinar on
// withdrawal and erasure, a firm that asks what to answer to who demands them.
func (c *letterCase) ofOthers(t []*evidence) (words string, personal bool) {
	for _, e := range t {
		if words = c.besides(&c.text, e); words == "" || e.mark != "" {
			return "", false
		}
		personal = personal || e.personal
	}
	return words, personal
}

// verbatimAgainst returns a mark that stands in the subject verbatim while
// words beside it speak against it. A mark that is also an ordinary word
// («претензия») proves nothing where the letter speaks of another matter.
func (c *letterCase) verbatimAgainst() *evidence {
	for i := range c.subject.evidence {
		e := &c.subject.evidence[i]
		if e.level == exact && !e.counts() && (!e.ordinary || c.elsewhere(e.kind) == "") {
			return e
		}
	}
	return nil
}
