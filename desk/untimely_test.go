package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What could not be sent while staff was at work waits for the office to open, and is written
// anew then; what tells of a last day goes out as long as that lasts.
func TestStaffMailKeepsOfficeHours(t *testing.T) {
	r, p := served(t)
	last := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 20, 10, 0)) // act by Friday, 11 December
	later := r.ask(t, 2, withdrawalMark, "И я.", at(11, 27, 10, 0))
	for n, who := range map[string]string{last: "bli", later: "dserik"} { // five days before the 18th on the 11th
		if _, err := r.Assign(t.Context(), n, who, Actor{Login: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	r.turn(t, p, at(12, 10, 9, 0))
	p.mood = "down"
	r.wants(t, p, at(12, 11, 9, 0), "", "")
	p.mood = ""
	r.wants(t, p, at(12, 11, 21, 40), "botagoz officer", last)
	if err := r.CheckHealth(t.Context(), Vitals{}); err != nil {
		t.Fatal(err)
	}
	if troubles, err := r.Troubles(t.Context()); err != nil || len(troubles) > 0 {
		t.Errorf("what waits for the morning is no trouble: %+v, %v", troubles, err)
	}
	r.wants(t, p, at(12, 12, 9, 30), "", "") // Saturday
	r.turn(t, p, at(12, 14, 9, 0))
	for _, addr := range []string{"botagoz@license.kz", "daniyar@license.kz", "officer@license.kz"} {
		if len(p.took[addr]) != 1 {
			t.Errorf("on Monday %s got %d letters", addr, len(p.took[addr]))
		}
	}
	if m := p.took["daniyar@license.kz"]; len(m) == 1 && !strings.Contains(m[0].Text, later) {
		t.Errorf("the letter of Monday does not speak of %s:\n%s", later, m[0].Text)
	}
	r.soundHistory(t)
}

// A letter about a last day that could not be sent on it does not go out on a day off.
func TestLastDayIsOverOnSaturday(t *testing.T) {
	r, p := served(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 20, 10, 0)) // act by Friday, 11 December
	r.turn(t, p, at(12, 10, 9, 0))
	p.mood = "down"
	r.wants(t, p, at(12, 11, 9, 0), "", "")
	r.wants(t, p, at(12, 11, 23, 50), "", "")
	p.mood = ""
	r.wants(t, p, at(12, 12, 9, 30), "", "")
	r.wants(t, p, at(12, 14, 9, 0), "info officer", n)
	if m := p.took["info@license.kz"]; len(m) == 1 && strings.Contains(m[0].Text, "последний день") {
		t.Errorf("what was written on Friday is sent on Monday:\n%s", m[0].Text)
	}
	if q := r.request(t, n); q.ActBy != rules.NewDate(2026, 12, 11) || q.Status == store.StatusDone {
		t.Fatalf("%+v", q.ActBy)
	}
	r.soundHistory(t)
}

// While letters to staff wait for the office, nothing is due before it opens; what is for the
// public is due when it is.
func TestNothingIsDueByNight(t *testing.T) {
	r, p := served(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 27, 10, 0)) // act by Friday, 18 December
	if _, err := r.Assign(t.Context(), n, "dserik", Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	next := func() time.Time {
		t.Helper()
		at, err := r.NextSend(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	r.turn(t, p, at(12, 10, 9, 0))
	if got := next(); !got.IsZero() {
		t.Errorf("nothing waits, but is due at %v", got)
	}
	p.mood = "down"
	r.wants(t, p, at(12, 11, 9, 0), "", "") // five days before the 18th
	if got := next(); got.After(at(12, 11, 12, 0)) {
		t.Errorf("by day the letter is due at %v", got)
	}
	r.turn(t, p, at(12, 11, 20, 0))
	if got, want := next(), at(12, 14, 9, 0); !got.Equal(want) {
		t.Errorf("by night something is due at %v, want %v", got, want)
	}
	r.put(t, "INBOX", mail{from: "two@host.example", subject: withdrawalMark, body: "И я.", id: "two"}, at(12, 11, 20, 0))
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := next(); got.After(at(12, 11, 20, 0)) {
		t.Errorf("an acknowledgement is due at %v", got)
	}
}
