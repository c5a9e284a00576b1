package rules

import "slices"

// disguised decides on a letter that bears signs of automatic or bulk mail,
// given what it would be from a person. Persons write through lists and
// gateways, so a demand in the first person is registered all the same
// (whether it is answered is for MayAnswer); programs quote marks, so a mark
// alone is not enough where the sign is strong.
func (c *letterCase) disguised(d decision) decision {
	automatic := c.text.automatic != "" || c.text.absence != "" || c.subject.automatic != ""
	if d.verdict == None {
		return noRequest(c.machineReason(), c.sign)
	}
	spoken := c.spokenDemand(d)
	byMark := c.subject.best(d.first()) != nil && c.subject.best(d.first()).level == exact
	switch {
	case c.robot == listMail && c.f.bulk() && c.button():
	case spoken && !automatic && c.text.ordinary == "":
		return d
	case c.robot == listMail && !automatic && c.text.ordinary == "" && c.subject.ordinary == "":
		switch {
		case d.verdict == Request && c.subject.top() >= close && !c.f.bulk():
			return d
		case byMark:
			return d
		}
	case c.robot == answerer && byMark && !automatic && !c.line.automatic:
		r := c.review(ReasonDisguised, d.kinds, c.subject.best(d.first()).words, c.sign)
		r.prescribed = d.prescribed
		return r
	}
	return noRequest(c.machineReason(), c.sign)
}

func (c *letterCase) machineReason() string {
	if c.robot == listMail {
		return ReasonList
	}
	return ReasonAutomatic
}

// first returns the first kind of a decision, or unnamed.
func (d *decision) first() int {
	if len(d.kinds) == 0 {
		return unnamed
	}
	return d.kinds[0]
}

// button reports whether the text ends with a word or two that demand something
// beneath other sentences: "Unsubscribe".
func (c *letterCase) button() bool {
	last := len(c.text.sentences) - 1
	return last > 0 && len(c.text.sentences[last].tokens) <= 2 &&
		slices.ContainsFunc(c.text.evidence, func(e evidence) bool { return e.sentence == last })
}

// spokenDemand reports whether the new words or a letter passed on demand one
// of the kinds in the first person. A newsletter commands, too: «Обновите данные».
func (c *letterCase) spokenDemand(d decision) bool {
	impersonal := c.robot == answerer || c.f.bulk()
	for _, t := range []*part{&c.text, &c.quoted} {
		for i := range t.evidence {
			e := &t.evidence[i]
			if e.personal && e.counts() && e.level >= close && slices.Contains(d.kinds, e.kind) && (!impersonal || speaksOfItself(&t.sentences[e.sentence])) {
				return true
			}
		}
	}
	return false
}
