package desk

import (
	"errors"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

const (
	correctionMark = "Актуализация персональных данных"
	receiptBody    = "У меня претензия: верните мне деньги за услугу, которой не было."
)

// A held acknowledgement says what will be done: once everything is, it goes out
// only by a person's word about this very letter.
func TestReleaseClosed(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "1@one.example"}, now.Add(-72*time.Hour))
	r.put(t, "INBOX", mail{from: "b@one.example", subject: withdrawalMark, body: "Прошу также удалить мои персональные данные.", id: "2@one.example"}, now.Add(-72*time.Hour))
	p, _ := r.pass(t)
	if len(p.Admitted) != 3 {
		t.Fatalf("%+v", p)
	}
	mail := r.request(t, p.Admitted[0]).Ack.MailID
	r.become(t, p.Admitted[0], store.StatusDone)
	r.become(t, p.Admitted[1], store.StatusDone) // the other half of the pair is open
	if n, kept, err := r.Release(t.Context(), nil, clerk); n != 1 || kept != (Kept{Closed: 1}) || err != nil {
		t.Errorf("all: %d, kept %+v, %v", n, kept, err)
	}
	if m, err := r.Store.Mail(t.Context(), mail); err != nil || m.State != store.MailHeld {
		t.Errorf("of the closed: %s, %v", m.State, err)
	}
	if n, _, err := r.Release(t.Context(), []int64{mail}, clerk); n != 1 || err != nil {
		t.Errorf("by id: %d, %v", n, err)
	}
}

// A receipt that the server has not taken yet says that a person will decide: once
// one has, it does not go out.
func TestQueuedReceiptOfTheDecided(t *testing.T) {
	for name, c := range map[string]struct {
		decide func(r *rig, n string) error
		want   []string
	}{
		"confirmed": {func(r *rig, n string) error {
			_, _, err := r.Confirm(t.Context(), n, []rules.Kind{"claim"}, clerk)
			return err
		}, []string{letterAcknowledgement}},
		"dismissed": {func(r *rig, n string) error {
			_, err := r.Dismiss(t.Context(), n, "реклама", clerk)
			return err
		}, nil},
		"undecided": {func(*rig, string) error { return nil }, []string{letterReceipt}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: receiptBody, id: "1@one.example"}, now.Add(-time.Hour))
			r.box.SMTP.OnRcpt = func(string) error { return sandbox.Reply(451, "4.3.0", "later") }
			p, _ := r.pass(t)
			if err := c.decide(r, p.Admitted[0]); err != nil {
				t.Fatal(err)
			}
			r.box.SMTP.OnRcpt = nil
			r.Now = func() time.Time { return now.Add(12 * time.Hour) }
			r.pass(t)
			var got []string
			for _, e := range r.box.Sent() {
				if id := parse(t, e.Raw).Get("Message-Id"); len(id) > 9 && id[:9] == "<receipt." {
					got = append(got, letterReceipt)
				} else {
					got = append(got, letterAcknowledgement)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("sent %v, want %v", got, c.want)
			}
		})
	}
}

// must is a request after an act of staff.
func must(t *testing.T) func(store.Request, error) store.Request {
	return func(q store.Request, err error) store.Request {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
}

// A dismissal speaks of the case that was looked at.
func TestDismissGuards(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, withdrawalMark, receiptBody, now)
	beside := New(r.Options)
	asked := false
	r.Now = func() time.Time {
		if !asked {
			asked = true
			must(t)(beside.Note(t.Context(), n, "позвонила", clerk))
		}
		return now
	}
	beside.Now = func() time.Time { return now }
	if _, err := r.Dismiss(t.Context(), n, "реклама", clerk); !errors.Is(err, store.ErrStale) {
		t.Errorf("dismissed what became another: %v", err)
	}
}

// What was done when a request was closed says nothing of one that is open again,
// whoever opened it.
func TestReopenTakesSteps(t *testing.T) {
	r, q, ack := asked(t)
	for name, open := range map[string]func(){
		"staff": func() { must(t)(r.Reopen(t.Context(), q.Number, "не всё", clerk)) },
		"letter": func() {
			r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Вы ошиблись, проверьте.", id: "2@one.example", fields: inThread(ack)}, now)
			r.pass(t)
		},
	} {
		r.become(t, q.Number, store.StatusDone)
		open()
		if after := r.request(t, q.Number); after.Status != store.StatusOpen || len(after.Steps) > 0 {
			t.Errorf("by %s: %s, steps %+v", name, after.Status, after.Steps)
		}
	}
}

// What staff wrote down of documents stays, whatever the letter turns out to be.
func TestConfirmKeepsDocuments(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, withdrawalMark, receiptBody, now.AddDate(0, 0, -3))
	day := r.Today()
	must(t)(r.Set(t.Context(), n, Setting{Documents: &day}, "", clerk))
	if q, _, err := r.Confirm(t.Context(), n, []rules.Kind{"claim"}, clerk); err != nil || q.Documents != day {
		t.Errorf("confirmed: documents of %v, %v", q.Documents, err)
	}
	kind := correction
	q, err := r.Set(t.Context(), n, Setting{Kind: &kind}, "уточнение", clerk)
	checkDocuments(t, r, q, err, day)
}

// Both requests of a case of two demands have all of its letters, its person, and
// whoever had the case.
func TestConfirmTwo(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "b@two.example", subject: "Здравствуйте", body: "Что у вас с моими персональными данными? Возможно, их надо удалить.", id: "2@two.example"}, now.Add(-time.Hour))
	p, _ := r.pass(t)
	n := p.Admitted[0]
	if err := r.box.Put("INBOX", withFile("b@two.example", n, "Вот паспорт.", "3@two.example", "In-Reply-To: <2@two.example>"), now); err != nil {
		t.Fatal(err)
	}
	r.pass(t)
	must(t)(r.Take(t.Context(), n, clerk))
	sender := "bolat@home.example"
	must(t)(r.Set(t.Context(), n, Setting{Sender: &sender}, "пишет с чужого адреса", clerk))
	_, both, err := r.Confirm(t.Context(), n, []rules.Kind{"claim", correction}, clerk)
	if err != nil || len(both) != 2 {
		t.Fatal(both, err)
	}
	for _, n := range both {
		if q := r.request(t, n); q.LetterCount != 2 || q.Sender != sender || q.Assignee != clerk.Login || q.Status != store.StatusInProgress {
			t.Errorf("%s of %q is %s of %q with %d letters", n, q.Sender, q.Status, q.Assignee, q.LetterCount)
		}
	}
}

// Documents that were asked for while another answer was awaited end the wait, too.
func TestDocumentsAskedWhileWaiting(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, correctionMark, "Прошу изменить фамилию.", now)
	must(t)(r.Wait(t.Context(), n, forAnswer, clerk))
	answerNow(t, r, n, Reply{Template: AnswerDocuments})
	day := r.Today()
	if q := must(t)(r.Set(t.Context(), n, Setting{Documents: &day}, "", clerk)); q.Status != store.StatusOpen || q.ActBy.IsZero() {
		t.Errorf("%s, act by %v", q.Status, q.ActBy)
	}
}

// Whoever asked from several addresses to be left alone is left alone at each.
func TestSuppressLinked(t *testing.T) {
	r, numbers, _ := linked(t)
	r.become(t, numbers[0], store.StatusDone)
	list, err := r.LeftOut(t.Context())
	if err != nil || len(list) != 3 {
		t.Errorf("left out %+v, %v; want the three addresses", list, err)
	}
}

// A request is found by the address that staff found out.
func TestSearchSender(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	sender := "aizhan.bekova@post.example"
	must(t)(r.Set(t.Context(), n, Setting{Sender: &sender}, "написала с чужого адреса", clerk))
	hits, _, err := r.Store.Search(t.Context(), "bekova", 9)
	if err != nil || len(hits) != 1 || hits[0].Where != "from" {
		t.Errorf("found %+v %v", hits, err)
	}
}
