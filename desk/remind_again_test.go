package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What was told of one day to act by says nothing of the next: the stages of a
// review that nobody decided in time come again for the request that it became,
// and those of a consumer's claim for the term of the policy.
func TestStagesOfAMovedDay(t *testing.T) {
	r := staffed(t)
	review := r.ask(t, 1, withdrawalMark, "Как это сделать? Нужен ли нотариус?", at(11, 16, 10, 0))
	claim := r.ask(t, 2, "Претензия", "Требую вернуть деньги.", at(11, 16, 10, 5)) // consumer: act by 26 November
	for day := 17; day <= 26; day++ {
		r.tellAt(t, at(11, day, 9, 0))
	}
	q, err := r.Store.Request(t.Context(), review)
	if err != nil || q.Status != store.StatusReview {
		t.Fatalf("%v %v", q.Status, err)
	}
	if _, _, err := r.Confirm(t.Context(), review, []rules.Kind{"erasure"}, Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	no := false
	if _, err := r.Set(t.Context(), claim, Setting{Consumer: &no}, "", Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{review, claim} {
		if q, err = r.Store.Request(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		for day := r.Today(); !day.After(q.ActBy.AddDays(7)); day = day.AddDays(1) {
			left := r.Calendar.Remaining(day, q.ActBy)
			_, reached := r.stage(left)
			got := r.tellAt(t, r.DayBegins(day).Add(r.Reminders.Hours.From))
			if !r.Calendar.IsWorking(day) || !reached || left > 1 {
				continue
			}
			for _, who := range []string{"info@license.kz", "officer@license.kz"} {
				if got[who] == nil || !strings.Contains(got[who].Text, n) {
					t.Errorf("%s, due %v, with %d days left: %s was not told on %v", n, q.ActBy, left, who, day)
				}
			}
		}
	}
}

// Whatever the stages are, the officer is told before it is too late.
func TestOfficerBeforeTheDay(t *testing.T) {
	for _, stages := range [][]int{{10, 5, 2}, {60}, {10, 1}, {0}} {
		r := staffed(t)
		r.Reminders.DaysBefore = stages
		n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // act by 14 December
		told := 0
		for day := rules.NewDate(2026, 11, 24); !day.After(rules.NewDate(2026, 12, 14)); day = day.AddDays(1) {
			got := r.tellAt(t, r.DayBegins(day).Add(r.Reminders.Hours.From))
			if m := got["officer@license.kz"]; m != nil && strings.Contains(m.Text, n) {
				told++
			}
		}
		if told != 1 {
			t.Errorf("days_before %v: the officer was told %d times by the last day", stages, told)
		}
	}
}

// What came in on its last day, or after it, is told to the officer too within
// the hour: at the next digest the day has passed.
func TestOfficerAtOnce(t *testing.T) {
	for _, c := range []struct {
		received rules.Date
		want     string
	}{
		{rules.NewDate(2026, 11, 23), "info officer"}, // act by the day on which it is registered
		{rules.NewDate(2026, 11, 2), "info officer"},  // overdue
		{rules.NewDate(2026, 11, 24), "info"},         // one day left: the next digest is early enough
	} {
		r := staffed(t)
		r.tellAt(t, at(12, 14, 9, 0))
		r.Now = func() time.Time { return at(12, 14, 14, 0) }
		p := Paper{Via: "post", Kinds: []rules.Kind{"consent_withdrawal"}, Received: Receipt{Day: c.received}, Name: "Person"}
		if _, err := r.RegisterPaper(t.Context(), p, Actor{Login: "test"}); err != nil {
			t.Fatal(err)
		}
		if got := names(r.tellAt(t, at(12, 14, 15, 0))); got != c.want {
			t.Errorf("received on %v: told %q, want %q", c.received, got, c.want)
		}
	}
}

// A request whose terms stand still is not forgotten: staff is told of it when the person
// has been silent for ten working days, and then every twenty.
func TestSilentPersonIsRecalled(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, "Актуализация персональных данных", "Прошу изменить фамилию.", at(11, 23, 10, 0))
	r.tellAt(t, at(11, 23, 11, 0))
	r.become(t, n, store.StatusWaiting)
	if q := r.request(t, n); !q.ActBy.IsZero() {
		t.Fatalf("the terms run on: %v", q.ActBy)
	}
	var told []string
	for day := rules.NewDate(2026, 11, 24); day.Year < 2027 || day.Month < 3; day = day.AddDays(1) {
		for _, hour := range []time.Duration{9 * time.Hour, 22 * time.Hour} {
			for who, m := range r.tellAt(t, r.DayBegins(day).Add(hour)) {
				told = append(told, day.String()+" "+who)
				if !strings.Contains(m.Text, n) || !strings.Contains(m.Text, " рабочих дней, срок стоит") || strings.Contains(m.Text, "Срок:") {
					t.Errorf("%v: %s", day, m.Text)
				}
			}
		}
	}
	if want := "2026-12-07 info@license.kz, 2027-01-08 info@license.kz, 2027-02-05 info@license.kz"; strings.Join(told, ", ") != want {
		t.Errorf("told %s, want %s", strings.Join(told, ", "), want)
	}
	if _, err := r.Resume(t.Context(), n, clerk); err != nil {
		t.Fatal(err)
	}
	if got := r.tellAt(t, at(15, 1, 9, 0)); len(got) == 0 || strings.Contains(got["info@license.kz"].Text, "срок стоит") {
		t.Errorf("once it waits no more: %q", names(got))
	}
}

// Where the common address and the officer are one, spelled in two ways, reminders.always
// sends one digest a day.
func TestDigestAlwaysToOneAddress(t *testing.T) {
	r := staffed(t)
	r.Reminders.To, r.Reminders.Always = "Officer@license.kz", true
	r.Reminders.Next = func(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) }
	for hour := 9; hour < 12; hour++ {
		if got := r.tellAt(t, at(11, 24, hour, 0)); (len(got) == 1) != (hour == 9) {
			t.Errorf("at %d: told %q", hour, names(got))
		}
	}
}
