package desk

import (
	"testing"
	"time"
)

// A pass that brings nothing writes nothing where the last one ended a moment ago; what
// a pass brings is noted with it, and so is a clock that was put back.
func TestPassIsNoted(t *testing.T) {
	r := newRig(t)
	at := now
	r.Now = func() time.Time { return at }
	commits := 0
	r.Store.WatchCommits(func(string) { commits++ })
	pass := func(what string, after time.Duration, noted bool) {
		t.Helper()
		at = at.Add(after)
		commits = 0
		if _, err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if last := facts(t, r).LastPass; last.Equal(at) != noted || !noted && commits > 0 {
			t.Errorf("%s: the last pass ended at %v, now it is %v; %d commits", what, last, at, commits)
		}
	}
	pass("the first", 0, true)
	pass("another", passNoted-time.Second, false)
	pass("a while later", time.Second, true)
	r.put(t, "INBOX", mail{from: "x@firma.example", subject: "Вопрос", body: "Сколько стоит лицензия?", id: "0@firma.example"}, now)
	pass("a letter", time.Second, true)
	pass("a clock put back", -time.Hour, true)
}
