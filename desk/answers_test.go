package desk

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A reply that brings what was asked for and demands something else, too, does both: it
// ends the wait, its documents start the term, and the other demand gets a number.
func TestReplyDemandsMore(t *testing.T) {
	r := newRig(t)
	first := r.ask(t, 1, "Актуализация персональных данных", "Прошу изменить фамилию.", now.AddDate(0, 0, -3))
	if _, err := r.Wait(t.Context(), first, forDocuments, clerk); err != nil {
		t.Fatal(err)
	}
	asked := r.request(t, first)
	const words = "Копия удостоверения во вложении. Кроме того, прошу больше не присылать мне рекламу."
	if err := r.box.Put("INBOX", withFile(asked.Letters[0].FromAddr, "Re: "+first, words, "2@a.example", "In-Reply-To: "+r.ackOf(t, first)), now); err != nil {
		t.Fatal(err)
	}
	p, f := r.pass(t)
	if len(p.Admitted) != 2 || p.Admitted[1] != first || p.Registered != 1 || p.Joined != 1 || f.Sent != 1 {
		t.Fatalf("pass: %+v %+v", p, f)
	}
	q := r.request(t, first)
	checkDocuments(t, r, q, nil, r.Today())
	if q.Status != store.StatusOpen || q.LetterCount != 2 || q.Waits[0].To != r.Today() {
		t.Errorf("%s, %d letters, waits %+v", q.Status, q.LetterCount, q.Waits)
	}
	if more := r.request(t, p.Admitted[0]); more.Kind != "opt_out" || more.LetterCount != 1 || !slices.Equal(more.Possibly, []string{first}) {
		t.Errorf("the other demand: %+v", more)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// Another demand in an old thread opens nothing that is closed.
func TestReplyDemandsElse(t *testing.T) {
	r, q, ack := asked(t)
	r.become(t, q.Number, store.StatusDone)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Прошу больше не присылать мне рекламу.", id: "2@one.example", fields: inThread(ack)}, now)
	p, _ := r.pass(t)
	if after := r.request(t, q.Number); p.Registered != 1 || p.Joined != 0 || after.Status != store.StatusDone || after.LetterCount != 1 {
		t.Errorf("pass: %+v; the request is %s", p, after.Status)
	}
}

// ackOf is the Message-ID of the acknowledgement of a request.
func (r *rig) ackOf(t *testing.T, number string) string {
	t.Helper()
	for _, s := range r.box.Sent() {
		if m := mailbox.Parse(bytes.NewReader(s.Raw)); strings.Contains(m.MessageID, number) {
			return m.MessageID
		}
	}
	t.Fatalf("%s was not acknowledged", number)
	return ""
}

// A person who has nothing of ours to reply to replies to the own letter, or names the
// number in the text.
func TestReplyToOwnLetter(t *testing.T) {
	for name, m := range map[string]mail{
		"own letter":         {subject: "Re: Телефон", body: "Забыл приложить копию удостоверения.", fields: []string{"In-Reply-To: <1@one.example>"}},
		"number in the text": {subject: "Вопрос", body: "Здравствуйте! Когда ответите на обращение № lk-2026-1?"},
	} {
		t.Run(name, func(t *testing.T) {
			r, q, _ := asked(t)
			r.become(t, q.Number, store.StatusWaiting)
			stranger := m
			stranger.from, stranger.id = "b@two.example", "3@two.example"
			m.from, m.id = "a@one.example", "2@one.example"
			r.put(t, "INBOX", stranger, now)
			r.put(t, "INBOX", m, now)
			p, _ := r.pass(t)
			if after := r.request(t, q.Number); p.Joined != 1 || len(p.Admitted) != 1 || after.Status != store.StatusOpen || after.LetterCount != 2 {
				t.Errorf("pass: %+v; the request is %s", p, after.Status)
			}
		})
	}
}

// What answers one letter about several requests answers each of them.
func TestReplyAboutSeveral(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Отзываю согласие и прошу удалить мои персональные данные.", id: "1@one.example"}, now.Add(-time.Hour))
	p, _ := r.pass(t)
	both, ack := p.Admitted, r.ackOf(t, "LK-2026-000001")
	write := func(id, body string) PollReport {
		t.Helper()
		r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: body, id: id, fields: []string{"In-Reply-To: " + ack}}, now)
		p, _ := r.pass(t)
		if p.Registered != 0 || p.Joined != 1 {
			t.Errorf("%s: %+v", id, p)
		}
		return p
	}
	check := func(want ...store.Status) {
		t.Helper()
		for i, n := range both {
			if q := r.request(t, n); q.Status != want[i] {
				t.Errorf("%s is %s, want %s", n, q.Status, want[i])
			}
		}
	}
	for _, n := range both {
		r.become(t, n, store.StatusWaiting)
	}
	write("2@one.example", "Прикладываю паспорт.")
	check(store.StatusOpen, store.StatusOpen)
	for _, n := range both {
		if _, err := r.Close(t.Context(), n, store.StatusDone, "сделано", everyStep(t, r, n), clerk); err != nil {
			t.Fatal(err)
		}
	}
	write("3@one.example", "Спасибо!")
	check(store.StatusDone, store.StatusDone)
	write("4@one.example", "Вы ошиблись, проверьте ещё раз.")
	check(store.StatusOpen, store.StatusOpen)
	r.become(t, both[0], store.StatusDone)
	r.become(t, both[1], store.StatusWaiting)
	write("5@one.example", "Вот паспорт.")
	check(store.StatusDone, store.StatusOpen)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Отзываю согласие и прошу удалить мои персональные данные.", id: "6@one.example"}, now)
	if p, _ := r.pass(t); p.Registered != 2 { // of the first only one is left
		t.Errorf("again: %+v", p)
	}
}

// everyStep are all steps of the kind, taken.
func everyStep(t *testing.T, r *rig, number string) (steps []store.StepDone) {
	q := r.request(t, number)
	rule, _ := r.Policy.Kind(q.Kind)
	for _, s := range rule.Steps {
		steps = append(steps, store.StepDone{ID: s.ID, Done: true})
	}
	return steps
}

// The same letter with two demands once more joins both.
func TestRepeatOfSeveral(t *testing.T) {
	r := newRig(t)
	for _, id := range []string{"1@one.example", "2@one.example"} {
		r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Отзываю согласие и прошу удалить мои персональные данные.", id: id}, now.Add(-time.Hour))
	}
	if p, f := r.pass(t); p.Registered != 2 || p.Joined != 1 || f.Sent != 1 {
		t.Errorf("pass: %+v %+v", p, f)
	}
}

// What answers a receipt is about all that staff found in the letter afterwards.
func TestReplyToReceipt(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Актуализация персональных данных и " + withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	p, f := r.pass(t)
	if len(p.Admitted) != 1 || r.request(t, p.Admitted[0]).Status != store.StatusReview || f.Sent != 1 {
		t.Fatalf("pass: %+v %+v", p, f)
	}
	receipt := r.ackOf(t, p.Admitted[0])
	_, numbers, err := r.Confirm(t.Context(), p.Admitted[0], []rules.Kind{"claim", "opt_out"}, clerk)
	if err != nil || len(numbers) != 2 {
		t.Fatal(numbers, err)
	}
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Прошу больше не присылать мне рекламу.", id: "2@one.example", fields: []string{"In-Reply-To: " + receipt}}, now)
	if p, _ := r.pass(t); p.Registered != 0 || !slices.Equal(p.Admitted, numbers) {
		t.Errorf("pass: %+v, want %v joined", p, numbers)
	}
}

// Letters of ours are known under the domain and the prefix that the operator had when
// they were sent.
func TestOperatorMoved(t *testing.T) {
	for name, write := range map[string]func(r *rig, ack string) mail{
		"reply": func(_ *rig, ack string) mail {
			return mail{subject: "Re: письмо", fields: []string{"In-Reply-To: " + ack}}
		},
		"number": func(*rig, string) mail { return mail{subject: "Обращение № LK-2026-000001"} },
		"text": func(*rig, string) mail {
			return mail{subject: "Вопрос", body: "Что с обращением LK-2026-000001?"}
		},
		"another person's": func(_ *rig, ack string) mail {
			return mail{from: "b@two.example", subject: "Re: письмо", fields: []string{"In-Reply-To: " + ack}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, q, ack := asked(t)
			r.Operator.Address, r.Operator.Prefix = "info@moved.example", "NC"
			m := write(r, ack.MessageID)
			other := m.from != ""
			if !other {
				m.from = "a@one.example"
			}
			if m.body == "" {
				m.body = "Когда ответите?"
			}
			m.id = "2@one.example"
			r.put(t, "INBOX", m, now)
			p, _ := r.pass(t)
			switch after := r.request(t, q.Number); {
			case other && (p.Registered != 1 || r.request(t, "NC-2026-000001").Status != store.StatusReview):
				t.Errorf("pass: %+v", p)
			case !other && (p.Joined != 1 || after.LetterCount != 2):
				t.Errorf("pass: %+v", p)
			}
		})
	}
}

// A report names a letter of ours as it was sent.
func TestBounceOfMoved(t *testing.T) {
	for name, shape := range map[string]func(id string, raw []byte) string{
		"envelope": func(id string, _ []byte) string {
			return report("delivery-status", "text/plain", "Sorry.", "message/delivery-status", "Original-Envelope-Id: "+envelopeID(id)+"\r\n"+statusFailed)
		},
		"header": func(_ string, raw []byte) string {
			return report("delivery-status", "text/plain", "Sorry.", "message/delivery-status", statusFailed, "text/rfc822-headers", headerOf(raw))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, sent, raw := sentOne(t)
			r.Operator.Address = "info@moved.example"
			if err := r.box.Put("INBOX", []byte(shape(sent.MessageID, raw)), now); err != nil {
				t.Fatal(err)
			}
			r.pass(t)
			list, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailFailed})
			if err != nil || len(list) != 1 || list[0].MessageID != sent.MessageID {
				t.Errorf("failed: %+v %v", list, err)
			}
		})
	}
}
