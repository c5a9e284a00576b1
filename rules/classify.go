package rules

import (
	"slices"
	"strings"
)

// Classify decides whether a letter is a request, and of which kind. It is
// total: every letter gets a verdict and a reason. A person's own demand
// decides, from the subject first; where the subject says nothing of it, from
// the new words of the text. What stands in quotations, signatures and footers is
// never a request; at most it is for a person, see leftOut.
func (p *Policy) Classify(f Facts, own Own) Finding {
	p.recognise()
	c := p.newCase(f, own)
	defer c.arena.release()
	var d decision
	switch {
	case c.ours != "":
		d = noRequest(ReasonOurs, c.ours)
	case own.IsForm(c.from):
		d = c.form()
	case c.robot == report:
		d = noRequest(ReasonAutomatic, c.sign)
	case unreadable(c.f):
		d = c.unread()
	case own.Is(c.from):
		d = c.staff()
	case c.quietBulk():
		d = noRequest(ReasonList, c.sign)
	default:
		c.readAll()
		d = c.person()
		if d.verdict == None && c.robot == person {
			d = c.leftOut(d)
		}
		if d.verdict == Request && c.p.Kinds[d.first()].Claim && c.forInformation() {
			d = c.review(ReasonPossible, d.kinds, d.marker)
		}
		switch {
		case c.robot != person:
			d = c.disguised(d)
		case d.verdict == None && (hidden(c.f) || d.reason.Code == ReasonOrdinary && c.lost()):
			d = decision{verdict: Review, reason: Reason{ReasonUnreadable, f.Troubles}}
		}
	}
	return c.finding(d)
}

// Triage says what must be read of a letter before its verdict is final, from
// the header alone.
func (p *Policy) Triage(f Facts, own Own) Need {
	p.recognise()
	f.Text, f.Forwarded = "", nil
	c := p.newCase(f, own)
	defer c.arena.release()
	switch {
	case c.ours != "", c.robot == report:
		return NeedNothing
	case own.IsForm(c.from), unreadable(c.f):
		return NeedLetter
	case own.Is(c.from):
		return NeedText
	}
	switch {
	case c.quietBulk():
		return NeedNothing
	case c.robot == person && c.subject.top() > nothing:
		return NeedLetter
	}
	return NeedText
}

// quietBulk reads the subject and reports a newsletter whose subject says
// nothing of our matters: its text is not asked for.
func (c *letterCase) quietBulk() bool {
	c.readSubject()
	return c.robot == listMail && c.f.bulk() && len(c.subject.evidence) == 0
}

// readSubject reads the subject, unless it is read.
func (c *letterCase) readSubject() {
	switch {
	case c.subject.text != "":
	case c.f.Read.readBy(c.p, c.f.Subject):
		c.subject = c.f.Read.part
	default:
		c.subject = c.p.readText(c.arena, c.line.text, true)
	}
}

// letterCase is one letter under examination.
type letterCase struct {
	p     *Policy
	arena *arena
	facts Facts
	f     *Facts // these
	own   Own
	line  subjectLine
	from  string
	ours  string // the sign that pometka wrote the letter itself

	robot robot
	sign  string

	parts    letterText
	counted  letterText // the same of what counts
	read     string     // of the new words, what counts
	visible  int        // characters of them, see decisive
	tail     string     // what stands behind the signature
	subject  part
	text     part
	quoted   part // of a letter passed on, or of a file
	passedOn bool
	attached string // the text that is quoted, where it is that of a file
}

func (p *Policy) newCase(f Facts, own Own) *letterCase {
	a := newArena()
	c := &a.letter
	c.p, c.arena, c.facts, c.own, c.from = p, a, f, own, f.sender() // the rest is zero
	c.f = &c.facts
	if f.Read.readBy(p, f.Subject) {
		c.line = f.Read.line
	} else {
		c.line = parseSubject(f.Subject)
	}
	c.ours = f.loopSign(own)
	c.robot, c.sign = robotOf(c.f, own, c.line)
	return c
}

// loopSign returns our own loop sign where the letter bears it.
func (f *Facts) loopSign(own Own) string {
	for _, v := range f.Fields["x-pometka-loop"] {
		if v = strings.TrimSpace(v); own.Loop == "" || v == own.Loop {
			return "x-pometka-loop"
		}
	}
	return ""
}

// forInformation reports whether the letter is addressed to others, and to the
// operator as a copy only: a claim of one firm against another.
func (c *letterCase) forInformation() bool {
	own := func(a Address) bool { return c.own.Is(a.Addr) }
	return len(c.f.To) > 0 && !slices.ContainsFunc(c.f.To, own) && slices.ContainsFunc(c.f.Cc, own)
}

// readAll reads the subject, the new words and, where the letter passes
// another one on, the words of that one.
func (c *letterCase) readAll() {
	c.parts = separate(c.f.Text, c.line.forward)
	c.counted = c.counting()
	parts := c.counted
	c.readSubject()
	c.text = c.p.readText(c.arena, c.read, false)
	if c.visible >= decisive && !c.own.Is(c.from) {
		return
	}
	passed := throughStaff(parts, c.own)
	inner := passed.forwarded
	if inner == "" && c.line.forward && c.text.words == 0 {
		inner = parts.quoted
	}
	if inner != "" && !c.own.in(passed.from) {
		c.quoted = c.p.readText(c.arena, passed.subject+"\n\n"+inner, false)
		c.passedOn = true
		if robotLine(passed.from) && !c.own.Is(c.from) { // what a portal demands is no person's demand
			for i := range c.quoted.evidence {
				if e := &c.quoted.evidence[i]; !speaksOfItself(&c.quoted.sentences[e.sentence]) {
					e.level = min(e.level, possible) // or what a person wrote into a form: somebody looks
				}
			}
		}
	}
	for _, fw := range c.f.Forwarded {
		if fw.Behind && !c.countsBehind() {
			continue
		}
		subject, text := fw.Subject, separate(fw.Text, false).fresh
		if fw.File {
			c.readFile(text)
			continue
		}
		if len(fw.From) > 0 && c.own.Is(fw.From[0].Addr) {
			in, ok := passedOn(fw.Subject, fw.Text, c.own)
			if !ok {
				continue
			}
			subject, text = in.subject, in.forwarded
		}
		t := c.p.readText(c.arena, parseSubject(subject).text+"\n\n"+text, false)
		if t.top() >= c.quoted.top() {
			c.quoted, c.passedOn, c.attached = t, true, ""
		}
	}
}

// decision is a verdict in the making.
type decision struct {
	verdict    Verdict
	kinds      []int
	level      level
	marker     string
	prescribed bool
	reason     Reason
}

func noRequest(code string, args ...string) decision {
	return decision{verdict: None, reason: Reason{code, args}}
}

//
//go:noinline
func (c *letterCase) review(code string, kinds []int, args ...string) decision {
	d := decision{verdict: Review, kinds: kinds, level: possible, reason: Reason{code, args}}
	if len(args) > 0 {
		d.marker = args[0]
	}
	return d
}

// form decides on what comes through the operator's own web form: a person
// looks, since the sender proves nothing of who wrote.
func (c *letterCase) form() decision {
	c.readAll()
	d := c.person()
	kinds := d.kinds
	if d.verdict == None {
		kinds = nil
	}
	r := c.review(ReasonForm, kinds, c.from)
	r.marker = d.marker
	return r
}

// staff decides on the operator's own mail: no request, unless it passes a
// person's demand on.
func (c *letterCase) staff() decision {
	c.readAll()
	if c.passedOn && len(c.quoted.evidence) > 0 && c.quoted.top() > nothing {
		return c.review(ReasonStaffForward, c.p.candidates(&c.quoted), c.quoted.evidence[0].words)
	}
	if c.line.forward && c.subject.top() >= close {
		return c.review(ReasonStaffForward, c.p.candidates(&c.subject), c.subject.evidence[0].words)
	}
	if c.text.top() > nothing && flatForward(c.parts.fresh, c.own) {
		return c.review(ReasonStaffForward, c.p.candidates(&c.text), c.text.evidence[0].words)
	}
	return noRequest(ReasonStaff, c.from)
}

// candidates lists the kinds that a part surely demands; where there is none,
// those for which it holds any evidence.
func (p *Policy) candidates(t *part) []int {
	if sure := strong(p, t); len(sure) > 0 {
		kinds := make([]int, len(sure))
		for i, e := range sure {
			kinds[i] = e.kind
		}
		return kinds
	}
	return kindsOf(t)
}

// kindsOf lists the kinds for which a part holds evidence that counts.
func kindsOf(t *part) []int {
	var kinds []int
	for i := range t.evidence {
		if e := &t.evidence[i]; e.counts() && e.kind != unnamed && !slices.Contains(kinds, e.kind) {
			kinds = append(kinds, e.kind)
		}
	}
	return kinds
}
