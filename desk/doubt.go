package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What a server says of a letter may be wrong or missing. That must never lead to a
// person's letter that nobody reads.

// wholeLetter is a letter that was read to its end, or its header where no more could be had.
type wholeLetter struct {
	spool     *store.Spool
	cut, gone bool
}

// isRegistered reports whether the register has the letter already, because it was moved
// or copied, or is read anew. Letters are compared by their bytes; where one of the two
// was too large to be had whole, by their headers. Letters of which nothing can be had
// look all the same: such a letter is known if another one was received at the same
// moment, in another folder or under another UIDVALIDITY. One that was taken out of the
// folder before it could be read is one that was cut to nothing.
func (p *folderPass) isRegistered(ctx context.Context, l *letter, w wholeLetter) (bool, error) {
	if l.blank() {
		return p.Store.UnreadElsewhere(ctx, store.Place{Folder: p.folder.Name, UIDValidity: p.cur.UIDValidity}, w.spool.SHA256(), l.head.InternalDate)
	}
	_, known, err := p.Store.ByRawDigest(ctx, w.spool.SHA256())
	if err != nil || known || !l.seenBefore || l.head.Err != nil {
		return known, err
	}
	return p.Store.CutBefore(ctx, l.digest, w.cut)
}

// vanished is where a letter belongs that was moved to another folder between its header and
// its body, and of which a case was made by its header: to that case. The person who looks at
// it finds there what it says, and no second request is made of it. What it demands beside
// what its header said is registered, too.
func (p *folderPass) vanished(ctx context.Context, l *letter, w wholeLetter) (t thread, err error) {
	if !l.seenBefore || l.digest == "" || w.gone || l.head.Err != nil {
		return t, nil
	}
	numbers, err := p.Store.Vanished(ctx, l.digest)
	if err != nil || len(numbers) == 0 {
		return t, err
	}
	list, err := p.Store.Briefs(ctx, numbers)
	if err != nil {
		return t, err
	}
	open := list[:0]
	undecided := false
	for _, r := range list {
		if r.Status.Closed() {
			t.maybe(r.Number)
			continue
		}
		open = append(open, r)
		undecided = undecided || r.Status == store.StatusReview
		t.joins = append(t.joins, joining{number: r.Number, revision: r.Revision})
	}
	t.as, t.anew = codeMoved, l.finding.Verdict != rules.None && !undecided && !covered(l.finding, open)
	return t, nil
}

// blank reports that nothing of the letter could be had.
func (l *letter) blank() bool { return len(l.msg.Fields) == 0 && strings.TrimSpace(l.msg.Text) == "" }

// undated reports that the server does not know when the message came, or names a year that
// no calendar knows, as of a file that lost its date.
func undated(received time.Time) bool {
	return received.Year() < rules.FirstYear || received.Year() > rules.LastYear
}

func (p *folderPass) countUndated(heads []mailbox.Head) {
	for _, h := range heads {
		if p.arrived++; h.Err == nil && undated(h.InternalDate) {
			p.undated++
		}
	}
}

// manyUndated is the number of letters from which on it is told that most have no date.
const manyUndated = 5

// tellUndated tells that the server says of most letters not when they came: their terms then
// begin with the pass, and a first pass acknowledges none of them.
func (p *folderPass) tellUndated() {
	if p.undated >= manyUndated && 2*p.undated > p.arrived {
		p.Log.Warn("the server does not say when most letters came", "folder", p.folder.Name, "letters", p.arrived, "undated", p.undated)
	}
}

// settleReceipt replaces a moment of receipt that is none. One that lies ahead by more
// than a day is none either, as of a letter that was copied from elsewhere with the date
// that its sender wrote: nobody would be reminded of it for years. Only where the last
// server on the way says the same is it our clock that is wrong.
func (p *folderPass) settleReceipt(l *letter) {
	tomorrow := p.Now().Add(clockDay)
	ahead := l.head.InternalDate.After(tomorrow)
	if !undated(l.head.InternalDate) && (!ahead || l.msg != nil && l.msg.Stamped && l.msg.ReceivedAt.After(tomorrow)) {
		return
	}
	at, known := p.Now(), false
	if l.msg != nil {
		at, known = p.receipt(l.msg)
	}
	if !undated(l.head.InternalDate) {
		l.ahead = l.head.InternalDate
	}
	l.head.InternalDate, l.undated = at, !known
}

// early reports that the message arrived before the folder's cutoff. Where nobody knows
// when it arrived, it did not.
func (p *folderPass) early(received time.Time) bool {
	return !undated(received) && received.Before(p.cutoff)
}

// receipt is the moment of receipt of a letter for which the server does not tell it:
// that which the last server on the way wrote down, else now. The field Date is written
// by the sender and starts no term.
func (p *folderPass) receipt(m *mailbox.Message) (at time.Time, known bool) {
	now := p.Now()
	if m.Stamped && !undated(m.ReceivedAt) && m.ReceivedAt.Before(now) {
		return m.ReceivedAt, true
	}
	return now, false
}

// scant reports that a letter can hardly end after the n bytes of text that the server
// sent: there are none, or what is missing of its size is more than its header can be.
func scant(h mailbox.Head, n int64) bool { return n == 0 || h.Size-n > usualHeader }

// ample reports that n bytes of text and the known part of the header are more than the
// whole letter has. Then it is the text of another letter.
func ample(h mailbox.Head, n int64) bool { return h.Size > 0 && h.Size-n < int64(len(h.Header)) }

// usualHeader is more than the header of nearly every letter has, in bytes.
const usualHeader = 16 << 10

// foreign reports that a text does not fit its header, which names another boundary or
// another encoding. It may be the text of another letter.
func foreign(m *mailbox.Message) bool {
	return slices.Contains(m.Troubles, mailbox.TroubleBoundary) || slices.Contains(m.Troubles, mailbox.TroubleEncodingBroken)
}

// silent reports that nothing is known of what a letter says. Its words may stand in a
// line of the header that is no field; servers leave such lines out.
func silent(m *mailbox.Message) bool {
	return m.Subject == "" && strings.TrimSpace(m.Text) == "" && len(m.Embedded) == 0
}

var errNothing = errors.New("the server sends nothing of it")

// errMixedUp is what is said of a letter that came under the UID of another.
var errMixedUp = errors.New("the server sent another letter than its header said before")

// mistaken reports that the server sent another letter than that whose header came
// before: servers and proxies do mix their answers up. The letter then counts as one
// that cannot be read, and is judged by its header.
func (p *folderPass) mistaken(l *letter, w wholeLetter) bool {
	if l.head.Err != nil || w.gone || l.digest == "" || l.long {
		return false
	}
	r, err := w.spool.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	header, err := io.ReadAll(io.LimitReader(r, longHeader))
	if err != nil || len(header) == longHeader && !headEnds(header) || mailbox.HeaderDigest(l.head.Size, header) == l.digest {
		return false
	}
	p.Log.Warn("letters mixed up by the server", "folder", p.folder.Name, "uid", l.head.UID)
	l.head.Err = &mailbox.BadMessage{UID: l.head.UID, Err: errMixedUp}
	return true
}

// longHeader is more than is read of any header.
const longHeader = 1 << 20

func headEnds(b []byte) bool {
	return bytes.Contains(b, []byte("\n\r\n")) || bytes.Contains(b, []byte("\n\n"))
}

// textSaid tells which beginning of a text was judged: its digest and its length.
type textSaid struct {
	sum  [sha256.Size]byte
	size int
}

// denies reports that the whole letter is no request although its text seemed to be one,
// and that it does not begin with that text: it was the text of another letter.
func (l *letter) denies(said rules.Verdict, w wholeLetter) bool {
	return l.need == rules.NeedText && (said == rules.Request || said == rules.Review) && l.finding.Verdict == rules.None &&
		!l.msg.Cut && !l.said.begins(w.spool)
}

// begins reports whether the body of the letter in the spool begins with that text, which
// may stand behind much more of a header than is ever judged.
func (t textSaid) begins(spool *store.Spool) bool {
	r, err := spool.Open()
	if err != nil || t.size == 0 {
		return false
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, longHeader+int64(t.size)))
	_, body, headed := bytes.Cut(raw, []byte("\r\n\r\n"))
	if len(raw) == longHeader+t.size && len(body) < t.size {
		return true // behind a header of which nothing can be said
	}
	return err == nil && headed && len(body) >= t.size && sha256.Sum256(body[:t.size]) == t.sum
}

// doubt marks every letter of the chunk that was judged by its text to be read whole:
// one of them is the request whose text came under the UID of another. It reports
// whether there are any.
func (p *folderPass) doubt(letters []*letter, uid uint32) (any bool) {
	p.Log.Warn("texts mixed up by the server", "folder", p.folder.Name, "uid", uid)
	for _, l := range letters {
		if !l.readWhole && l.need == rules.NeedText && l.settled() {
			l.needsWhole, any = true, true
		}
	}
	return any
}
