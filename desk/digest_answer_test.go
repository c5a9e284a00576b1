package desk

import (
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// An answer that closed its request and did not reach the person is told of
// every working day until somebody decides: the person was answered nothing.
// The one who is responsible hears of it, and the subject too.
func TestDigestAnswer(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	if _, err := r.Assign(t.Context(), n, "dserik", Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	r.SMTPRefuse(t, "person1@host1.example")
	answerNow(t, r, n, Reply{Text: "Обработка прекращена.", Close: store.StatusDone, Why: "исполнено", Steps: stepsOf(r, "consent_withdrawal")})
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for day := 24; day <= 25; day++ {
		got := r.tellAt(t, at(11, day, 9, 0))
		if names(got) != "daniyar" {
			t.Fatalf("on the %d: told %q", day, names(got))
		}
		if m := got["daniyar@license.kz"]; !strings.Contains(m.Text, n) || !strings.Contains(m.Text, "pometka outbox show") || !strings.Contains(m.Subject, "шешім күткен хат 1") {
			t.Errorf("the answer is not told of: %s\n%s", m.Subject, m.Text)
		}
	}
	failed, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailFailed})
	if err != nil || len(failed) != 1 {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	if err := r.Drop(t.Context(), failed[0].ID, Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	if got := r.tellAt(t, at(11, 26, 9, 0)); len(got) != 0 {
		t.Errorf("told of what was decided on: %v", names(got))
	}
}

// Who was answered and not closed is told how to close it; who wrote again, or
// was opened anew by staff, is to be answered.
func TestDigestOfTheAnswered(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	next := func() Next {
		t.Helper()
		b, err := r.book(t.Context())
		if err != nil || len(b.due) != 1 {
			t.Fatalf("%d due: %v", len(b.due), err)
		}
		return b.due[0].Next
	}
	if _, err := r.Take(t.Context(), n, Actor{Login: "asel"}); err != nil {
		t.Fatal(err)
	}
	r.tellAt(t, at(12, 11, 9, 0)) // the clock
	if got := next(); got != NextAnswer {
		t.Errorf("before the answer: %s", got)
	}
	answerNow(t, r, n, Reply{Text: "Обработка прекращена."})
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != NextClose {
		t.Errorf("answered: %s", got)
	}
	if _, err := r.Close(t.Context(), n, store.StatusDone, "исполнено", r.withAnswered("consent_withdrawal", stepsOf(r, "consent_withdrawal")), Actor{Login: "asel"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Reopen(t.Context(), n, "ошибка", Actor{Login: "asel"}); err != nil {
		t.Fatal(err)
	}
	if q, err := r.Store.Request(t.Context(), n); err != nil || q.Answered || q.AnsweredAt.IsZero() {
		t.Errorf("reopened: %v %v %v", q.Answered, q.AnsweredAt, err)
	}
	if got := next(); got != NextAnswer {
		t.Errorf("reopened: %s", got)
	}
}

// What happens at an instant has no end that another letter could tell of, and
// whoever is told of alarms has a language and a deputy as everybody.
func TestAlarmReader(t *testing.T) {
	r := staffed(t)
	r.Alarm = "asel@license.kz" // reads Russian, and Daniyar, who stands in for her, Kazakh
	for _, c := range []struct {
		when       int
		to         string
		lang       rules.Lang
		code       string
		lasts      bool
		what, ends string
	}{
		{4, "asel@license.kz", rules.RU, alarmCaps, false, "подтверждений", "придёт ещё одно письмо"},
		{7, "daniyar@license.kz", rules.KK, alarmFailed, false, "жіберу мүмкін", "тағы бір хат"},
		{8, "daniyar@license.kz", rules.KK, TroubleDisk, true, "Дискіде", "тағы бір хат"},
	} {
		r.Now = at(12, c.when, 9, 0).UTC
		if c.lasts {
			if err := r.Raise(t.Context(), c.code, 0, r.Now()); err != nil {
				t.Fatal(err)
			}
		} else if err := r.alarm(t.Context(), c.code, failedAgain, 1, "pometka outbox"); err != nil {
			t.Fatal(err)
		}
		queued, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
		if err != nil || len(queued) != 1 {
			t.Fatalf("%s: queued %v, %v", c.code, queued, err)
		}
		raw := r.sentTo(t, c.to)
		if m := queued[0]; m.To != c.to || m.Language != string(c.lang) || !strings.Contains(raw.Subject, c.what) || strings.Contains(raw.Text, c.ends) != c.lasts {
			t.Errorf("%s goes to %s in %q:\n%s\n%s", c.code, m.To, m.Language, raw.Subject, raw.Text)
		}
	}
}
