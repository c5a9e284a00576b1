package desk

import (
	"context"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// How much of a text is read before the verdict: most letters end within the
// first step, and what a person demands stands within the first visible
// characters or not at all.
const (
	firstText   = 8 << 10
	secondText  = 64 << 10
	visibleText = 2000
)

// letter is one message on its way through the classification.
type letter struct {
	head    mailbox.Head
	msg     *mailbox.Message
	need    rules.Need
	reply   bool // it answers a letter of ours, or names a number
	finding rules.Finding
	whole   bool // only the whole letter can tell
	bounce  bool // it says that a letter of ours did not arrive, and was acted on
}

// settled reports whether the letter is no request and needs no further
// reading.
func (l *letter) settled() bool {
	return l.bounce || l.head.Err == nil && !l.whole && !l.reply && l.need != rules.NeedLetter && l.finding.Verdict == rules.None
}

// readTexts judges the letters by their headers, and reads the beginning of
// the text where that does not settle it: one command for all letters of a
// step, so that round trips do not grow with their number.
func (p *folderPass) readTexts(ctx context.Context, heads []mailbox.Head) ([]*letter, error) {
	letters := make([]*letter, 0, len(heads))
	for _, h := range heads {
		l := &letter{head: h}
		letters = append(letters, l)
		if h.Err == nil {
			l.msg = mailbox.ParseHeader(h.Header)
		}
	}
	if err := p.readReports(ctx, letters); err != nil {
		return nil, err
	}
	if err := p.markReplies(ctx, letters); err != nil {
		return nil, err
	}
	var ask []*letter
	for _, l := range letters {
		if l.head.Err != nil || l.bounce {
			continue
		}
		f := Facts(l.msg)
		l.need = p.Policy.Triage(f, p.Operator.Own)
		switch {
		case l.reply || l.need == rules.NeedLetter: // read whole anyway
		case l.need == rules.NeedText:
			ask = append(ask, l)
		default:
			l.finding = p.Policy.Classify(f, p.Operator.Own)
		}
	}
	for _, limit := range []int64{firstText, secondText} {
		var err error
		if ask, err = p.judgeTexts(ctx, ask, limit); err != nil {
			return nil, err
		}
	}
	for _, l := range ask {
		l.whole = true
	}
	return letters, nil
}

// judgeTexts reads the first limit bytes of the letters' texts, classifies
// them and returns those that need more.
func (p *folderPass) judgeTexts(ctx context.Context, ask []*letter, limit int64) (more []*letter, err error) {
	if len(ask) == 0 {
		return nil, nil
	}
	uids := make([]uint32, len(ask))
	for i, l := range ask {
		uids[i] = l.head.UID
	}
	texts, err := p.Inbox.Texts(ctx, uids, limit)
	if err != nil {
		return nil, err
	}
	for _, l := range ask {
		text, there := texts[l.head.UID]
		if !there { // gone, or not delivered in a bunch: Fetch will tell which
			l.whole = true
			continue
		}
		l.msg = mailbox.ParsePrefix(l.head.Header, text)
		if int64(len(text)) >= limit && l.msg.Cut && visible(l.msg.Text) < visibleText {
			more = append(more, l)
			continue
		}
		l.finding = p.Policy.Classify(Facts(l.msg), p.Operator.Own)
	}
	return more, nil
}

// visible counts the characters of a text that are no spaces.
func visible(text string) int {
	n := 0
	for _, r := range text {
		if r > ' ' {
			n++
		}
	}
	return n
}
