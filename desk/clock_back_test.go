package desk

import (
	"testing"
	"time"

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
