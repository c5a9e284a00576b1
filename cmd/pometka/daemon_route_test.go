package main

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
)

// A server that is not there is tried after 5 s, 10 s, … 5 min; one that
// lets nobody in for now after 20 s … 15 min; one that refuses the log-in three times, and
// then once an hour.
func TestRoute(t *testing.T) {
	usual := pauseJitter
	t.Cleanup(func() { pauseJitter = usual })
	for range 100 {
		if j := usual(); j < 0 || j >= 1 {
			t.Fatalf("jitter %v", j)
		}
	}
	var l route
	at := time.Now()
	down := errors.New("connection refused")
	pauseJitter = func() float64 { return 1 }
	if l.note(down, at); l.wait(time.Hour, at) != 4*time.Second {
		t.Errorf("the shortest first pause is %v", l.wait(time.Hour, at))
	}
	l, pauseJitter = route{}, func() float64 { return 0 }
	for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		l.note(fmt.Errorf("take in letters: %w", down), at)
		if got := l.wait(time.Hour, at); got != want*time.Second || !l.paused(at.Add(got-1)) || l.paused(at.Add(got)) {
			t.Errorf("after failure %d: %v", i+1, got)
		}
	}
	l = route{}
	for i, want := range []time.Duration{20, 40, 80, 160, 320, 640, 900, 900} {
		if l.note(fmt.Errorf("take in letters: %w", mailbox.ErrNotNow), at); l.wait(time.Hour, at) != want*time.Second || l.refused != 0 {
			t.Errorf("told %d times that it is not now: %v", i+1, l.wait(time.Hour, at))
		}
	}
	l.note(desk.ErrStopping, at)
	if !l.paused(at) {
		t.Error("a stop is no success")
	}
	if l.note(nil, at); l != (route{worked: true}) || !l.open() || l.wait(time.Minute, at) != time.Minute {
		t.Errorf("after a success: %+v", l)
	}
	if l.note(fmt.Errorf("take in letters: %w", desk.ErrUnread), at); !l.open() || !l.worked {
		t.Errorf("after a pass that left a folder out: %+v", l)
	}
	refused := fmt.Errorf("%w: no", mailbox.ErrLogin)
	for i := range 5 {
		now := at.Add(time.Duration(i) * time.Hour)
		l.note(refused, now)
		if (l.wait(2*refusedPause, now) == refusedPause) != (i >= refusals-1) || l.since.IsZero() != (i < refusals-1) {
			t.Errorf("after %d refusals: %+v", i+1, l)
		}
	}
	if want := at.Add((refusals - 1) * time.Hour); !l.since.Equal(want) {
		t.Errorf("refused since %v, want %v", l.since, want)
	}
}
