package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// wantsToday checks who is told at each look from one hour of a day to midnight: once, at the
// hour that is named, with the officer, and then no more.
func (r *rig) wantsToday(t *testing.T, n string, month time.Month, day, from, hour int) (text string) {
	t.Helper()
	for h := from; h < 24; h++ {
		for _, minute := range []int{5, 55} {
			got, want := r.tellAt(t, at(month, day, h, minute)), ""
			if h == hour && minute == 5 {
				want = "info officer"
				text = got["info@license.kz"].Text
			}
			if names(got) != want {
				t.Errorf("at %d:%02d told %q, want %q", h, minute, names(got), want)
			}
		}
	}
	if !strings.Contains(text, n) || !strings.Contains(text, "последний день") {
		t.Errorf("the letter does not say that it is the last day of %s:\n%s", n, text)
	}
	return text
}

// What comes in on its last day is told of as new and as ending today by one letter.
func TestLastDayOnArrival(t *testing.T) {
	r := staffed(t)
	r.tellAt(t, at(12, 14, 9, 0))
	r.Now = func() time.Time { return at(12, 14, 13, 30) }
	p := Paper{Via: "post", Kinds: []rules.Kind{"consent_withdrawal"}, Received: Receipt{Day: rules.NewDate(2026, 11, 23)}, Name: "Person"}
	q, err := r.RegisterPaper(t.Context(), p, Actor{Login: "test"})
	if err != nil {
		t.Fatal(err)
	}
	r.wantsToday(t, q.Numbers[0], 12, 14, 14, 14)
	if got := r.tellAt(t, at(12, 15, 9, 0)); names(got) != "info officer" { // a day late
		t.Errorf("the next morning: told %q", names(got))
	}
}

// A request that is opened again on its last day is told of likewise.
func TestLastDayReopened(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // act by 14 December
	r.tellAt(t, at(11, 24, 9, 0))
	r.Now = func() time.Time { return at(11, 25, 10, 0) }
	answerNow(t, r, n, Reply{Text: "Обработка прекращена.", Close: "done", Why: "исполнено", Steps: stepsOf(r, "consent_withdrawal")})
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.tellAt(t, at(12, 14, 9, 0))
	r.Now = func() time.Time { return at(12, 14, 9, 30) }
	if _, err := r.Reopen(t.Context(), n, "ошибка", clerk); err != nil {
		t.Fatal(err)
	}
	r.wantsToday(t, n, 12, 14, 10, 10)
}

// A date that a new calendar moved to today is told of in office hours, with the day that it
// was and the cause.
func TestLastDayMovedToToday(t *testing.T) {
	r := staffed(t)
	r.Calendar = calendarOf(t, offNinth)
	r.recomputed(t, false)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // act by 15 December
	r.tellAt(t, at(12, 11, 9, 0))
	r.tellAt(t, at(12, 14, 9, 0))
	r.Now = func() time.Time { return at(12, 14, 12, 30) }
	r.Calendar = calendarOf(t)
	r.recomputed(t, false)
	text := r.wantsToday(t, n, 12, 14, 13, 13)
	if !strings.Contains(text, "было 15 декабря 2026 г., стало 14 декабря") || !strings.Contains(text, "изменился календарь") {
		t.Errorf("the letter does not say what moved and why:\n%s", text)
	}
	for addr, m := range r.tellAt(t, at(12, 15, 9, 0)) {
		if strings.Contains(m.Text, "стало") {
			t.Errorf("%s is told again that it moved:\n%s", addr, m.Text)
		}
	}
}
