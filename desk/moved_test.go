package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A claim is worked by the consumer's ten days; a working Sunday after those
// brings only the day of the policy nearer, which the person was told, too.
func TestATermThatMovedEarlierIsTold(t *testing.T) {
	r := staffed(t)
	r.recomputed(t, false)
	n := r.ask(t, 1, "Досудебная претензия", "Претензия: верните деньги.", now)
	r.Now = func() time.Time { return now.Add(time.Minute) }
	if _, err := r.Remind(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	before := r.request(t, n)
	r.Calendar = calendarOf(t, workSunday)
	done := r.recomputed(t, false)
	after := r.request(t, n)
	want := Moved{Number: n, Term: "policy", Old: before.Terms[0].Due, New: after.Terms[0].Due, Provisional: true}
	if len(done.Moved) != 0 || done.Changed != 1 || len(done.Nearer) != 1 || done.Nearer[0] != want || !want.Earlier() {
		t.Fatalf("%+v, want the term %+v", done, want)
	}
	for _, want := range []bool{true, false} {
		got, err := r.Remind(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, l := range got.Drafts {
			told = told || strings.Contains(l.Body, "№ "+n+", срок политики: было") && strings.Contains(l.Body, "2027 г. (предварительно)")
		}
		if told != want {
			t.Errorf("told %t, want %t: %+v", told, want, got.Drafts)
		}
		if _, err := r.Remind(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
}

// A person who drops the letter that says so knows it: no later letter repeats it.
func TestAMoveThatWasDroppedIsNotRepeated(t *testing.T) {
	r := staffed(t)
	r.recomputed(t, false)
	n := r.ask(t, 1, "Досудебная претензия", "Претензия: верните деньги.", now)
	r.tellAt(t, at(11, 24, 9, 0))
	r.Calendar = calendarOf(t, workSunday)
	r.recomputed(t, false)
	r.Now = func() time.Time { return at(11, 25, 9, 0) }
	if got, err := r.RemindNow(t.Context()); err != nil || got.Queued != 1 {
		t.Fatalf("told of the move: %+v %v", got, err)
	}
	queued, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
	if err != nil || len(queued) != 1 || !strings.Contains(queued[0].Data, `"Moved":`) {
		t.Fatalf("queued %+v, %v", queued, err)
	}
	if err := r.Drop(t.Context(), queued[0].ID, clerk); err != nil {
		t.Fatal(err)
	}
	letters := 0
	for day := 26; day <= 48; day++ {
		for _, m := range r.tellAt(t, at(11, day, 9, 0)) {
			if letters++; strings.Contains(m.Text, n+", срок политики: было") {
				t.Errorf("day %d: the move is told again:\n%s", day, m.Text)
			}
		}
	}
	if told, err := r.eventIn(t.Context(), store.MetaMovesTold); err != nil || told == 0 || letters == 0 {
		t.Errorf("moves told up to event %d by %d letters: %v", told, letters, err)
	}
}

// The events of a recomputation are looked for once, also where no date of it came
// nearer: a register of years has a million others before them.
func TestMovesAreLookedForOnce(t *testing.T) {
	r := staffed(t)
	r.recomputed(t, false)
	r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.Calendar = calendarOf(t, workSunday)
	r.recomputed(t, false)
	r.Calendar = calendarOf(t)
	r.recomputed(t, false) // and back again
	if _, err := r.Remind(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	told, err := r.eventIn(t.Context(), store.MetaMovesTold)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := r.eventIn(t.Context(), store.MetaRecounted)
	if err != nil || told != counted || told == 0 {
		t.Errorf("told of what was counted up to event %d, and that was %d: %v", told, counted, err)
	}
}

// A new calendar moves thousands of requests at once: each looks at its own events and at
// no other's, in the order in which they came.
func TestEventsByNumber(t *testing.T) {
	for _, c := range []struct{ events, want string }{
		{"", ""}, {"a", "a0"}, {"ab", "a0 b1"}, {"abab", "a0a2 b1b3"}, {"bbba", "a3 b0b1b2"}, {"cacab", "a1a3 b4 c0c2"},
	} {
		var events []store.Event
		for i, n := range c.events {
			events = append(events, store.Event{Seq: int64(i), Number: string(n)})
		}
		var got []string
		for _, own := range byNumber(events) {
			text := ""
			for _, e := range own {
				text += fmt.Sprint(e.Number, e.Seq)
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.events, got, c.want)
		}
	}
}

func TestWhichMovesAreWarnedOf(t *testing.T) {
	day := func(d int) rules.Date { return rules.NewDate(2026, 12, d) }
	two := func(actBy, law, policy int) lastDays {
		return lastDays{ActBy: day(actBy), Terms: []store.TermDetail{{ID: "law", Due: day(law)}, {ID: "policy", Due: day(policy)}}}
	}
	for _, c := range []struct {
		name          string
		before, after lastDays
		want          []string
	}{
		{"nothing", two(3, 3, 9), two(3, 3, 9), nil},
		{"later", two(3, 3, 9), two(4, 4, 10), nil},
		{"act by, which stands for all", two(3, 3, 9), two(2, 2, 8), []string{""}},
		{"a later term alone", two(3, 3, 9), two(3, 3, 8), []string{"policy"}},
		{"one nearer, one further", two(3, 3, 9), two(4, 4, 8), []string{"policy"}},
		{"a term that is new", lastDays{ActBy: day(3)}, two(3, 3, 9), nil},
	} {
		var got []string
		for _, m := range earlier(movedDays("LK-2026-000001", c.before, c.after)) {
			got = append(got, m.Term)
		}
		if strings.Join(got, ",") != strings.Join(c.want, ",") || len(got) != len(c.want) {
			t.Errorf("%s: warned of %q, want %q", c.name, got, c.want)
		}
	}
}
