package desk

import (
	"slices"
	"sort"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// judgeTexts makes ready for the next step of the texts of the letters. take gets each text
// as it comes in, and has it judged; end returns when all are, and may be called again.
func (p *folderPass) judgeTexts(ask []*letter) (take func(uid uint32, text []byte), end func()) {
	byUID := make(map[uint32]*letter, len(ask))
	for _, l := range ask {
		byUID[l.head.UID] = l
		l.asked, l.needsWhole = l.next(), true // until its text comes: if it does not, Fetch will tell why
	}
	judge, end := pool(func(l *letter) {
		if stumbles(func() { p.judgeText(l) }) {
			l.needsWhole = true
			l.forget()
		}
	})
	return func(uid uint32, text []byte) {
		l, worth := byUID[uid], false
		if l == nil || stumbles(func() { worth = l.add(text) }) || !worth {
			return
		}
		if !l.report {
			judge(l)
		}
	}, end
}

// next is up to which byte the text is to be read next; 0: no more of it is worth reading.
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

// lengthy reports whether the letter is so large that its text hardly fits into the first
// step. Then the first step is skipped: to ask twice costs more than the bytes of a wrong
// guess. In a letter of two alternatives, less than half is the plain text. Of a mixed letter
// the size does not tell how much is text.
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

// stretches are the parts of texts to be asked for, each with its letters.
func stretches(ask []*letter) (list []mailbox.Stretch) {
	for _, l := range ask {
		i := slices.IndexFunc(list, func(t mailbox.Stretch) bool { return t.From == l.known && t.To == l.asked })
		if i < 0 {
			i, list = len(list), append(list, mailbox.Stretch{From: l.known, To: l.asked})
		}
		list[i].UIDs = append(list[i].UIDs, l.head.UID)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].From < list[j].From })
	return list
}

// add takes in the piece of the text that came. It reports whether to judge the letter now:
// not if the server sent the piece a second time, nor if the text seems to end where it
// cannot.
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

// goesOn reports whether more of the text is to be read. If more is needed but not worth
// reading by itself, the letter is marked to be read whole.
func (l *letter) goesOn() bool {
	if l.needsWhole || l.raw == nil && l.known > 0 || l.need != rules.NeedText {
		return false
	}
	if l.next() == 0 {
		l.needsWhole = true
		l.forget()
		return false
	}
	return true
}
