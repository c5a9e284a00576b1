package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// judgeTexts reads on in the texts of the letters, in one round trip, and judges
// each as it comes in; what may be a report on a letter of ours is heard first. It
// returns those that need more.
func (p *folderPass) judgeTexts(ctx context.Context, ask []*letter) (more []*letter, err error) {
	byUID := make(map[uint32]*letter, len(ask))
	for _, l := range ask {
		byUID[l.head.UID] = l
		l.asked, l.whole = l.next(), true // gone, or not delivered in a bunch: Fetch will tell which
	}
	judge, wait := pool(func(l *letter) {
		if stumbles(func() { p.judgeText(l) }) {
			l.whole = true
			l.forget()
		}
	})
	defer wait()
	err = p.Inbox.EachText(ctx, stretches(ask), func(uid uint32, text []byte) {
		l, worth := byUID[uid], false
		if l == nil || stumbles(func() { worth = l.add(text) }) || !worth {
			return
		}
		if !l.report {
			judge(l)
		}
	})
	wait()
	if err == nil {
		err = p.hearReports(ctx, ask)
	}
	return slices.DeleteFunc(ask, func(l *letter) bool { return !l.goesOn() }), err
}

// next is up to which byte the text is read next; 0: as much as is worth reading is
// here.
func (l *letter) next() int64 {
	if l.report {
		return firstText
	}
	steps := textSteps
	if l.known == 0 && l.lengthy() {
		steps = steps[1:]
	}
	for _, to := range steps {
		if to > l.known {
			return to
		}
	}
	return 0
}

// lengthy reports whether the letter is so large that the first step would hardly
// hold a page of its text: to ask twice costs more than the bytes of a wrong guess.
// Of two alternatives less than half is the plain text; what a mixed letter is made
// of its size does not tell.
func (l *letter) lengthy() bool {
	const long = 8 << 10
	switch kind := l.msg.ContentType; {
	case strings.HasPrefix(kind, "text/"):
		return l.head.Size > long
	case kind == "multipart/alternative":
		return l.head.Size > 2*long
	}
	return false
}

// stretches are what is asked for of the letters.
func stretches(ask []*letter) (list []mailbox.Stretch) {
	for _, l := range ask {
		i := slices.IndexFunc(list, func(t mailbox.Stretch) bool { return t.From == l.known && t.To == l.asked })
		if i < 0 {
			i, list = len(list), append(list, mailbox.Stretch{From: l.known, To: l.asked})
		}
		list[i].UIDs = append(list[i].UIDs, l.head.UID)
	}
	slices.SortFunc(list, func(a, b mailbox.Stretch) int { return cmp.Compare(a.From, b.From) })
	return list
}

// add takes in what came of the text. It reports whether that is worth a look: not
// what the server sent twice, nor a text that is said to end where it cannot.
func (l *letter) add(text []byte) bool {
	if l.known >= l.asked {
		return false
	}
	n := l.known + int64(len(text))
	l.raw, l.known, l.ended = append(l.raw, text), l.asked, n < l.asked
	if l.ended && scant(l.head, n) && !l.report {
		l.forget()
		return false
	}
	return true
}

// goesOn reports whether more of the letter's text is to be read. Where that would
// be more than is worth it, the letter is read whole.
func (l *letter) goesOn() bool {
	if l.whole || l.raw == nil && l.known > 0 || l.need != rules.NeedText {
		return false
	}
	if l.next() == 0 {
		l.whole = true
		l.forget()
		return false
	}
	return true
}
