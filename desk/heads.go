package desk

import (
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// judgePartHeads returns a function that judges the letters, of which it is clear what they
// say, by the headers of their parts.
func (p *folderPass) judgePartHeads(letters []*letter) func(uid uint32, heads *mailbox.PartHeads) {
	return func(uid uint32, heads *mailbox.PartHeads) {
		i := slices.IndexFunc(letters, func(l *letter) bool { return l.head.UID == uid })
		if i < 0 || letters[i].begun == nil {
			return
		}
		l := letters[i]
		begun := l.begun
		l.begun = nil
		if stumbles(func() {
			if m := begun.With(heads); m != nil {
				p.testOnlyJudge(l)
				l.finding = p.Policy.Classify(Facts(m), p.Operator.Own)
				l.needsWhole = l.finding.Verdict != rules.None
				l.finding.NewText = ""
			}
		}) {
			l.needsWhole = true
		}
	}
}
