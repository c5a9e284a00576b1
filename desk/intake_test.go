package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

func TestPollRegistersOnce(t *testing.T) {
	r := newRig(t)
	received := time.Date(2026, 11, 22, 19, 30, 0, 0, time.UTC) // Monday 23 November 00:30 in Almaty
	r.put(t, "INBOX", mail{from: "aigerim@mail.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "1@mail.example"}, received)
	r.put(t, "INBOX", mail{from: "assel@firma.example", subject: "Вопрос по лицензии", body: "Сколько это стоит?", id: "2@firma.example"}, received)

	p, f := r.pass(t)
	if len(p.Admitted) != 1 || p.Seen != 2 || f.Sent != 1 {
		t.Fatalf("first pass: %+v %+v, want one request of two messages and one letter sent", p, f)
	}
	q := r.all(t)[0]
	if q.Kind != "consent_withdrawal" || q.Status != store.StatusOpen || q.Number != "LK-2026-000001" {
		t.Errorf("registered %s as %s, %s", q.Number, q.Kind, q.Status)
	}
	if !q.ReceivedAt.Equal(received) || q.ReceivedOn != rules.NewDate(2026, 11, 23) || q.ActBy != rules.NewDate(2026, 12, 14) {
		t.Errorf("received %v on %v, act by %v; want the day in Almaty and its 15th working day", q.ReceivedAt, q.ReceivedOn, q.ActBy)
	}
	before := facts(t, r)
	if l := before.Ledger; l[rules.Request] != 1 || l[rules.None] != 1 {
		t.Errorf("the ledger has %v, want a row for each of the two messages", l)
	}
	if p, f := r.pass(t); p.Seen != 0 || len(p.Admitted) != 0 || f.Sent != 0 {
		t.Errorf("second pass did something: %+v %+v", p, f)
	}
	if after := facts(t, r); after.Events != before.Events || after.Head != before.Head {
		t.Errorf("second pass wrote events %d..%d", before.Events, after.Events)
	}
}

func facts(t *testing.T, r *rig) store.Counts {
	t.Helper()
	f, err := r.Store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A letter found in the junk folder, or older than a day at the first run, is
// registered, and its acknowledgement waits for a person.
func TestPollHolds(t *testing.T) {
	r := newRig(t)
	r.put(t, "Junk", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Очень прошу.", id: "2@two.example"}, now.Add(-30*time.Hour))
	r.put(t, "INBOX", mail{from: "c@three.example", subject: withdrawalMark, body: "И я прошу.", id: "3@three.example"}, now.Add(-61*24*time.Hour))
	if _, f := r.pass(t); f.Sent != 0 {
		t.Errorf("%d letters were sent", f.Sent)
	}
	want := map[string]string{"a@one.example": codeJunk, "b@two.example": codeOldAtStart}
	got := map[string]string{}
	for _, q := range r.all(t) {
		if q.Ack.State != store.MailHeld {
			t.Errorf("%s: acknowledgement is %s", q.Number, q.Ack.State)
		}
		got[q.Letters[0].FromAddr] = q.Ack.Reason.Code
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("held: %v, want %v (what is older than imap.since is not taken in)", got, want)
	}
	n, _, err := r.Release(t.Context(), nil, Actor{Login: "officer"})
	if err != nil || n != 2 {
		t.Fatalf("release: %d %v", n, err)
	}
	if _, f := r.pass(t); f.Sent != 2 {
		t.Errorf("%d letters were sent after the release", f.Sent)
	}
}

// After the first pass an outage makes no letter too old to be acknowledged.
func TestPollAfterOutage(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "x@firma.example", subject: "Вопрос", body: "Есть вопрос о лицензии.", id: "0@firma.example"}, now.Add(-90*time.Hour))
	r.pass(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-80*time.Hour))
	if _, f := r.pass(t); f.Sent != 1 {
		t.Errorf("%d letters sent, want the one that waited through the outage", f.Sent)
	}
}

// The same letter under another UID, moved or copied, is no second request.
func TestPollKnowsCopies(t *testing.T) {
	r := newRig(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}
	r.put(t, "INBOX", m, now.Add(-time.Hour))
	r.pass(t)
	r.put(t, "Junk", m, now.Add(-time.Hour))
	r.put(t, "INBOX", m, now.Add(-time.Hour))
	if p, f := r.pass(t); p.Seen != 2 || len(p.Admitted) != 0 || f.Sent != 0 {
		t.Errorf("the copies made requests: %+v %+v", p, f)
	}
}

// A person's answer to our acknowledgement joins the request; a robot's
// changes nothing; somebody else's is looked at by a person.
func TestPollThreads(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	ack := mailbox.Parse(strings.NewReader(string(r.box.Sent()[0].Raw)))
	answer := []string{"In-Reply-To: " + ack.MessageID, "References: " + ack.MessageID}
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: " + ack.Subject, body: "Вы поняли верно, прикладываю паспорт.", id: "2@one.example", fields: answer}, now)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Автоответ", body: "Я в отпуске.", id: "3@one.example", fields: append(answer, "Auto-Submitted: auto-replied")}, now)
	r.put(t, "INBOX", mail{from: "b@other.example", subject: "Re: " + ack.Subject, body: "А когда ответите?", id: "4@other.example", fields: answer}, now)
	var log strings.Builder
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	p, f := r.pass(t)
	if n, joined := strings.Count(log.String(), "request registered"), strings.Count(log.String(), "letter joined a request"); n != 1 || joined != 1 {
		t.Errorf("the log tells of %d new requests and %d letters that joined one:\n%s", n, joined, log.String())
	}
	if p.Joined != 1 || p.Registered != 1 || len(p.Admitted) != 2 || f.Sent != 0 {
		t.Errorf("pass: %+v %+v, want one letter joined, one new case, nothing sent", p, f)
	}
	list := r.all(t)
	if len(list) != 2 {
		t.Fatalf("%d requests, want the first and the stranger's", len(list))
	}
	for _, q := range list {
		switch stranger := q.Letters[0].FromAddr == "b@other.example"; {
		case stranger && (q.Status != store.StatusReview || q.Letters[0].ReasonCode != codeStranger):
			t.Errorf("the stranger's letter: %s, reason %s", q.Status, q.Letters[0].ReasonCode)
		case !stranger && len(q.Letters) != 2:
			t.Errorf("the request has %d letters, want 2", len(q.Letters))
		}
	}
}

// brokenInbox breaks the connection in the middle of a pass.
type brokenInbox struct {
	Inbox
	fail func() error
}

func (b brokenInbox) EachText(ctx context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	if err := b.fail(); err != nil {
		return func(bool) error { return err }
	}
	return b.Inbox.EachText(ctx, stretches, yield)
}

// A connection that breaks ends the pass; the cursor stays where every message
// is accounted for, and the next pass loses nothing.
func TestPollBrokenConnection(t *testing.T) {
	r := newRig(t)
	errCut := errors.New("connection cut")
	broken := true
	r.Inbox = brokenInbox{r.Inbox, func() error {
		if broken {
			return errCut
		}
		return nil
	}}
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Здравствуйте", body: "Прошу удалить мои персональные данные.", id: "1@one.example"}, now)
	if _, err := r.Poll(t.Context()); !errors.Is(err, errCut) {
		t.Fatalf("poll: %v, want the connection's error", err)
	}
	broken = false
	p, _ := r.pass(t)
	if len(p.Admitted) != 1 {
		t.Errorf("after the cut: %+v, want the letter registered", p)
	}
}

// orderedInbox writes down which folders are looked at.
type orderedInbox struct {
	Inbox
	note func(string)
}

func (o orderedInbox) Examine(ctx context.Context, folder string) (mailbox.FolderState, error) {
	o.note(folder)
	return o.Inbox.Examine(ctx, folder)
}

func (o orderedInbox) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	o.note("list")
	return o.Inbox.Folders(ctx)
}

// Who wrote is answered before the next folder is looked at, by a letter that
// then goes out once; where nobody wrote, nobody is called. INBOX is read before the
// folders are listed, and once.
func TestPollAnswersBehindEachFolder(t *testing.T) {
	r := newRig(t)
	var order []string
	note := func(s string) { order = append(order, s) }
	r.Inbox = orderedInbox{r.Inbox, note}
	r.FlushNow = func() error {
		f, err := r.Flush(t.Context())
		note(fmt.Sprint("sent ", f.Sent, " ", err))
		return f.Silent
	}
	r.put(t, "INBOX", mail{from: "x@firma.example", subject: "Вопрос", body: "Сколько стоит лицензия?", id: "0@firma.example"}, now)
	r.pass(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now)
	if _, f := r.pass(t); f.Sent != 0 {
		t.Errorf("%d letters were left for the pass behind", f.Sent)
	}
	if got, want := strings.Join(order, ", "), "INBOX, list, Junk, INBOX, sent 1 <nil>, list, Junk"; got != want {
		t.Errorf("order: %s, want %s", got, want)
	}
}

// What a letter brings waits for the disk once before its answer is sent, and at the
// end of the pass where nobody is answered; a pile of letters waits behind each chunk.
func TestPollWaitsForTheDiskOnce(t *testing.T) {
	r := newRig(t)
	var mu sync.Mutex // the next letter is read while one is registered
	var order []string
	note := func(step string) {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, step)
	}
	r.Store.WatchCommits(func(point string) { note(strings.TrimPrefix(point, "before ")) })
	r.testOnlyStep = note
	r.FlushNow = func() error {
		f, err := r.Flush(t.Context())
		if err != nil {
			t.Error(err)
		}
		return f.Silent
	}
	pass := func(folder string, uid, letters int) string {
		t.Helper()
		for n := range letters {
			id := fmt.Sprintf("%d@d%d.example", uid+n, uid+n) // a domain has a cap
			r.put(t, folder, mail{from: "a" + id, subject: withdrawalMark, body: "Прошу.", id: id}, now)
		}
		order = nil
		if _, err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(order, func(s string) bool { return s == "commit" || s == "mail claimed" })
		return strings.Join(order[:at+1], ", ")
	}
	pass("INBOX", 100, 1) // the first pass begins the folders
	const spooled, admitted = "letter spooled, letter looked for, unsynced commit, after unsynced commit, letter admitted", ", unsynced commit, after unsynced commit, chunk recorded, "
	if got, want := pass("INBOX", 1, 1), spooled+admitted+"commit"; got != want {
		t.Errorf("one letter: %s\nwant: %s", got, want)
	}
	if !slices.Contains(order, "mail sent") {
		t.Errorf("it was not answered: %v", order)
	}
	if got, want := pass("Junk", 2, 1), spooled+admitted+"commit"; got != want || slices.Contains(order, "mail sent") {
		t.Errorf("one that is not answered: %s\nwant: %s", got, want)
	}
	if got := pass("INBOX", 10, fewMessages); !strings.HasSuffix(got, "letter admitted, commit") || strings.Contains(got, "chunk recorded") {
		t.Errorf("many: %s", got)
	}
	r.FlushNow = nil
	if got := pass("INBOX", 50, 1); !strings.HasSuffix(got, "letter admitted, commit") || strings.Contains(got, "chunk recorded") {
		t.Errorf("with nobody to answer: %s", got)
	}
}

// One letter that demands two things becomes two requests with one
// acknowledgement.
func TestPollPair(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу также удалить мои персональные данные.", id: "1@one.example"}, now)
	p, f := r.pass(t)
	if len(p.Admitted) != 2 || f.Sent != 1 {
		t.Fatalf("pass: %+v %+v, want two requests and one letter", p, f)
	}
	var kinds []string
	for _, q := range r.all(t) {
		kinds = append(kinds, string(q.Kind))
	}
	slices.Sort(kinds)
	if strings.Join(kinds, " ") != "consent_withdrawal erasure" {
		t.Errorf("kinds: %v", kinds)
	}
	text := mailbox.Parse(strings.NewReader(string(r.box.Sent()[0].Raw))).Text
	for _, n := range p.Admitted {
		if !strings.Contains(text, n) {
			t.Errorf("the acknowledgement does not name %s:\n%s", n, text)
		}
	}
}
