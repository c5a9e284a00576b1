package desk

import (
	"context"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// readHeads judges the letters whose text is short, so that what is attached decides. It
// reads the headers of the parts, which name the files, without the files. A letter that
// has other parts than files is read whole.
func (p *folderPass) readHeads(ctx context.Context, letters []*letter) error {
	var uids []uint32
	byUID := map[uint32]*letter{}
	for _, l := range letters {
		if l.begun != nil {
			uids, byUID[l.head.UID] = append(uids, l.head.UID), l
		}
	}
	if len(uids) == 0 {
		return nil
	}
	return p.Inbox.EachPartHeads(ctx, uids, func(uid uint32, heads *mailbox.PartHeads) {
		l := byUID[uid]
		if l == nil || l.begun == nil {
			return
		}
		begun := l.begun
		l.begun = nil
		if stumbles(func() {
			if m := begun.With(heads); m != nil {
				p.testOnlyJudge(l)
				l.finding = p.Policy.Classify(Facts(m), p.Operator.Own)
				l.whole = l.finding.Verdict != rules.None
				l.finding.NewText = ""
			}
		}) {
			l.whole = true
		}
	})
}
