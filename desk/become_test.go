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

// What waits for the requester waits no longer once it belongs to another, and is no
// longer as if it waited when it is opened again.
func TestLinkEndsWait(t *testing.T) {
	r := newRig(t)
	first := r.ask(t, 1, correctionMark, "Прошу изменить фамилию.", now.AddDate(0, 0, -3))
	second := r.ask(t, 2, correctionMark, "Прошу изменить фамилию, пишу с другого адреса.", now.AddDate(0, 0, -2))
	must(t)(r.Wait(t.Context(), second, forDocuments, clerk))
	must(t)(r.Link(t.Context(), first, second, clerk))
	q := must(t)(r.Reopen(t.Context(), second, "другой человек", clerk))
	if len(q.Waits) != 1 || q.Waits[0].To.IsZero() || q.ActBy.IsZero() {
		t.Errorf("%s, act by %v, waits %+v", q.Status, q.ActBy, q.Waits)
	}
}

// A letter that a person links to a request that waits is the requester's word, as
// one that joins it by itself; one that lay there before the question is not.
func TestLinkWakes(t *testing.T) {
	for name, c := range map[string]struct {
		received time.Duration
		want     store.Status
	}{"answer": {0, store.StatusOpen}, "older": {-48 * time.Hour, store.StatusWaiting}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			first := r.ask(t, 1, withdrawalMark, "Прошу.", now.AddDate(0, 0, -3))
			second := r.ask(t, 2, withdrawalMark, "Пишу с другого адреса, прошу.", now.Add(c.received))
			r.Now = func() time.Time { return now.Add(-24 * time.Hour) }
			must(t)(r.Wait(t.Context(), first, forAnswer, clerk))
			r.Now = func() time.Time { return now }
			q := must(t)(r.Link(t.Context(), first, second, clerk))
			if q.Status != c.want || q.Waits[0].To.IsZero() != (c.want == store.StatusWaiting) {
				t.Errorf("%s, waits %+v", q.Status, q.Waits)
			}
		})
	}
}

// Documents that staff wrote down come along by a link, and go with the letters when
// those are taken back.
func TestDocumentsLinkedAndTakenBack(t *testing.T) {
	for _, byHand := range []bool{true, false} {
		r := newRig(t)
		first := r.ask(t, 1, correctionMark, "Прошу изменить фамилию.", now.AddDate(0, 0, -3))
		before := r.request(t, first)
		second := ""
		if byHand {
			second = r.ask(t, 2, correctionMark, "Прошу изменить фамилию, пишу с работы.", now.AddDate(0, 0, -2))
			day := r.Today()
			must(t)(r.Set(t.Context(), second, Setting{Documents: &day}, "", clerk))
		} else {
			r.Now = func() time.Time { return now.AddDate(0, 0, -2) }
			if err := r.box.Put("INBOX", withFile("a@work.example", correctionMark, "Вот паспорт.", "2@work.example"), r.Now()); err != nil {
				t.Fatal(err)
			}
			p, _ := r.pass(t)
			second = p.Admitted[0]
		}
		day := r.Today()
		q, err := r.Link(t.Context(), first, second, clerk)
		checkDocuments(t, r, q, err, day)
		must(t)(r.Reopen(t.Context(), second, "другой человек", clerk))
		if q := r.request(t, first); !q.Documents.IsZero() || q.ActBy != before.ActBy || len(q.Terms) != len(before.Terms) {
			t.Errorf("taken back: documents of %v, act by %v, want %v", q.Documents, q.ActBy, before.ActBy)
		}
		checkDocuments(t, r, r.request(t, second), nil, day)
	}
}

// The terms of what is closed while it waits stand still no longer: it is counted
// among what was done in time.
func TestCloseEndsStandstill(t *testing.T) {
	r := newRig(t)
	if err := r.box.Put("INBOX", withFile("a@one.example", correctionMark, "Прошу изменить фамилию, паспорт приложен.", "1@one.example"), now); err != nil {
		t.Fatal(err)
	}
	p, _ := r.pass(t)
	n := p.Admitted[0]
	must(t)(r.Wait(t.Context(), n, forAnswer, clerk))
	q := must(t)(r.Close(t.Context(), n, store.StatusDone, "сделано", r.steps(correction), clerk))
	if q.ActBy.IsZero() {
		t.Errorf("closed: act by %v, terms %+v", q.ActBy, q.Terms)
	}
	if s, err := r.Stats(t.Context(), rules.NewDate(2026, 1, 1), rules.NewDate(2026, 12, 31)); err != nil || s.Law.Met != 1 {
		t.Errorf("stats %+v, %v", s.Law, err)
	}
}

// What a program sends behind the end of a request moves none of its dates.
func TestJoinClosedMovesNothing(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, correctionMark, "Прошу изменить фамилию.", now.AddDate(0, 0, -3))
	q := must(t)(r.Close(t.Context(), n, store.StatusRefused, "нет документов", r.steps(correction), clerk))
	r.Now = func() time.Time { return now }
	if err := r.box.Put("INBOX", withFile("person1@host1.example", n, "Я в отпуске до понедельника.", "9@host1.example", "In-Reply-To: <person1@host1.example>"), now); err != nil {
		t.Fatal(err)
	}
	p, _ := r.pass(t)
	after := r.request(t, n)
	if p.Joined != 1 || after.Status != store.StatusRefused || after.ActBy != q.ActBy || len(after.Terms) != len(q.Terms) {
		t.Errorf("joined %d: %s, act by %v, was %v", p.Joined, after.Status, after.ActBy, q.ActBy)
	}
}

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
	list, err := r.Suppressions(t.Context())
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
