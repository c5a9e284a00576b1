package desk

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// textSteps are up to which byte a text is read, step by step until the verdict is clear:
// a page of Cyrillic letters takes 3 KB as windows-1251, 4.5 as UTF-8, 6.5 in base64 and 13
// as quoted-printable. Each step asks only for the bytes that are new, of all letters in one
// round trip.
var textSteps = []int64{4608, 6656, 13 << 10, 64 << 10}

// How much of what may be a report on a letter of ours is read before the whole.
const (
	firstText  = 8 << 10
	secondText = 64 << 10
)

// soonRead is up to how many bytes a letter is read whole where what is attached decides.
// Of a larger one the server is asked which parts it has, and it may see fewer than we do
// where a boundary is damaged.
const soonRead = 300 << 10

// letter is one message on its way through the classification. More and more is read of
// it, until it is settled. Each step says what is to be read next:
//
//	the header   readHeaders      reading: the text; need == NeedLetter: the whole
//	the text     judgeText        reading: more of it; begun: its parts; needsWhole: the whole
//	the parts    judgePartHeads   needsWhole: the whole
//	the whole    candidate        nothing: it is registered, or gets its row
//
// A step that does not come, or over which the program stumbles, leads to the whole. After
// it, doubt may send letters that were settled by their texts to the whole once more.
type letter struct {
	head       mailbox.Head
	digest     string    // of its header; "" where nothing of that is known
	seenBefore bool      // the register has a letter with this header
	long       bool      // of the header only the beginning is known
	undated    bool      // nobody knows when it came
	ahead      time.Time // what the server said of that, where it lies ahead and nothing confirms it; else zero
	msg        *mailbox.Message
	reply      bool // it belongs to a thread of the register, or names the number of a request
	report     bool // it may report that a letter of ours did not arrive; see hearReports
	bounce     bool // it does report that, and the register knows

	// What the last step said.
	need       rules.Need // by the header
	finding    rules.Finding
	reading    bool // its text is to be read, or more of it
	needsWhole bool // only the whole letter can tell what it is
	expected   bool // the inbox knows that it will be read whole
	readWhole  bool // it was read whole, as a candidate

	// Its text, as long as more of it may be needed.
	subject *rules.Subject // as read, while the text is to be judged
	raw     [][]byte       // the beginning of its body, piece by piece
	known   int64          // how many bytes of the body were read
	asked   int64          // up to which byte of the body the last step asks
	ended   bool           // raw is the whole body

	begun *mailbox.Beginning // what was read of it, where only the names of its files can still make it a request; else nil
	said  textSaid           // the text by which it became a candidate
}

// settled reports whether the letter is no request and needs no further
// reading.
func (l *letter) settled() bool {
	return l.bounce || l.head.Err == nil && !l.needsWhole && !l.reply && l.need != rules.NeedLetter && l.finding.Verdict == rules.None
}

// trouble notes what is wrong with the letter, once.
func (l *letter) trouble(code string) {
	if !slices.Contains(l.msg.Troubles, code) {
		l.msg.Troubles = append(l.msg.Troubles, code)
	}
}

// row makes the ledger row of the letter.
func (l *letter) row(v rules.Verdict, code string) store.Seen {
	return rowOf(l.head, l.digest, v, code)
}

// rowOf makes the ledger row of a message with this header digest.
func rowOf(h mailbox.Head, digest string, v rules.Verdict, code string) store.Seen {
	return store.Seen{UID: h.UID, Size: h.Size, InternalDate: h.InternalDate, HeaderDigest: digest, Verdict: v, ReasonCode: code, Again: code == codeCopy}
}

// readHeaders judges the letters by their headers, and marks those whose text is to be read.
func (p *folderPass) readHeaders(ctx context.Context, letters []*letter) error {
	inParallel(len(letters), func(i int) {
		if l := letters[i]; l.head.Err == nil {
			l.msg = mailbox.ParseHeader(l.head.Header)
		}
	})
	if err := p.markReplies(ctx, letters); err != nil {
		return err
	}
	inParallel(len(letters), func(i int) {
		l := letters[i]
		if l.report = l.head.Err == nil && mayReport(l.msg); !l.report {
			p.judgeHead(l)
		}
		l.reading = l.report || l.need == rules.NeedText
	})
	return nil
}

// judgeHead judges a letter by its header, or says what must be read of it.
func (p *folderPass) judgeHead(l *letter) {
	if stumbles(func() { p.readHead(l) }) {
		l.need, l.needsWhole = rules.NeedLetter, true
	}
}

func (p *folderPass) readHead(l *letter) {
	if l.head.Err != nil || l.bounce {
		return
	}
	p.testOnlyJudge(l)
	f := Facts(l.msg)
	f.Read = p.Policy.ReadSubject(f.Subject)
	need := p.Policy.Triage(f, p.Operator.Own)
	switch {
	case l.reply, l.long: // read whole anyway
		l.need = rules.NeedLetter
	case need == rules.NeedNothing:
		l.finding = p.Policy.Classify(f, p.Operator.Own)
		l.release()
	default:
		l.need, l.subject = need, f.Read
	}
}

// judgeText judges a letter by the beginning of its text, and lets go of the text unless
// more of it must be read.
func (p *folderPass) judgeText(l *letter) {
	l.needsWhole = false
	if !l.ended && mailbox.Meagre(l.raw...) {
		return
	}
	m := l.msg
	if l.ended {
		m = m.Complete(l.head.Header, l.raw...)
	} else {
		m = m.Continue(l.head.Header, l.raw...)
	}
	p.testOnlyJudge(l)
	f := Facts(m)
	f.Read = l.subject
	if !l.ended && (m.Loose && f.Cut || f.Short()) {
		return
	}
	if l.needsWhole = m.Loose; !l.needsWhole {
		l.finding = p.Policy.Classify(f, p.Operator.Own)
	}
	switch {
	case l.needsWhole || l.finding.Verdict != rules.None:
	case foreign(m), silent(m), ample(l.head, int64(l.size())), p.names(f.Text):
		l.needsWhole = true
	case l.ended:
		l.needsWhole = m.Unclosed // or the server sent less than there is
	default:
		switch p.Policy.Unsettled(f, l.finding, p.Operator.Own) {
		case rules.NeedText:
			return
		case rules.NeedLetter:
			l.needsWhole = true
			if l.head.Size > soonRead {
				l.begun = mailbox.ReadBeginning(l.head.Header, l.raw...)
			}
		}
	}
	if l.finding.Verdict != rules.None {
		l.said = textSaid{sha256.Sum256(slices.Concat(l.raw...)), l.size()}
	}
	l.forget()
	l.msg, l.finding.NewText = nil, ""
	l.release()
}

// size is how many bytes of the text are here.
func (l *letter) size() (n int) {
	for _, b := range l.raw {
		n += len(b)
	}
	return n
}

// release lets go of the header of a letter that is settled.
func (l *letter) release() {
	if l.settled() {
		l.msg, l.head.Header = nil, nil
	}
}

// forget lets go of the text and of what was read in the subject.
func (l *letter) forget() {
	for _, b := range l.raw {
		mailbox.ReuseText(b)
	}
	l.raw, l.subject = nil, nil
}
