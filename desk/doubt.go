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

// What a server says of a letter can be wrong or missing. None of that may
// make a letter of a person one that nobody reads.

// whole is a letter that was read to its end, or what there is in its place.
type whole struct {
	spool     *store.Spool
	cut, gone bool
}

// registered reports whether the letter is in the register already, moved,
// copied, or read anew: its bytes are, or, where it was too large to be had whole
// then or is now, its header is. Letters of which nothing can be had are all
// alike: such a one is known if one was received at the same moment, and lies
// elsewhere or under another UIDVALIDITY.
func (p *folderPass) registered(ctx context.Context, l *letter, w whole) (bool, error) {
	if len(l.msg.Fields) == 0 && strings.TrimSpace(l.msg.Text) == "" {
		return p.Store.UnreadElsewhere(ctx, store.Place{Folder: p.folder.Name, UIDValidity: p.cur.UIDValidity}, w.spool.SHA256(), l.head.InternalDate)
	}
	_, known, err := p.Store.ByRawDigest(ctx, w.spool.SHA256())
	if err != nil || known || !l.again || l.head.Err != nil || w.gone {
		return known, err
	}
	return p.Store.CutBefore(ctx, l.digest, w.cut)
}

// undated: the server cannot tell when the message came, or says a moment at
// which nobody here had a mailbox: that of a file which lost its date.
func undated(received time.Time) bool { return received.Year() < 1990 }

// early: the message arrived before the folder's cutoff. One that is undated has
// not.
func (p *folderPass) early(received time.Time) bool {
	return !undated(received) && received.Before(p.cutoff)
}

// receipt is the moment of receipt of a letter of which the server cannot tell
// it: that of the last server on its way, else now. The Date field is the
// sender's and starts no term.
func (p *folderPass) receipt(m *mailbox.Message) (at time.Time, known bool) {
	now := p.Now()
	if m.Received > 0 && !m.ReceivedAt.IsZero() && m.ReceivedAt.Before(now) {
		return m.ReceivedAt, true
	}
	return now, false
}

// scant: the server says that the text of a letter ends after so many bytes, and
// that can hardly be: there are none at all, or so many are left that few headers
// have them.
func scant(h mailbox.Head, n int64) bool { return n == 0 || h.Size-n > usualHeader }

// ample: so many bytes of a text and what is known of its header are more than the
// whole letter has. It is the text of another letter.
func ample(h mailbox.Head, n int64) bool { return h.Size > 0 && h.Size-n < int64(len(h.Header)) }

// usualHeader is more than the header of nearly every letter has, in bytes.
const usualHeader = 16 << 10

// foreign: the text does not fit its header, which names another boundary or another
// encoding. It may be that of another letter.
func foreign(m *mailbox.Message) bool {
	return slices.Contains(m.Troubles, mailbox.TroubleBoundary) || slices.Contains(m.Troubles, mailbox.TroubleEncodingBroken)
}

// silent: the letter says nothing, as far as it is known. What it says may stand in a
// line of its header that is no field, of which a server gives none.
func silent(m *mailbox.Message) bool {
	return m.Subject == "" && strings.TrimSpace(m.Text) == "" && len(m.Embedded) == 0
}

var errNothing = errors.New("the server sends nothing of it")

// errMixedUp is what is said of a letter that came under the UID of another.
var errMixedUp = errors.New("the server sent another letter than its header said before")

// mistaken finds out that the letter is not the one whose header came before:
// servers and proxies mix answers up. The letter is then one that cannot be
// read, and what its header said counts.
func (p *folderPass) mistaken(l *letter, w whole) bool {
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

// textSaid is the beginning of a text that was judged: what it was, and its length.
type textSaid struct {
	sum  [sha256.Size]byte
	size int
}

// denies reports that the whole letter is no request although its text was said to
// be one, and is not that text: it was the text of another letter.
func (l *letter) denies(said rules.Verdict, w whole) bool {
	return l.need == rules.NeedText && (said == rules.Request || said == rules.Review) && l.finding.Verdict == rules.None &&
		!l.msg.Cut && !l.said.begins(w.spool)
}

// begins reports whether the body of the letter in the spool begins with that text.
func (t textSaid) begins(spool *store.Spool) bool {
	r, err := spool.Open()
	if err != nil || t.size == 0 {
		return false
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, mailbox.HeadLimit+int64(t.size)))
	_, body, headed := bytes.Cut(raw, []byte("\r\n\r\n"))
	return err == nil && headed && len(body) >= t.size && sha256.Sum256(body[:t.size]) == t.sum
}

// doubt has every letter of the chunk read whole of which a text decided: one of
// them is the request, since the letter of that UID is none. It reports whether there
// are any.
func (p *folderPass) doubt(letters []*letter, uid uint32) (any bool) {
	p.Log.Warn("texts mixed up by the server", "folder", p.folder.Name, "uid", uid)
	for _, l := range letters {
		if !l.read && l.need == rules.NeedText && l.settled() {
			l.whole, any = true, true
		}
	}
	return any
}
