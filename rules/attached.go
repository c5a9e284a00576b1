package rules

import (
	"cmp"
	"slices"
	"strings"
)

// Some people write their letter in a file and nothing above it, or only their name.
// Its text counts as what else stands behind the new words: where these are brief.

// readFile reads the text of an attached file, unless another one says as much.
func (c *letterCase) readFile(text string) {
	if t := c.p.readText(c.arena, text, false); !c.passedOn || t.top() > c.quoted.top() {
		c.quoted, c.passedOn, c.attached = t, true, text
	}
}

// byPassedOn decides on what a letter passed on demands, or a file.
func (c *letterCase) byPassedOn() (decision, bool) {
	if !c.passedOn {
		return decision{}, false
	}
	in, code := strong(c.p, &c.quoted), ReasonForwarded
	if c.attached != "" {
		if code = ReasonAttached; !c.speaksInFile(in) {
			return decision{}, false
		}
	}
	if len(in) > 1 {
		return c.several(in), true
	}
	if len(in) == 0 || c.quoted.cancels != "" || c.p.Kinds[in[0].kind].ByPerson || !in[0].personal && in[0].mark == "" {
		return decision{}, false
	}
	return decision{
		verdict: Request, kinds: []int{in[0].kind}, level: close, marker: cmp.Or(in[0].mark, in[0].words),
		reason: Reason{code, []string{in[0].words}},
	}, true
}

// speaksInFile reports whether what a file demands is the writer's own demand. Beneath a
// covering note, or where nobody speaks of himself, it may be anything: a contract, a
// policy.
func (c *letterCase) speaksInFile(in []*evidence) bool {
	return c.text.unsigned() <= wordlessCover && slices.ContainsFunc(in, func(e *evidence) bool {
		return e.personal && speaksOfItself(&c.quoted.sentences[e.sentence])
	})
}

// calendar returns what makes an invitation of a letter, or takes one back, "" for nothing.
func (f *Facts) calendar() string {
	for _, name := range f.Attachments {
		if i := len(name) - len(".ics"); i >= 0 && strings.EqualFold(name[i:], ".ics") {
			return name
		}
	}
	return f.hasPart("text/calendar")
}
