package desk

import (
	"testing"
	"time"
	"unsafe"

	"license.kz/pometka/store"
)

// A clock that was months ahead at the first start leaves no letter out once it is
// right again.
func TestCutoffOfWrongClock(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "x@firma.example", subject: "Вопрос", body: "Сколько стоит лицензия?", id: "0@firma.example"}, now.Add(-time.Hour))
	r.Now = func() time.Time { return now.AddDate(0, 4, 0) }
	r.pass(t)
	r.Now = func() time.Time { return now }
	for i, from := range []string{"a@one.example", "b@two.example"} {
		r.put(t, "INBOX", mail{from: from, subject: withdrawalMark, body: "Прошу.", id: from}, now.Add(time.Duration(i)*time.Minute))
		if p, _ := r.pass(t); len(p.Admitted) != 1 {
			t.Errorf("%s: %+v", from, p)
		}
	}
}

// An alarm that was told by a clock years ahead keeps none back when it is right.
func TestAlarmOfWrongClock(t *testing.T) {
	r := newRig(t)
	for _, at := range []time.Time{now.AddDate(12, 0, 0), now, now.Add(time.Minute)} {
		r.Now = func() time.Time { return at }
		if err := r.alarm(t.Context(), alarmFailed, failedAgain, 1, "pometka outbox"); err != nil {
			t.Fatal(err)
		}
	}
	queued, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
	if err != nil || len(queued) != 2 {
		t.Errorf("%d alarms were queued, %v", len(queued), err)
	}
}

// That no pass has ended for long is told although a clock years ahead noted the last.
func TestNoPassOfWrongClock(t *testing.T) {
	r := newRig(t)
	if err := r.Store.SetPass(t.Context(), now.AddDate(12, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := r.CheckHealth(t.Context(), Vitals{Started: now.Add(-time.Hour), Late: 15 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	list, err := r.Troubles(t.Context())
	if err != nil || len(list) != 1 || list[0].Code != TroubleNoPass {
		t.Errorf("trouble: %+v %v", list, err)
	}
}

// A clock that was ahead when the daemon started and is put back keeps no pass from being
// one, hides no silence, and no trouble ends before it began.
func TestPassesWhileTheClockIsPutBack(t *testing.T) {
	r := staffed(t)
	base := time.Now()
	gone, wall := time.Duration(0), now.Add(2*time.Hour)
	r.Now = func() time.Time { return clockAt(base.Add(gone), wall.Add(gone)) }
	v := Vitals{Started: r.Now(), Late: 15 * time.Minute}
	look := func(what string, passes, late bool) {
		t.Helper()
		for range 20 {
			gone += time.Minute
			if passes {
				p, err := r.Poll(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				v.Passed = p.Ended
			}
			if err := r.CheckHealth(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
		list, err := r.Troubles(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, x := range list {
			told = told || x.Code == TroubleNoPass
			if x.Since.After(r.Now().Round(0)) {
				t.Errorf("%s: %s began at %v, and it is %v", what, x.Code, x.Since, r.Now())
			}
		}
		if told != late {
			t.Errorf("%s: %+v", what, list)
		}
	}
	look("a clock that is ahead", true, false)
	wall = wall.Add(-2 * time.Hour)
	look("put back", true, false)
	look("no passes", false, true)
	wall = wall.Add(-2 * time.Hour)
	look("put back again", false, true)
	wall = wall.Add(-2 * time.Hour)
	look("passes again", true, false)
	wall = wall.Add(4 * time.Hour)
	look("put forward", true, false)
}

// clockAt is an instant of the process, as it is read from a clock that says wall.
func clockAt(t time.Time, wall time.Time) time.Time {
	seconds := uint64(wall.Sub(t.Round(0)) / time.Second)
	*(*uint64)(unsafe.Pointer(&t)) += seconds << 30 // where package time keeps them beside what tells spans
	return t
}
