package desk

import (
	"context"
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
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

// isNone reports whether a letter with this row is no request, as far as it was read.
func isNone(row store.Seen) bool { return row.Verdict == rules.None && row.ReasonCode != codeGone }

// twins are those of the known digests, of letters that are no requests, that another letter
// of the folder has as it is numbered now. A form may send all its letters under one
// Message-ID and of one size, and the next says something else: each is read.
func (p *folderPass) twins(ctx context.Context, known map[string]store.Seen) (map[string]bool, error) {
	var digests []string
	for digest, row := range known {
		if isNone(row) {
			digests = append(digests, digest)
		}
	}
	if len(digests) == 0 {
		return nil, nil
	}
	return p.Store.HeaderDigestsIn(ctx, p.folder.Name, p.cur.UIDValidity, digests)
}

// digestOf returns the header digest of a message, "" where too little of its header
// is known.
func digestOf(h mailbox.Head) string { return mailbox.HeaderDigest(h.Size, h.Header) }
