package desk

import (
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What staff is told of is the term of the law that has passed, not the target
// missed before it; a target counts only while nothing worse has happened.
func TestForemost(t *testing.T) {
	day := func(n int) rules.Date { return rules.Date{Year: 2026, Month: 12, Day: n} }
	target := store.Term{ID: "target", Source: rules.SourceTarget, Due: day(3)}
	policy := store.Term{ID: "policy", Source: rules.SourcePolicy, Due: day(7)}
	law := store.Term{ID: "law", Source: rules.SourceLaw, Due: day(14)}
	open := store.Request{Status: store.StatusOpen, ActBy: day(3), Terms: []store.Term{law, target, policy}}
	closed := open
	closed.Status = store.StatusDone
	for name, c := range map[string]struct {
		q     store.Request
		today int
		want  string
	}{
		"nothing passed":             {open, 2, "target"},
		"the target missed":          {open, 5, "target"},
		"the last day of the policy": {open, 7, "target"},
		"the policy's term broken":   {open, 8, "policy"},
		"both broken, the first":     {open, 20, "policy"},
		"closed":                     {closed, 20, "target"},
	} {
		if got := Foremost(c.q, day(c.today)); got.ID != c.want {
			t.Errorf("%s: %s, want %s", name, got.ID, c.want)
		}
	}
	alike := store.Request{Status: store.StatusOpen, ActBy: day(7), Terms: []store.Term{{ID: "target", Source: rules.SourceTarget, Due: day(7)}, policy}}
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
			if got := TermOverdue(open, term, day(today)); got != (want && term.ID == "law") {
				t.Errorf("on the %d: %s %v", today, term.ID, got)
			}
		}
	}
	open.Status = store.StatusDone
	if Overdue(open, day(20)) {
		t.Error("a closed request is overdue")
	}
}
