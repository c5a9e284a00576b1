package desk

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// words returns the text of the one letter sent, on one line.
func words(t *testing.T, r *rig) string {
	t.Helper()
	if n := len(r.box.Sent()); n != 1 {
		t.Fatalf("%d letters sent", n)
	}
	return strings.Join(strings.Fields(parse(t, r.box.Sent()[0].Raw).text), " ")
}

// lay puts a withdrawal into the mailbox that was received three days ago: old
// enough to be held at the first pass.
func lay(t *testing.T, r *rig) store.Request {
	t.Helper()
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить мою просьбу.", id: "1@one.example"}, now.Add(-72*time.Hour))
	r.pass(t)
	q := r.all(t)[0]
	if q.Ack.State != store.MailHeld {
		t.Fatalf("the acknowledgement is %s", q.Ack.State)
	}
	return q
}

func release(t *testing.T, r *rig) {
	t.Helper()
	if _, _, err := r.Release(t.Context(), nil, Actor{Login: "officer"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A letter that still waits tells the day of receipt that staff corrected,
// and the dates that follow from it.
func TestAcknowledgementOfCorrectedDay(t *testing.T) {
	r := newRig(t)
	q := lay(t, r)
	day := rules.NewDate(2026, time.November, 16)
	after, err := r.Set(t.Context(), q.Number, Setting{Received: &day}, "принято в окне 16 ноября", Actor{Login: "officer"})
	if err != nil {
		t.Fatal(err)
	}
	release(t, r)
	text := words(t, r)
	if !strings.Contains(text, "получено 16 ноября 2026 г. Зарегистрировано 23 ноября 2026 г.:") || strings.Contains(text, "20 ноября") {
		t.Errorf("the day of receipt in:\n%s", text)
	}
	for _, term := range after.Terms {
		if until := templates.Until("ru", term.Due.Time()); term.Named && !strings.Contains(text, until) {
			t.Errorf("%s is not in:\n%s", until, text)
		}
	}
}

// A letter released after a term of it has passed does not call that term
// still to come, and does not say that the operator works by it.
func TestAcknowledgementAfterATerm(t *testing.T) {
	for months, want := range map[int][]string{
		1: {"включительно", " г. этот срок истёк."},
		3: {" г. истёк", " г. этот срок истёк.", "!включительно"},
	} {
		r := newRig(t)
		lay(t, r)
		r.Now = func() time.Time { return now.AddDate(0, months, 0) }
		release(t, r)
		text := words(t, r)
		for _, w := range append(want, "!более раннему") {
			if not, no := strings.CutPrefix(w, "!"); no == strings.Contains(text, not) {
				t.Errorf("after %d months %q in:\n%s", months, w, text)
			}
		}
	}
}

// What was received before the register was restored may have been answered by the
// one that was lost: its acknowledgement waits for a person.
func TestAcknowledgementAfterRestore(t *testing.T) {
	r := newRig(t)
	r.pass(t) // no first pass, which holds by age
	if err := r.Store.SetMeta(t.Context(), store.MetaRestored, now.Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]store.AckState{
		"a@one.example": {State: store.MailHeld, Reason: rules.Reason{Code: store.ReasonRestored}},
		"b@two.example": {State: store.MailSent},
	} {
		at := now
		if want.State == store.MailHeld {
			at = now.Add(-2 * time.Hour)
		}
		r.put(t, "INBOX", mail{from: from, subject: withdrawalMark, body: "Прошу.", id: from}, at)
		p, _ := r.pass(t)
		if len(p.Admitted) != 1 {
			t.Fatalf("%s: %+v", from, p)
		}
		if q := r.request(t, p.Admitted[0]); q.Ack.State != want.State || q.Ack.Reason.Code != want.Reason.Code {
			t.Errorf("%s: %+v", from, q.Ack)
		}
	}
}

// So does that of what a person decides or registers: the lost register may have known
// of the same decision.
func TestAcknowledgementByHandAfterRestore(t *testing.T) {
	r := newRig(t)
	r.pass(t) // no first pass, which holds by age
	const claims = "У меня претензия: верните мне деньги за услугу, которой не было."
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Здравствуйте", body: "Возможно, мои данные надо удалить. " + claims, id: "1@one.example"}, now.Add(-2*time.Hour))
	r.put(t, "INBOX", mail{from: "ivan@license.kz", subject: "Fwd: Отзыв согласия", body: forwardedText, id: "2@license.example"}, now.Add(-2*time.Hour))
	p, _ := r.pass(t)
	if len(p.Admitted) != 2 {
		t.Fatalf("pass: %+v", p)
	}
	if err := r.Store.SetMeta(t.Context(), store.MetaRestored, now.Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")); err != nil {
		t.Fatal(err)
	}
	kinds := []rules.Kind{"claim"}
	if _, _, err := r.Confirm(t.Context(), p.Admitted[0], kinds, clerk); err != nil {
		t.Error(err)
	}
	if _, _, err := r.ConfirmFor(t.Context(), p.Admitted[1], kinds, "aigerim@one.example", clerk); err != nil {
		t.Error(err)
	}
	raw := letterOn(mail{from: "c@three.example", subject: withdrawalMark, body: "Прошу.", id: "3@three.example"}, now.Add(-2*time.Hour))
	if _, err := r.RegisterFile(t.Context(), bytes.NewReader(raw), 1<<20, ByHand{}, clerk); err != nil {
		t.Error(err)
	}
	all := r.all(t)
	for _, q := range all {
		if q.Ack.State != store.MailHeld || q.Ack.Reason.Code != store.ReasonRestored {
			t.Errorf("%s: %+v", q.Number, q.Ack)
		}
	}
	if len(all) != 3 {
		t.Errorf("%d requests", len(all))
	}
}

// blurred is a mailbox that tells no day of receipt, or gives no letter whole.
type blurred struct {
	Inbox
	undated bool
	fetch   error
}

func (b blurred) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		for i := range heads {
			if b.undated {
				heads[i].InternalDate = time.Time{}
			}
		}
		return yield(heads)
	})
}

func (b blurred) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	if b.fetch != nil {
		return 0, false, b.fetch
	}
	return b.Inbox.Fetch(ctx, uid, w)
}

// A request of which only the header is to be had, or of which nobody knows how old it
// is, is registered; what could forbid an answer is not known, and it waits.
func TestAcknowledgementOfHalfKnown(t *testing.T) {
	for name, c := range map[string]struct {
		box   blurred
		later bool // than the first pass
		want  string
	}{
		"gone":               {blurred{fetch: mailbox.ErrGone}, true, codeReviewing},
		"undated":            {blurred{undated: true}, false, codeOldAtStart},
		"undated, but fresh": {blurred{undated: true}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if c.later {
				r.pass(t)
			}
			c.box.Inbox = r.Inbox
			r.Inbox = c.box
			r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
			p, f := r.pass(t)
			if len(p.Admitted) != 1 {
				t.Fatalf("pass: %+v", p)
			}
			q := r.request(t, p.Admitted[0])
			if q.Kind != "consent_withdrawal" || q.Ack.Reason.Code != c.want || (f.Sent == 1) != (c.want == "") {
				t.Errorf("%s as %q, acknowledgement %+v, sent %d", q.Number, q.Kind, q.Ack, f.Sent)
			}
		})
	}
}
