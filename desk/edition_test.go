package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// editionOf is the built-in policy with another day of coming into force, and other days where
// it has fifteen.
func editionOf(t *testing.T, day, days string) *rules.Policy {
	t.Helper()
	text := strings.Replace(string(rules.BuiltInSource()), "edition: 2026-11-22", "edition: "+day, 1)
	text = strings.Replace(text, "days: 15", "days: "+days, 1)
	p, err := rules.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A letter goes by the edition that was in force when it came, though it is read when the
// next one is: design.md 3, rule 8.
func TestEditionAtReceipt(t *testing.T) {
	r := newRig(t)
	r.ask(t, 1, withdrawalMark, "Прошу.", now)
	first := r.Policy
	r.Policy = editionOf(t, "2026-12-01", "5")
	check := func(number string, want *rules.Policy, days int) {
		t.Helper()
		q := r.request(t, number)
		if q.Policy.Digest != want.Digest || q.Policy.Edition != want.Edition {
			t.Errorf("%s goes by the edition of %s, want that of %s", number, q.Policy.Edition, want.Edition)
		}
		if !slices.ContainsFunc(q.Terms, func(term store.Term) bool { return term.Days == days }) {
			t.Errorf("%s has no term of %d days: %+v", number, days, q.Terms)
		}
	}
	check(r.ask(t, 2, withdrawalMark, "Прошу.", at(time.November, 30, 23, 59)), first, 15)
	check(r.ask(t, 3, withdrawalMark, "Прошу.", at(time.December, 1, 0, 1)), r.Policy, 5)
	paper := func(day rules.Date) string {
		t.Helper()
		done, err := r.RegisterPaper(t.Context(), Paper{
			Via: store.ViaPost, Kinds: []rules.Kind{"consent_withdrawal"}, Received: Receipt{Day: day}, Name: "Иван Петров", Text: "Отзываю согласие.",
		}, clerk)
		if err != nil || len(done.Numbers) != 1 {
			t.Fatalf("%v, %v", done.Numbers, err)
		}
		return done.Numbers[0]
	}
	check(paper(rules.NewDate(2026, time.November, 30)), first, 15)
	check(paper(rules.NewDate(2026, time.December, 1)), r.Policy, 5)
	check(paper(rules.NewDate(2026, time.November, 20)), r.Policy, 5) // older than any edition that is known

	second := r.Policy
	r.Policy = editionOf(t, "2026-12-01", "7") // the file was corrected
	check(r.ask(t, 4, withdrawalMark, "Прошу.", at(time.December, 1, 9, 0)), r.Policy, 7)
	check(paper(rules.NewDate(2026, time.November, 29)), first, 15)
	r.Policy = editionOf(t, "2027-01-01", "9") // ahead of its day
	n := r.ask(t, 5, withdrawalMark, "Прошу.", at(time.December, 2, 9, 0))
	if q := r.request(t, n); q.Policy.Digest == second.Digest || q.Policy.Edition != second.Edition {
		t.Errorf("of two editions of one day it goes by the first: %s", q.Policy.Edition)
	}
	if err := r.Store.SetMeta(t.Context(), store.MetaPolicy+first.Digest, "no policy"); err != nil {
		t.Fatal(err)
	}
	lost := New(r.Options)
	if p, err := lost.policyAt(t.Context(), rules.NewDate(2026, time.November, 30), nil); err != nil || p != lost.Policy {
		t.Errorf("an edition that cannot be read: %v", err)
	}
	if p, err := r.policyAt(t.Context(), rules.NewDate(2026, time.December, 5), []rules.Kind{"new_kind"}); err != nil || p != r.Policy {
		t.Errorf("an edition that does not know the kind: %v", err)
	}
}
