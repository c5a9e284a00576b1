package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// staffMail is a letter that a member of staff sent from a mail program.
func staffMail(to, subject, body, id string, fields ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\n", account, to, mime.BEncoding.Encode("utf-8", subject), now.Format(time.RFC1123Z), id)
	for _, f := range fields {
		b.WriteString(f + "\r\n")
	}
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n")
	return b.Bytes()
}

// readsSent makes the rig look for answers in the Sent folder.
func (r *rig) readsSent() {
	reader := r.Inbox.(*mailbox.Reader)
	r.SentFolder = reader.SentFolder
	r.Sent = reader
}

// answers lists the Message-IDs of the answers on record, with their requests.
func (r *rig) answers(t *testing.T) map[string][]string {
	t.Helper()
	list, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailSent})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, m := range list {
		if m.Purpose == store.PurposeAnswer {
			found[m.MessageID] = m.Requests
		}
	}
	return found
}

// Of the Sent folder nothing is recorded but what a person of staff answered to
// the person of a request, in whatever language; it closes nothing.
func TestSentAnswers(t *testing.T) {
	r, q, ack := asked(t)
	r.readsSent()
	letter := q.Letters[0].MessageID
	for i, raw := range [][]byte{
		staffMail("a@one.example", "Re: отзыв", "Исполнено.", "yes1@license.kz", "In-Reply-To: "+letter),
		staffMail("Айгерим <A@one.example>", "Жауап: өтініш", "Орындалды.", "yes2@license.kz", "References: <x@y.example> "+letter),
		staffMail("boss@license.kz, a@one.example, b@two.example", "LK-2026-000001", "Done.", "yes3@license.kz"),
		staffMail("boss@license.kz", "Re: отзыв", "Кто ответит?", "no1@license.kz", "In-Reply-To: "+letter),
		staffMail("lawyer@other.example", "Fwd: отзыв", "Что скажете?", "no2@license.kz", "References: "+letter),
		staffMail("a@one.example", "Автоответ: отзыв", "Я в отпуске.", "no3@license.kz", "In-Reply-To: "+letter, "Auto-Submitted: auto-replied"),
		staffMail("a@one.example", "Out of office: отзыв", "Away.", "no4@license.kz", "In-Reply-To: "+letter),
		staffMail("a@one.example", "Приглашение", "Приходите.", "no5@license.kz"),
		staffMail("b@two.example", "Re: LK-2026-000001", "Это не Ваше.", "no6@license.kz"),
		staffMail("a@one.example", "Re: x", "Другое.", "no7@license.kz", "In-Reply-To: <unknown@one.example>"),
	} {
		if err := r.box.Put("Sent", raw, now.Add(time.Duration(i-20)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	before := len(r.all(t))
	r.pass(t)
	got := r.answers(t)
	for _, id := range []string{"<yes1@license.kz>", "<yes2@license.kz>", "<yes3@license.kz>"} {
		if !slices.Equal(got[id], []string{q.Number}) {
			t.Errorf("%s answers %v", id, got[id])
		}
	}
	if len(got) != 3 || len(r.all(t)) != before {
		t.Errorf("%d answers on record, %d requests", len(got), len(r.all(t)))
	}
	after, err := r.Store.Request(t.Context(), q.Number)
	if err != nil || after.Status != store.StatusOpen || !after.AnsweredAt.Equal(now.Truncate(time.Second)) {
		t.Errorf("%+v %v", after, err)
	}
	r.sent.next = time.Time{}
	r.pass(t)
	if len(r.answers(t)) != 3 {
		t.Error("the second look found something again")
	}
	// The person answers what staff sent, which bears no token of ours.
	r.become(t, q.Number, store.StatusWaiting)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: отзыв", body: "Вот паспорт.", id: "7@one.example", fields: []string{"In-Reply-To: <yes1@license.kz>"}}, now)
	if p, _ := r.pass(t); p.Joined != 1 {
		t.Errorf("the answer to staff's letter: %+v", p)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Error(breaks, err)
	}
	_ = ack
}

// countingInbox counts what is asked of one folder.
type countingInbox struct {
	Inbox
	folder string
	in     bool
	calls  map[string]int
	fail   error
}

func (c *countingInbox) Examine(ctx context.Context, folder string) (mailbox.FolderState, error) {
	if c.in = folder == c.folder; c.in {
		c.calls["examine"]++
		if c.fail != nil {
			return mailbox.FolderState{}, c.fail
		}
	}
	return c.Inbox.Examine(ctx, folder)
}

func (c *countingInbox) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	if c.in {
		c.calls["heads"]++
	}
	return c.Inbox.Heads(ctx, from, to, yield)
}

func (c *countingInbox) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	if c.in {
		c.calls["fetch"]++
	}
	return c.Inbox.Fetch(ctx, uid, w)
}

// The Sent folder costs a look every few minutes and no more while nothing is
// new there; our own copies in it are read no further than their heads.
func TestSentCosts(t *testing.T) {
	r, _, _ := asked(t)
	r.readsSent()
	count := &countingInbox{Inbox: r.Inbox, folder: "Sent", calls: map[string]int{}}
	r.Inbox = count
	at := now
	r.Now = func() time.Time { return at }
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "И я.", id: "2@two.example"}, now)
	for range 11 { // ten minutes
		r.pass(t)
		at = at.Add(time.Minute)
	}
	if count.calls["examine"] != 3 || count.calls["heads"] != 1 || count.calls["fetch"] != 0 {
		t.Errorf("asked of the Sent folder: %v", count.calls)
	}
	// A new desk goes on behind what was read.
	d := New(r.Options)
	if _, err := d.Poll(t.Context()); err != nil || count.calls["heads"] != 1 {
		t.Errorf("after a restart: %v %v", count.calls, err)
	}
}

// A Sent folder that is missing or out of order is told once and ends no pass.
func TestSentTrouble(t *testing.T) {
	r, _, _ := asked(t)
	r.readsSent()
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	count := &countingInbox{Inbox: r.Inbox, folder: "Sent", calls: map[string]int{}, fail: errors.New("no such folder")}
	r.Inbox = count
	at := now
	r.Now = func() time.Time { return at }
	for range 3 {
		r.pass(t)
		at = at.Add(time.Hour)
	}
	if n := strings.Count(log.String(), "Sent folder"); n != 1 || count.calls["examine"] != 3 {
		t.Errorf("told %d times, looked %d times", n, count.calls["examine"])
	}
	r.SentFolder = func(context.Context) (string, error) { return "", errors.New("there is none") }
	r.sent = sentSweep{}
	r.pass(t)
}

// A file is recorded once, for the person of the request alone.
func TestRecordAnswer(t *testing.T) {
	r, q, ack := asked(t)
	const limit = 1 << 20
	record := func(raw []byte, to string) (store.Request, error) {
		return r.RecordAnswer(t.Context(), q.Number, bytes.NewReader(raw), limit, to, clerk)
	}
	good := staffMail("a@one.example", "Ответ", "Исполнено.", "hand1@license.kz")
	after, err := record(good, "")
	if err != nil || after.AnsweredAt.IsZero() || after.Status != store.StatusOpen {
		t.Fatalf("%+v %v", after, err)
	}
	_, err = record(bytes.ReplaceAll(good, []byte("\r\n"), []byte("\n")), "")
	refusedAs(t, r, "answer_known", err)
	_, err = record(staffMail("b@two.example, boss@license.kz", "Ответ", "Исполнено.", "hand2@license.kz"), "")
	refusedAs(t, r, "not_to", err)
	_, err = record(staffMail("b@two.example", "Ответ", "Исполнено.", "hand3@license.kz"), "c@three.example")
	refusedAs(t, r, "not_to", err)
	_, err = record(nil, "")
	refusedAs(t, r, "empty", err)
	_, err = record([]byte("%PDF"), "")
	refusedAs(t, r, "no_letter", err)
	_, err = record([]byte(strings.Replace(string(good), "<hand1@license.kz>", ack.MessageID, 1)), "")
	refusedAs(t, r, "ours", err)
	if _, err := record(staffMail("b@two.example", "Ответ", "Исполнено.", "hand4@license.kz"), "B@two.example"); err != nil {
		t.Error(err)
	}
	if got := r.answers(t); len(got) != 2 {
		t.Errorf("on record: %v", got)
	}
	history, err := r.Store.History(t.Context(), q.Number)
	if err != nil || history[len(history)-1].Code != store.EventAnswerRecorded || history[len(history)-1].Actor != "aigul" {
		t.Errorf("%+v %v", history, err)
	}
}
