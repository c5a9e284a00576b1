package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What staff is told of is the term of the law that has passed, not the target
// missed before it; a target counts only while nothing worse has happened or is near.
func TestForemost(t *testing.T) {
	cal, err := rules.NewCalendar(rules.CalendarOptions{Week: 5})
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Options: Options{Calendar: cal, Reminders: Reminders{DaysBefore: []int{1, 0}}}}
	day := func(n int) rules.Date { return rules.Date{Year: 2026, Month: 12, Day: n} }
	target := store.Term{ID: "target", Source: rules.SourceTarget, Due: day(3)}
	policy := store.Term{ID: "policy", Source: rules.SourcePolicy, Due: day(11)}
	law := store.Term{ID: "law", Source: rules.SourceLaw, Due: day(14)}
	stands := store.Term{ID: "consumer", Source: rules.SourceLaw}
	open := store.Request{Status: store.StatusOpen, ActBy: day(3), Terms: []store.Term{stands, law, target, policy}}
	closed := open
	closed.Status = store.StatusDone
	for name, c := range map[string]struct {
		q     store.Request
		today int
		want  string
	}{
		"nothing passed":             {open, 2, "target"},
		"the target missed":          {open, 5, "target"},
		"three days to the policy's": {open, 8, "policy"},
		"the last day of the policy": {open, 11, "policy"},
		"the policy's term broken":   {open, 12, "policy"},
		"both broken, the first":     {open, 20, "policy"},
		"closed":                     {closed, 20, "target"},
	} {
		if got := d.Foremost(c.q, day(c.today)); got.ID != c.want {
			t.Errorf("%s: %s, want %s", name, got.ID, c.want)
		}
	}
	d.Reminders.DaysBefore = []int{5}
	if got := d.Foremost(open, day(4)); got.ID != "policy" {
		t.Errorf("the stage of five days: %s", got.ID)
	}
	alike := store.Request{Status: store.StatusOpen, ActBy: day(7), Terms: []store.Term{{ID: "target", Source: rules.SourceTarget, Due: day(7)}, policy}}
	alike.Terms[1].Due = day(7)
	if got := Acting(alike); got.ID != "policy" {
		t.Errorf("of two terms on one day: %s", got.ID)
	}
}

// A term of the policy or of the law is overdue from the day after its last one, a target
// never is, and neither is one that stands still or one of a closed request.
func TestOverdue(t *testing.T) {
	day := func(n int) rules.Date { return rules.NewDate(2026, 12, n) }
	terms := []store.Term{
		{ID: "target", Source: rules.SourceTarget, Due: day(3)},
		{ID: "still", Source: rules.SourceLaw},
		{ID: "law", Source: rules.SourceLaw, Due: day(11)},
	}
	open := store.Request{Status: store.StatusOpen, Terms: terms}
	for today, want := range map[int]bool{3: false, 4: false, 11: false, 12: true} {
		if got := Overdue(open, day(today)); got != want {
			t.Errorf("on the %d: %v", today, got)
		}
		for _, term := range terms {
			if got := TermOverdue(open.Status, term, day(today)); got != (want && term.ID == "law") {
				t.Errorf("on the %d: %s %v", today, term.ID, got)
			}
		}
	}
	open.Status = store.StatusDone
	if Overdue(open, day(20)) {
		t.Error("a closed request is overdue")
	}
}

// Behind a target that was missed each stage of the law's term is told of once, and at
// night what would be too late when the office opens.
func TestStagesBehindAMissedTarget(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "Прошу.", at(11, 23, 10, 0)) // target 24 November, law 14 December
	var stages []string
	for day := rules.NewDate(2026, 11, 24); !day.After(rules.NewDate(2026, 12, 15)); day = day.AddDays(1) {
		got := r.tellAt(t, r.DayBegins(day).Add(r.Reminders.Hours.From))
		if day == rules.NewDate(2026, 12, 14) {
			for _, who := range []string{"info@license.kz", "officer@license.kz"} {
				if m := got[who]; m == nil || !strings.Contains(m.Text, "Сегодня последний день; цель пропущена 14 рабочих дней назад") || !strings.Contains(m.Text, "14 декабря 2026 г. включительно (закон)") {
					t.Errorf("%s was told on the last day of the law: %+v", who, m)
				}
			}
		}
	}
	told, err := r.Store.Reminded(t.Context(), []string{n})
	if err != nil {
		t.Fatal(err)
	}
	for s := range told {
		if s.ActBy == rules.NewDate(2026, 12, 14) && !strings.HasPrefix(s.Stage, stageOfficer) {
			stages = append(stages, s.Stage)
		}
	}
	if len(stages) != 5 || told[store.Stage{Number: n, Stage: "law:0", ClockStart: rules.NewDate(2026, 11, 23), ActBy: rules.NewDate(2026, 12, 14)}].State != store.MailSent {
		t.Errorf("stages of the law's term: %q", stages)
	}
	r = staffed(t)
	n = r.ask(t, 1, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "Прошу.", at(11, 23, 10, 0))
	r.tellAt(t, at(12, 10, 9, 0))
	for _, when := range []time.Time{at(12, 13, 22, 0), at(12, 14, 8, 0)} {
		if got := r.tellAt(t, when); len(got) > 0 {
			t.Errorf("told at %v: %q", when, names(got))
		}
	}
	if got := r.tellAt(t, at(12, 14, 20, 0)); names(got) != "info officer" || !strings.Contains(got["info@license.kz"].Text, n) {
		t.Errorf("in the evening of the last day: told %q", names(got))
	}
}
