package desk

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// asked is a rig with one request of a@one.example, acknowledged.
func asked(t *testing.T) (*rig, store.Request, *mailbox.Message) {
	t.Helper()
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	if _, f := r.pass(t); f.Sent != 1 {
		t.Fatalf("flush: %+v", f)
	}
	return r, r.all(t)[0], mailbox.Parse(bytes.NewReader(r.box.Sent()[0].Raw))
}

func inThread(m *mailbox.Message) []string {
	return []string{"In-Reply-To: " + m.MessageID, "References: " + m.MessageID}
}

// become brings the request into a status, as staff would.
func (r *rig) become(t *testing.T, number string, s store.Status) {
	t.Helper()
	var err error
	switch s {
	case store.StatusWaiting:
		_, err = r.Wait(t.Context(), number, forDocuments, clerk)
	case store.StatusDone, store.StatusRefused:
		rule, _ := r.Policy.Kind("consent_withdrawal")
		var steps []store.StepDone
		for _, st := range rule.Steps {
			steps = append(steps, store.StepDone{ID: st.ID, Done: true})
		}
		_, err = r.Close(t.Context(), number, s, "так решено", steps, clerk)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A person's word wakes what waits or is closed, in whatever language, by the
// thread or by the number; a program's word, or mere thanks, wakes nothing.
func TestFollowUpWakes(t *testing.T) {
	for i, c := range []struct {
		name, subject, body string
		fields              []string
		threaded            bool
		joins, wakes        bool
	}{
		{"thread ru", "Re: обращение", "Прикладываю паспорт.", nil, true, true, true},
		{"thread kk", "Қайта: өтініш", "Құжатты жібердім, қараңыз.", nil, true, true, true},
		{"thread en", "Re: request", "Here is my passport.", nil, true, true, true},
		{"number", "По обращению LK-2026-000001", "Прикладываю паспорт.", nil, false, true, true},
		{"number with other dashes", "№ lk–2026–1, документы", "Прикладываю.", nil, false, true, true},
		{"number in Kazakh", "LK-2026-000001 өтініші бойынша", "Құжатты жібердім.", nil, false, true, true},
		{"thanks", "Re: обращение", "Спасибо большое, получил!", nil, true, true, false},
		{"thanks kk", "Re: өтініш", "Рахмет!", nil, true, true, false},
		{"absence without a header ru", "Автоответ: обращение № LK-2026-000001", "Я в отпуске до 1 декабря.", nil, true, true, false},
		{"absence without a header kk", "Автоматты жауап: өтініш", "Мен демалыстамын.", nil, true, true, false},
		{"absence without a header en", "Out of office", "I am on vacation.", nil, true, true, false},
		{"absence by number", "Out of office: LK-2026-000001", "I am on vacation.", nil, false, true, false},
		{"auto-replied", "Re: обращение", "Спасибо за письмо.", []string{"Auto-Submitted: auto-replied"}, true, false, false},
		{"list", "Re: обращение", "Письмо из рассылки.", []string{"List-Id: <x.one.example>"}, true, true, false},
		{"bulk", "Re: LK-2026-000001", "Рассылка.", []string{"Precedence: bulk"}, true, false, false},
		{"help desk", "Re: обращение", "Благодарим за обращение! Ваша заявка № 5521 принята в работу. Это письмо сформировано автоматически.", nil, true, true, false},
		{"registry", "Re: обращение", "Ваше письмо получено и зарегистрировано за вх. № 1234", nil, true, true, false},
		{"person after a help desk", "Re: обращение", "Ваше письмо получено. Данные на месте, жду.", nil, true, true, true},
		{"another register's number", "По обращению XX-2026-000001", "Прикладываю паспорт.", nil, false, false, false},
		{"part of a word", "TALK-2026-000001", "Приходите.", nil, false, false, false},
	} {
		closed := []store.Status{store.StatusDone, store.StatusRefused}
		for _, status := range []store.Status{store.StatusWaiting, closed[i%2]} {
			t.Run(c.name+" "+string(status), func(t *testing.T) {
				r, q, ack := asked(t)
				r.become(t, q.Number, status)
				fields := slices.Clone(c.fields)
				if c.threaded {
					fields = append(fields, inThread(ack)...)
				}
				r.put(t, "INBOX", mail{from: "A@One.example", subject: c.subject, body: c.body, id: "2@one.example", fields: fields}, now)
				p, f := r.pass(t)
				if len(p.Admitted) != p.Joined || f.Sent != 0 || (p.Joined == 1) != c.joins {
					t.Errorf("pass: %+v %+v", p, f)
				}
				after, err := r.Store.Request(t.Context(), q.Number)
				if err != nil || (after.Status == store.StatusOpen) != c.wakes || !c.wakes && after.Status != status {
					t.Errorf("the request is %s, %v", after.Status, err)
				}
				if status == store.StatusWaiting && c.wakes && (len(after.Waits) != 1 || after.Waits[0].To != r.Today()) {
					t.Errorf("waits %+v", after.Waits)
				}
			})
		}
	}
}

// A further letter is told apart: the same text once more is no answer.
func TestFollowUpIsNamed(t *testing.T) {
	r, q, ack := asked(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "2@one.example"}, now)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Прикладываю паспорт.", id: "3@one.example", fields: inThread(ack)}, now)
	r.pass(t)
	q, err := r.Store.Request(t.Context(), q.Number)
	if err != nil || len(q.Letters) != 3 {
		t.Fatalf("%d letters, %v", len(q.Letters), err)
	}
	if repeat, answer := q.Letters[1].AnswerCode, q.Letters[2].AnswerCode; repeat != codeRepeat || answer != codeReply {
		t.Errorf("the same text is %q, the answer %q", repeat, answer)
	}
}

// A right number from a wrong sender is looked at by a person, who is told so;
// a demand under somebody's number is a request of its own. Forged tokens, and
// those of another register, are those of nobody.
func TestFollowUpOfStrangers(t *testing.T) {
	other := newRig(t)
	other.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	other.pass(t)
	foreign := mailbox.Parse(bytes.NewReader(other.box.Sent()[0].Raw)).MessageID
	r, q, ack := asked(t)
	at := strings.LastIndexByte(ack.MessageID, '@')
	forged := ack.MessageID[:at-16] + "aaaaaaaaaaaaaaaa" + ack.MessageID[at:]
	for i, c := range []struct {
		from, subject, body, ref string
		status                   store.Status
		reason                   string
	}{
		{"b@two.example", "По обращению LK-2026-000001", "Когда ответите?", "", store.StatusReview, codeWrongSender},
		{"c@three.example", "Re: обращение", "Когда ответите?", ack.MessageID, store.StatusReview, codeStranger},
		{"d@four.example", "Претензия по LK-2026-000001", "Верните мне деньги.", "", store.StatusOpen, ""},
		{"e@five.example", "Re: обращение", "Когда ответите?", forged, "", ""},
		{"f@six.example", "Re: обращение", "Когда ответите?", foreign, "", ""},
		{"g@seven.example", "По обращению LK-2026-000099", "Когда ответите?", "", "", ""},
	} {
		m := mail{from: c.from, subject: c.subject, body: c.body, id: fmt.Sprintf("s%d@x.example", i)}
		if c.ref != "" {
			m.fields = []string{"In-Reply-To: " + c.ref}
		}
		r.put(t, "INBOX", m, now)
		p, _ := r.pass(t)
		if c.status == "" {
			if len(p.Admitted) != 0 {
				t.Errorf("%s: %+v", c.from, p)
			}
			continue
		}
		if len(p.Admitted) != 1 || p.Joined != 0 {
			t.Fatalf("%s: %+v", c.from, p)
		}
		x, err := r.Store.Request(t.Context(), p.Admitted[0])
		if err != nil || x.Status != c.status || c.reason != "" && x.Letters[0].ReasonCode != c.reason || !slices.Equal(x.Possibly, []string{q.Number}) {
			t.Errorf("%s: %+v %v", c.from, x, err)
		}
		if c.reason == codeWrongSender && !strings.Contains(r.Words.Reason("ru", c.reason, x.Letters[0].ReasonArgs), q.Number) {
			t.Error("nobody is told which number it was")
		}
	}
	if after, err := r.Store.Request(t.Context(), q.Number); err != nil || after.LetterCount != 1 {
		t.Errorf("the request has %d letters, %v", after.LetterCount, err)
	}
}

// A robot that cites a number, or answers for a stranger, is nobody's case.
func TestFollowUpOfRobots(t *testing.T) {
	r, _, ack := asked(t)
	for i, m := range []mail{
		{from: "mailer-daemon@one.example", subject: "LK-2026-000001", body: "Не доставлено."},
		{from: "x@two.example", subject: "LK-2026-000001", body: "Не на месте.", fields: []string{"Auto-Submitted: auto-replied"}},
		{from: "noreply@two.example", subject: "Re: LK-2026-000001", body: "Заявка создана.", fields: inThread(ack)},
	} {
		m.id = fmt.Sprintf("r%d@two.example", i)
		r.put(t, "INBOX", m, now)
	}
	if p, f := r.pass(t); p.Seen != 3 || len(p.Admitted) != 0 || f.Sent != 0 {
		t.Errorf("pass: %+v %+v", p, f)
	}
}

// An answer joins what it answers, the nearest letter: all requests of that, and what
// waits is open again.
func TestFollowUpOfSeveral(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Отзываю согласие и прошу удалить мои персональные данные.", id: "1@one.example"}, now.Add(-time.Hour))
	p, _ := r.pass(t)
	if len(p.Admitted) != 2 {
		t.Fatalf("pass: %+v", p)
	}
	ack := mailbox.Parse(bytes.NewReader(r.box.Sent()[0].Raw))
	r.become(t, p.Admitted[1], store.StatusWaiting)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Прикладываю паспорт.", id: "2@one.example", fields: inThread(ack)}, now)
	if j, _ := r.pass(t); !slices.Equal(j.Admitted, p.Admitted) || j.Joined != 1 {
		t.Errorf("joined %v, want %v", j.Admitted, p.Admitted)
	}
	if q, err := r.Store.Request(t.Context(), p.Admitted[1]); err != nil || q.Status != store.StatusOpen || q.Letters[1].Verdict != rules.None && q.Letters[1].Verdict != rules.Review {
		t.Errorf("%+v %v", q, err)
	}
}
