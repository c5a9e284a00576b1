package desk

import (
	"errors"
	"testing"

	"license.kz/pometka/rules"
)

// A desk at work goes over to the calendar that another process brought in, and
// what it registered meanwhile is counted once more.
func TestFollow(t *testing.T) {
	r := newRig(t)
	r.recomputed(t, false)
	first := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	other := New(r.Options)
	other.Calendar = calendarOf(t, offNinth)
	if _, err := other.Recompute(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	second := r.ask(t, 2, withdrawalMark, "И я прошу.", now)
	if q := r.request(t, second); q.ActBy != rules.NewDate(2026, 12, 14) {
		t.Fatalf("act by %s: this desk knows the old calendar only", q.ActBy)
	}
	if outdated, err := r.Outdated(t.Context()); err != nil || !outdated {
		t.Fatalf("outdated %t, %v", outdated, err)
	}

	if _, err := r.Follow(t.Context(), calendarOf(t, workSunday), r.Desk.Deadlines); !errors.Is(err, ErrOutdated) {
		t.Errorf("a third calendar: %v", err)
	}
	if q := r.request(t, first); q.ActBy != rules.NewDate(2026, 12, 15) {
		t.Errorf("act by %s: a third calendar moved it", q.ActBy)
	}

	done, err := r.Follow(t.Context(), calendarOf(t, offNinth), r.Desk.Deadlines)
	if err != nil || len(done.Moved) != 1 || done.Moved[0].Number != second {
		t.Errorf("followed: %+v %v", done, err)
	}
	if outdated, err := r.Outdated(t.Context()); err != nil || outdated {
		t.Errorf("still outdated: %t, %v", outdated, err)
	}
	third := r.ask(t, 3, withdrawalMark, "И ещё я.", now)
	for _, n := range []string{first, second, third} {
		if q := r.request(t, n); q.ActBy != rules.NewDate(2026, 12, 15) {
			t.Errorf("%s: act by %s", n, q.ActBy)
		}
	}
}

// No person's decision is counted by a calendar that is no longer the
// register's, however long their command has been open.
func TestDecisionByOldCalendar(t *testing.T) {
	r := newRig(t)
	r.recomputed(t, false)
	n, review := r.ask(t, 1, withdrawalMark, "Прошу.", now), r.ask(t, 2, withdrawalMark, receiptBody, now)
	other := New(r.Options)
	other.Calendar = calendarOf(t, offNinth)
	if _, err := other.Recompute(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	day := r.Today().AddDays(-1)
	if _, err := r.Set(t.Context(), n, Setting{Received: &day}, "лежало", Actor{Login: "a"}); !errors.Is(err, ErrOutdated) {
		t.Errorf("set: %v", err)
	}
	if _, _, err := r.Confirm(t.Context(), review, []rules.Kind{"claim"}, Actor{Login: "a"}); !errors.Is(err, ErrOutdated) {
		t.Errorf("confirm: %v", err)
	}
	if _, err := r.DraftAnswer(t.Context(), n, Reply{Template: AnswerDocuments}, Actor{Login: "a"}); !errors.Is(err, ErrOutdated) {
		t.Errorf("ask for documents: %v", err)
	}
	if q := r.request(t, n); q.ActBy != rules.NewDate(2026, 12, 15) {
		t.Errorf("act by %s", q.ActBy)
	}
}
