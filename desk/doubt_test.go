package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// lying is a mailbox that says of some letters what is not so.
type lying struct {
	Inbox
	unreadable []uint32          // nothing of them can be had
	undated    []uint32          // nobody knows when they came
	says       time.Time         // what is said of them
	mixed      map[uint32]uint32 // whose bytes come in place of these
	texts      map[uint32]uint32 // whose texts do
}

func (s lying) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return s.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		for i, h := range heads {
			if slices.Contains(s.unreadable, h.UID) {
				heads[i] = mailbox.Head{UID: h.UID, InternalDate: h.InternalDate, Err: &mailbox.BadMessage{UID: h.UID, Err: io.ErrUnexpectedEOF}}
			}
			if slices.Contains(s.undated, h.UID) {
				heads[i].InternalDate = s.says
			}
		}
		return yield(heads)
	})
}

func (s lying) Stamps(ctx context.Context, from, to uint32, yield func(mailbox.Stamp) error) error {
	return s.Inbox.Stamps(ctx, from, to, func(st mailbox.Stamp) error {
		if slices.Contains(s.undated, st.UID) {
			st.InternalDate = s.says
		}
		return yield(st)
	})
}

func (s lying) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	if other, ok := s.mixed[uid]; ok {
		uid = other
	}
	return s.Inbox.Fetch(ctx, uid, w)
}

func (s lying) EachText(ctx context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	return s.Inbox.EachText(ctx, stretches, func(uid uint32, text []byte) {
		if other, ok := s.texts[uid]; ok {
			uid = other
		}
		yield(uid, text)
	})
}

// eight letters, of which those with an odd UID withdraw a consent.
func eight(t *testing.T, r *rig, fields ...string) {
	t.Helper()
	for i := 1; i <= 8; i++ {
		m := mail{from: fmt.Sprintf("p%d@mail.example", i), subject: "Счёт на оплату", body: fmt.Sprintf("Направляем счёт %d.", i), id: fmt.Sprintf("%d@mail.example", i), fields: fields}
		if i%2 == 1 {
			m.subject, m.body = withdrawalMark, fmt.Sprintf("Прошу исполнить %d.", i)
		}
		r.put(t, "INBOX", m, now.Add(-time.Hour))
	}
}

// places lists the requests by the UID of their only letter.
func places(t *testing.T, r *rig) map[uint32]store.Request {
	t.Helper()
	out := map[uint32]store.Request{}
	for _, q := range r.all(t) {
		if len(q.Letters) != 1 {
			t.Errorf("%s has %d letters", q.Number, len(q.Letters))
			continue
		}
		out[q.Letters[0].Place.UID] = q
	}
	return out
}

// Letters of which not a byte can be had are not copies of each other: each is
// a case of its own.
func TestUnreadableLettersAreNoCopies(t *testing.T) {
	r := newRig(t)
	eight(t, r)
	r.Inbox = lying{Inbox: r.Inbox, unreadable: []uint32{2, 3, 6, 7}}
	r.pass(t)
	got := places(t, r)
	for uid := uint32(1); uid <= 8; uid++ {
		want := store.Status("")
		switch {
		case slices.Contains([]uint32{2, 3, 6, 7}, uid):
			want = store.StatusReview
		case uid%2 == 1:
			want = store.StatusOpen
		}
		if got[uid].Status != want {
			t.Errorf("UID %d is %q, want %q", uid, got[uid].Status, want)
		}
	}
	// Elsewhere, as after a move or a new UIDVALIDITY, they are known again.
	for i := 1; i <= 3; i++ {
		at := now.Add(-time.Hour)
		if i == 3 {
			at = now // this one is new
		}
		r.put(t, "Junk", mail{from: "x@mail.example", subject: withdrawalMark, body: fmt.Sprint(i), id: fmt.Sprint(i)}, at)
	}
	r.Inbox = lying{Inbox: r.Inbox, unreadable: []uint32{1, 2, 3}}
	if p, _ := r.pass(t); len(p.Admitted) != 1 {
		t.Errorf("registered again: %v", p.Admitted)
	}
}

// A server that cannot tell when letters came, or names a day that is still to come,
// hides none of them behind the cutoff, and puts none off: they came when the last server
// on their way took them, or now. Where that server names the same day, it is our clock
// that is wrong.
func TestLettersWithoutMomentOfReceipt(t *testing.T) {
	for name, c := range map[string]struct {
		field string
		want  time.Time
		says  time.Time
	}{
		"nothing is known":     {"X-Nothing: 1", now, time.Time{}},
		"a file lost its date": {"X-Nothing: 1", now, time.Unix(0, 0)},
		"a server noted it":    {"Received: from a by b; " + now.Add(-3*time.Hour).Format(time.RFC1123Z), now.Add(-3 * time.Hour), time.Time{}},
		"in the future":        {"Received: from a by b; " + now.Add(3*time.Hour).Format(time.RFC1123Z), now, time.Time{}},
		"years ahead":          {"X-Nothing: 1", now, now.AddDate(73, 0, 0)},
		"years ahead of Date":  {"Date: " + now.AddDate(73, 0, 0).Format(time.RFC1123Z), now, now.AddDate(73, 0, 0)},
		"ahead of a server":    {"Received: from a by b; " + now.Add(-3*time.Hour).Format(time.RFC1123Z), now.Add(-3 * time.Hour), now.AddDate(0, 1, 0)},
		"our clock is behind":  {"Received: from a by b; " + now.AddDate(0, 1, 0).Format(time.RFC1123Z), now.AddDate(0, 1, 0), now.AddDate(0, 1, 0)},
		"ahead by some hours":  {"X-Nothing: 1", now.Add(3 * time.Hour), now.Add(3 * time.Hour)},
	} {
		r := newRig(t)
		eight(t, r, c.field)
		r.Inbox = lying{Inbox: r.Inbox, undated: []uint32{1, 2, 3, 4, 5, 6, 7, 8}, says: c.says}
		if found := r.reconcile(t, false); found.Waiting != 8 {
			t.Errorf("%s: %d wait", name, found.Waiting)
		}
		r.pass(t)
		got := places(t, r)
		for uid := uint32(1); uid <= 7; uid += 2 {
			if q := got[uid]; q.Status != store.StatusOpen || !q.ReceivedAt.Equal(c.want) || q.ReceivedOn != rules.DateIn(c.want, r.Zone) {
				t.Errorf("%s: UID %d is %q, received %v on %v, want %v", name, uid, q.Status, q.ReceivedAt, q.ReceivedOn, c.want)
			}
		}
		state := store.MailSent
		if c.want.Equal(now) {
			state = store.MailHeld // at a first pass it may be years old
		}
		if got[1].Ack.State != state {
			t.Errorf("%s: the acknowledgement is %s", name, got[1].Ack.State)
		}
		if l := facts(t, r).Ledger; l[rules.Request] != 4 || l[rules.None] != 4 {
			t.Errorf("%s: the ledger has %v", name, l)
		}
	}
}

// A letter that is too large to be had whole is known again when it was moved,
// also after imap.max_size changed.
func TestCutLettersAreKnownAgain(t *testing.T) {
	for _, smallFirst := range []bool{true, false} {
		r := newRig(t)
		large := mail{from: "a@one.example", subject: withdrawalMark, body: strings.Repeat("Прошу исполнить. ", 10_000), id: "1@one.example"}
		o := mailbox.ReaderOptions{Server: server(t, r.box.IMAPAddr, r.box.CA), MaxSize: 10_000}
		small := mailbox.NewReader(o)
		t.Cleanup(func() { small.Close() })
		first, second := Inbox(small), r.Inbox
		if !smallFirst {
			first, second = second, first
		}
		r.Inbox = first
		r.put(t, "INBOX", large, now.Add(-time.Hour))
		r.pass(t)
		r.Inbox = second
		r.put(t, "Junk", large, now.Add(-time.Hour))
		r.pass(t)
		if n := len(places(t, r)); n != 1 { // nor a further letter of the first one
			t.Errorf("small first %v: %d requests", smallFirst, n)
		}
	}
}

// A server that sends another letter than the one that it was asked for hides
// none: what the header said counts, and a person looks.
func TestLettersMixedUp(t *testing.T) {
	r := newRig(t)
	eight(t, r)
	r.Inbox = lying{Inbox: r.Inbox, mixed: map[uint32]uint32{3: 4, 4: 3}}
	r.pass(t)
	got := places(t, r)
	if q := got[3]; q.Status != store.StatusReview || q.Letters[0].FromAddr != "p3@mail.example" {
		t.Errorf("the letter that came as another is %q of %q", q.Status, q.Letters[0].FromAddr)
	}
	for _, uid := range []uint32{1, 5, 7} {
		if got[uid].Status != store.StatusOpen {
			t.Errorf("UID %d is %q", uid, got[uid].Status)
		}
	}
	var raw bytes.Buffer
	if err := r.Store.Raw(t.Context(), got[3].Letters[0].ID, &raw); err != nil {
		t.Fatal(err)
	}
	if s := raw.String(); !strings.Contains(s, "<3@mail.example>") || strings.Contains(s, "<4@mail.example>") {
		t.Errorf("what is kept of it: %q", s)
	}
}

// A server that mixes up the texts of letters hides no request that only the text
// shows: the letter that seemed to be one is none, and so the others are read whole.
func TestTextsMixedUp(t *testing.T) {
	for _, texts := range []map[uint32]uint32{{1: 2, 2: 1}, {3: 8, 8: 3}, {1: 5, 5: 8, 8: 1}, {4: 3, 3: 7, 7: 4}} {
		r := newRig(t)
		for i := 1; i <= 8; i++ {
			m := mail{from: fmt.Sprintf("p%d@mail.example", i), subject: "Здравствуйте", body: fmt.Sprintf("Направляем счёт %d.", i), id: fmt.Sprintf("%d@mail.example", i)}
			if i == 1 || i == 3 {
				m.body = "Отзываю согласие на обработку персональных данных."
			}
			r.put(t, "INBOX", m, now.Add(-time.Hour))
		}
		r.Inbox = lying{Inbox: r.Inbox, texts: texts}
		r.pass(t)
		if got := places(t, r); len(got) != 2 || got[1].Status != store.StatusOpen || got[3].Status != store.StatusOpen {
			t.Errorf("texts %v: %d requests, UID 1 is %q, UID 3 %q", texts, len(got), got[1].Status, got[3].Status)
		}
		if seen := facts(t, r).Ledger; seen[rules.None] != 6 {
			t.Errorf("texts %v: the ledger has %v", texts, seen)
		}
	}
}

// Servers on the way add to a header as much as they like: the text is looked for behind it.
func TestTextBehindALongHeader(t *testing.T) {
	r := newRig(t)
	text := "Прошу удалить мои данные."
	said := textSaid{sha256.Sum256([]byte(text)), len(text)}
	for _, c := range []struct {
		header int
		body   string
		want   bool
	}{
		{0, text + " Спасибо.", true},
		{100 << 10, text, true},
		{100 << 10, "Сколько стоит лицензия, и за какой срок?", false},
		{100 << 10, "Прошу", false},
		{longHeader, "Сколько стоит лицензия, и за какой срок?", true}, // nobody knows
	} {
		spool := r.Store.Spool()
		t.Cleanup(func() { spool.Discard() })
		fmt.Fprintf(spool, "From: a@one.example\r\nReceived: %s\r\n\r\n%s", strings.Repeat("x", c.header), c.body)
		if got := said.begins(spool); got != c.want {
			t.Errorf("behind %d bytes %q: %t", c.header, c.body, got)
		}
	}
}

// A configured folder that somebody renamed is told of each time, and no reason to leave
// the others unread.
func TestFolderThatIsMissing(t *testing.T) {
	r := newRig(t)
	eight(t, r)
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, r.box.IMAPAddr, r.box.CA), Folders: []string{"Обращения", "INBOX"}})
	t.Cleanup(func() { reader.Close() })
	r.Inbox = reader
	p, err := r.Poll(t.Context())
	if !errors.Is(err, ErrUnread) || !strings.Contains(err.Error(), `"Обращения"`) || len(p.Admitted) != 4 {
		t.Errorf("%d requests, %v", len(p.Admitted), err)
	}
	if f := facts(t, r); !f.LastPass.Equal(now) {
		t.Errorf("the others were read, and the last pass ended at %v", f.LastPass)
	}
}

// learning is a mailbox that comes past its first letter at the third pass, as
// long as it remembers the others.
type learning struct {
	Inbox
	passes string
}

func (l *learning) Memory() string       { return l.passes }
func (l *learning) Remember(text string) { l.passes = text }

func (l *learning) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	if l.passes += "x"; len(l.passes) < 3 {
		return errors.New("silent")
	}
	return l.Inbox.Heads(ctx, from, to, yield)
}

// What a pass learned of the mailbox is known to the next one, in whatever
// process that is.
func TestMailboxIsRemembered(t *testing.T) {
	r := newRig(t)
	eight(t, r)
	for n := 1; n <= 3; n++ {
		d := openDesk(t, r.path, r.box.IMAPAddr, r.box.SMTPAddr, r.box.CA)
		d.Inbox = &learning{Inbox: d.Inbox}
		if p, err := d.Poll(t.Context()); (err == nil) != (n == 3) || len(p.Admitted) != 4*(n/3) {
			t.Fatalf("pass %d: %d requests, %v", n, len(p.Admitted), err)
		}
	}
}
