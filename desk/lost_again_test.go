package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// told are the events by which staff was told of a request, from an instant on, by code.
func (r *rig) toldOf(t *testing.T, n string, from time.Time) map[string]int {
	t.Helper()
	history, err := r.Store.History(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, e := range history {
		if !e.At.Before(from) {
			told[e.Code]++
		}
	}
	return told
}

// A digest of the last day that is refused, or of which nobody knows whether it went out, is
// written anew within office hours, to the officer, too.
func TestLostDigestOfTheLastDay(t *testing.T) {
	for _, mood := range []string{"refuses", "hangs"} {
		r, p := served(t)
		n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // act by 14 December
		r.turn(t, p, at(12, 11, 9, 0))
		p.mood = mood
		r.wants(t, p, at(12, 14, 9, 10), "", "")
		alarms, err := r.Store.Meta(t.Context(), momentKey(alarmFailed))
		if err != nil || alarms == "" {
			t.Errorf("%s: no alarm: %v", mood, err)
		}
		p.mood = ""
		r.turn(t, p, at(12, 14, 9, 40))
		r.wants(t, p, at(12, 14, 10, 15), "info officer", n)
		if m := p.took["info@license.kz"]; len(m) == 1 && !strings.Contains(m[0].Text, "последний день") {
			t.Errorf("%s: the letter does not say that it is the last day:\n%s", mood, m[0].Text)
		}
		for hour := 11; hour < 18; hour++ {
			r.wants(t, p, at(12, 14, hour, 20), "", "")
		}
		if got := r.toldOf(t, n, at(12, 14, 0, 0)); got[store.EventReminded] != 2 || got[store.EventEscalated] != 2 {
			t.Errorf("%s: %v on record, want both letters to each", mood, got)
		}
		r.wants(t, p, at(12, 15, 9, 0), "info officer", n)
		r.soundHistory(t)
	}
}

// Only the officer's letter is refused: nobody else gets a second one.
func TestLostEscalation(t *testing.T) {
	r, p := served(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	r.turn(t, p, at(12, 11, 9, 0))
	p.mood = "refuses officer@license.kz"
	r.wants(t, p, at(12, 14, 9, 10), "info", n)
	r.wants(t, p, at(12, 14, 9, 50), "", "")
	p.mood = ""
	r.wants(t, p, at(12, 14, 10, 15), "officer", n)
	r.wants(t, p, at(12, 14, 12, 0), "", "")
	r.soundHistory(t)
}

// An officer who takes no mail: the common address is told in his place, of each stage once.
func TestOfficerThatRefusesForGood(t *testing.T) {
	r, p := served(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	r.turn(t, p, at(12, 10, 9, 0))
	p.mood = "refuses officer@license.kz"
	r.wants(t, p, at(12, 11, 9, 0), "info", n) // one day before
	r.wants(t, p, at(12, 11, 10, 5), "", "")
	r.wants(t, p, at(12, 11, 11, 10), "info", n) // and what the officer does not hear
	for hour := 12; hour < 18; hour++ {
		r.wants(t, p, at(12, 11, hour, 15), "", "")
	}
	r.wants(t, p, at(12, 14, 9, 0), "info", n)
	for hour := 10; hour < 18; hour++ {
		r.wants(t, p, at(12, 14, hour, 15), "", "")
	}
	r.soundHistory(t)
}

// Who takes no mail any more is tried with what is new, and others are told: nobody is told
// twice of the same, and no hour brings another letter for ever.
func TestAddressThatRefusesForGood(t *testing.T) {
	r, p := served(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	if _, err := r.Assign(t.Context(), n, "bli", Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	p.mood = "refuses botagoz@license.kz"
	r.wants(t, p, at(12, 7, 9, 0), "", "")      // five days before
	r.wants(t, p, at(12, 7, 10, 5), "", "")     // once more
	r.wants(t, p, at(12, 7, 11, 10), "info", n) // and to somebody else
	for hour := 12; hour < 18; hour++ {
		r.wants(t, p, at(12, 7, hour, 15), "", "")
	}
	r.wants(t, p, at(12, 9, 9, 0), "info", n)          // three days before: at once
	r.wants(t, p, at(12, 11, 9, 0), "info officer", n) // one
	p.mood = ""
	r.wants(t, p, at(12, 14, 9, 0), "botagoz info officer", n) // it takes letters again
	r.wants(t, p, at(12, 15, 9, 0), "botagoz officer", n)
	p.mood = "refuses"
	if _, err := r.Assign(t.Context(), n, "dserik", Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	before, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailFailed})
	if err != nil {
		t.Fatal(err)
	}
	for day := rules.NewDate(2026, 12, 17); day.Before(rules.NewDate(2026, 12, 22)); day = day.AddDays(1) {
		for minute := range 24 * 6 {
			r.turn(t, p, r.DayBegins(day).Add(time.Duration(minute)*10*time.Minute))
		}
	}
	after, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailFailed})
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, m := range after[len(before):] {
		if m.Purpose != store.PurposeAlarm {
			tried[m.To]++
		}
	}
	for addr, times := range tried {
		if times > mostRefused+3 {
			t.Errorf("%s is tried %d times in three working days", addr, times)
		}
	}
	r.soundHistory(t)
}

// What a process that was killed had in hand is told anew by the next.
func TestKilledOverADigest(t *testing.T) {
	r, p := served(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	r.turn(t, p, at(12, 11, 9, 0))
	r.Now = func() time.Time { return at(12, 14, 9, 0) }
	if _, err := r.RemindNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the officer's, too
		if _, err := r.Store.Claim(t.Context(), r.Now(), func(store.Mail, store.Letter, []store.Request) ([]byte, error) { return []byte("x"), nil }, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if lost, err := r.Recover(t.Context()); err != nil || lost < 2 {
		t.Fatalf("%d uncertain, %v", lost, err)
	}
	r.turn(t, p, at(12, 14, 9, 30))
	r.turn(t, p, at(12, 14, 10, 5))
	if len(p.took["info@license.kz"]) != 1 || len(p.took["officer@license.kz"]) != 1 || !strings.Contains(p.took["info@license.kz"][0].Text, n) {
		t.Errorf("told %v", p.took)
	}
	r.soundHistory(t)
}
