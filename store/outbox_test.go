package store

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

func TestRetrySendsTheSameBytes(t *testing.T) {
	ctx, db := context.Background(), open(t)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	first := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
	ok(t, db.Settle(ctx, first.ID, Settlement{State: MailQueued, Reason: rules.Reason{Code: "smtp"}, NextAttempt: t0.Add(time.Minute)}, t0))
	if early := must[*Mail](t)(db.Claim(ctx, t0.Add(59*time.Second), render, nil, nil)); early != nil {
		t.Errorf("claimed before its time: %+v", early)
	}
	second := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Minute), func(Mail, Letter, []Request) ([]byte, error) {
		return nil, errors.New("rendered a second time")
	}, nil, nil))
	if second == nil || second.Attempts != 2 || !bytes.Equal(second.Raw, first.Raw) || second.RawSHA256 != first.RawSHA256 {
		t.Fatalf("second try %+v", second)
	}
	if m := must[Mail](t)(db.Mail(ctx, first.ID)); !bytes.Equal(m.Raw, first.Raw) || m.State != MailSending {
		t.Errorf("mail %+v", m)
	}
	sound(t, db)
}

// Nor does one over which the program panics: it has failed, and who called hears of
// the panic.
func TestClaimPassesOverWhatPanics(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for uid := uint32(1); uid <= 2; uid++ {
		must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0.Add(time.Duration(uid)*time.Second)))
	}
	func() {
		defer func() {
			if v := recover(); v != "staged" {
				t.Errorf("recovered %v", v)
			}
		}()
		db.Claim(ctx, t0.Add(time.Hour), func(Mail, Letter, []Request) ([]byte, error) { panic("staged") }, nil, nil)
	}()
	failed := must[[]Mail](t)(db.Outbox(ctx, []MailState{MailFailed}))
	if len(failed) != 1 || failed[0].To != "a1@example.kz" || failed[0].Reason.Code != ReasonRender {
		t.Errorf("failed %+v", failed)
	}
	last := func(number string) Event {
		h := must[[]Event](t)(db.History(ctx, number))
		return h[len(h)-1]
	}
	if e := last("LK-2026-000001"); e.Code != EventFailed || e.Number != "LK-2026-000001" {
		t.Errorf("the history of the request ends with %+v", e)
	}
	m := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), render, nil, nil))
	if m == nil || m.To != "a2@example.kz" {
		t.Fatalf("claimed %+v", m)
	}
	db.abandon(ctx, m.ID, false, t0.Add(time.Hour)) // too late: another process has claimed it meanwhile
	if e := last("LK-2026-000002"); e.Code != EventClaimed {
		t.Errorf("the history of the other ends with %+v", e)
	}
	sound(t, db)
}

// One letter that cannot be made stops no other.
func TestClaimPassesOverWhatCannotBeMade(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for uid := uint32(1); uid <= 4; uid++ {
		must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0.Add(time.Duration(uid)*time.Second)))
	}
	made := func(m Mail, l Letter, rs []Request) ([]byte, error) {
		switch m.To {
		case "a1@example.kz":
			return nil, errors.New("template broken")
		case "a2@example.kz":
			return nil, nil
		}
		return []byte("x"), nil
	}
	m := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), made, nil, nil))
	if m == nil || m.To != "a3@example.kz" {
		t.Fatalf("claimed %+v", m)
	}
	failed := must[[]Mail](t)(db.Outbox(ctx, []MailState{MailFailed}))
	if len(failed) != 2 || failed[0].Reason.Code != ReasonRender || failed[0].Reason.Args[0] != "template broken" || failed[0].Attempts != 0 {
		t.Errorf("failed %+v", failed)
	}
	// Resent after the template was mended, it is made anew.
	ok(t, db.Resend(ctx, failed[0].ID, "aigul", t0.Add(time.Hour)))
	must[*Mail](t)(db.Claim(ctx, t0.Add(2*time.Hour), render, nil, nil)) // a4
	if m := must[*Mail](t)(db.Claim(ctx, t0.Add(2*time.Hour), render, nil, nil)); m == nil || m.To != "a1@example.kz" || len(m.Raw) == 0 {
		t.Errorf("resent %+v", m)
	}
	sound(t, db)
}

// What was queued or put off while the clock was years ahead goes out when the clock
// is right again, and its tries count from then on.
func TestClaimAfterWrongClock(t *testing.T) {
	ctx, db := context.Background(), open(t)
	wrong := t0.AddDate(12, 0, 0)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 2), wrong))
	m := must[*Mail](t)(db.Claim(ctx, wrong, render, nil, nil))
	ok(t, db.Settle(ctx, m.ID, Settlement{State: MailQueued, Reason: rules.Reason{Code: "smtp"}, NextAttempt: wrong.Add(time.Minute)}, wrong))
	right := t0.Add(time.Hour)
	claimed := map[int64]time.Time{}
	for range 2 {
		m := must[*Mail](t)(db.Claim(ctx, right, render, nil, nil))
		if m == nil {
			t.Fatalf("claimed %v", claimed)
		}
		claimed[m.ID] = must[Mail](t)(db.Mail(ctx, m.ID)).QueuedAt
		ok(t, db.Settle(ctx, m.ID, Settlement{State: MailQueued, Reason: rules.Reason{Code: "smtp"}, NextAttempt: right.Add(6 * time.Hour)}, right))
	}
	if len(claimed) != 2 || !claimed[1].Equal(t0) || !claimed[2].Equal(right) {
		t.Errorf("queued at %v", claimed)
	}
	if m := must[*Mail](t)(db.Claim(ctx, right, render, nil, nil)); m != nil {
		t.Errorf("claimed %d before its time", m.ID)
	}
	sound(t, db)
}

func TestRecoverAndDecide(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for uid := uint32(1); uid <= 3; uid++ {
		a := admission(t, db, uid)
		if uid == 3 {
			a.Ack.State, a.Ack.Reason = MailHeld, rules.Reason{Code: "H1", Args: []string{"junk"}}
		}
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	m := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
	if n := must[int](t)(db.Recover(ctx, t0)); n != 1 {
		t.Errorf("recovered %d", n)
	}
	lost := must[Mail](t)(db.Mail(ctx, m.ID))
	if lost.State != MailUncertain || lost.Reason.Code != ReasonRecovered || len(lost.Raw) == 0 {
		t.Errorf("lost %+v", lost)
	}
	if err := db.Settle(ctx, m.ID, Settlement{State: MailSent}, t0); !errors.Is(err, ErrStatus) {
		t.Errorf("settled what is not being sent: %v", err)
	}
	if err := db.Settle(ctx, 99, Settlement{State: MailSent}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("settled what is not there: %v", err)
	}
	if _, err := db.Release(ctx, []int64{3, m.ID}, "aigul", t0); !errors.Is(err, ErrStatus) {
		t.Errorf("released what is not held: %v", err)
	}
	if h := must[[]Mail](t)(db.Outbox(ctx, []MailState{MailHeld})); len(h) != 1 || h[0].Reason.Args[0] != "junk" {
		t.Errorf("a refused release changed %+v", h)
	}
	later := t0.Add(24 * time.Hour)
	if n := must[int](t)(db.Release(ctx, nil, "aigul", later)); n != 0 {
		t.Errorf("released %d letters that nobody named", n)
	}
	if n := must[int](t)(db.Release(ctx, []int64{3}, "aigul", later)); n != 1 {
		t.Errorf("released %d", n)
	}
	if r := must[Mail](t)(db.Mail(ctx, 3)); r.State != MailQueued || !r.QueuedAt.Equal(later) || !r.CreatedAt.Equal(t0) {
		t.Errorf("released %+v", r)
	}
	ok(t, db.Resend(ctx, m.ID, "aigul", later))
	ok(t, db.Resend(ctx, m.ID, "aigul", later)) // it waits: now, then
	if r := must[Mail](t)(db.Mail(ctx, m.ID)); r.State != MailQueued || !r.QueuedAt.Equal(later) {
		t.Errorf("resent twice: %+v", r)
	}
	if err := db.Resend(ctx, 99, "aigul", later); !errors.Is(err, ErrNotFound) {
		t.Errorf("resent what is not there: %v", err)
	}
	ok(t, db.Drop(ctx, 2, "aigul", later))
	if err := db.Drop(ctx, 2, "aigul", later); !errors.Is(err, ErrStatus) {
		t.Errorf("dropped twice: %v", err)
	}
	if err := db.Drop(ctx, 99, "aigul", later); !errors.Is(err, ErrNotFound) {
		t.Errorf("dropped what is not there: %v", err)
	}
	for _, s := range []Settlement{{State: MailHeld}, {State: MailQueued}} {
		c := must[*Mail](t)(db.Claim(ctx, later, render, nil, nil))
		if err := db.Settle(ctx, c.ID, s, later); err == nil {
			t.Errorf("a try ended as %+v", s)
		}
		if err := db.Resend(ctx, c.ID, "aigul", later); !errors.Is(err, ErrStatus) {
			t.Errorf("resent what is being sent: %v", err)
		}
	}
	sound(t, db)
}

func TestEnqueue(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	answer := *ack("x")
	answer.Purpose = PurposeAnswer
	id := must[int64](t)(db.Enqueue(ctx, answer, a.Numbers, t0))
	if m := must[Mail](t)(db.Mail(ctx, id)); m.LetterID != a.LetterID || m.MessageID != "<LK-2026-000001.x@license.kz>" || m.Data != `{"x":1}` {
		t.Errorf("answer %+v", m)
	}
	alarm := answer
	alarm.Purpose = PurposeAlarm
	id = must[int64](t)(db.Enqueue(ctx, alarm, nil, t0))
	if m := must[Mail](t)(db.Mail(ctx, id)); m.LetterID != 0 || len(m.Requests) != 0 {
		t.Errorf("alarm %+v", m)
	}
	if _, err := db.Enqueue(ctx, answer, []string{"LK-2026-000077"}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("about what is not there: %v", err)
	}
	answer.State = MailSent
	if _, err := db.Enqueue(ctx, answer, a.Numbers, t0); err == nil {
		t.Error("queued as sent")
	}
	if _, err := db.Mail(ctx, 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("mail that is not there: %v", err)
	}
	sound(t, db)
}

func TestAckCounts(t *testing.T) {
	ctx, db := context.Background(), open(t)
	admit := func(uid uint32, at time.Time, to, domain string, state MailState, kind rules.Kind, candidates ...rules.Kind) {
		t.Helper()
		a := admission(t, db, uid)
		a.Requests[0].Kind, a.Requests[0].Candidates = kind, candidates
		a.Ack.Keys, a.Ack.State = MailKeys{to, domain}, state
		must[Admitted](t)(db.Admit(ctx, a, at))
	}
	now := t0.Add(48 * time.Hour)
	admit(1, now.Add(-25*time.Hour), "ann", "x.kz", MailQueued, "claim") // a day ago: not counted
	admit(2, now.Add(-23*time.Hour), "ann", "x.kz", MailQueued, "claim")
	admit(3, now.Add(-2*time.Hour), "ann", "x.kz", MailQueued, "erasure")
	admit(4, now.Add(-time.Minute), "bob", "x.kz", MailQueued, "", "claim", "erasure")
	admit(5, now.Add(-time.Minute), "bob", "x.kz", MailHeld, "claim") // held: not counted
	admit(6, now.Add(-time.Minute), "eve", "y.kz", MailQueued, "claim")
	q := AckQuery{Address: "ann", Domain: "x.kz", Kinds: []rules.Kind{"claim"}, DaySince: now.Add(-24 * time.Hour), HourSince: now.Add(-time.Hour)}
	if got := must[AckCounts](t)(db.AckCounts(ctx, q)); got != (AckCounts{1, 2, 1, 2, false}) {
		t.Errorf("ann about a claim: %+v", got)
	}
	q.Kinds = []rules.Kind{"opt_out"}
	if got := must[AckCounts](t)(db.AckCounts(ctx, q)); got != (AckCounts{0, 2, 1, 2, false}) {
		t.Errorf("ann about another kind: %+v", got)
	}
	q.Address, q.Kinds = "bob", []rules.Kind{"opt_out", "erasure"}
	if got := must[AckCounts](t)(db.AckCounts(ctx, q)); got != (AckCounts{1, 1, 1, 2, false}) {
		t.Errorf("bob about a candidate: %+v", got)
	}
	if got := must[AckCounts](t)(db.AckCounts(ctx, AckQuery{DaySince: q.DaySince, HourSince: q.HourSince})); got != (AckCounts{0, 0, 0, 2, false}) {
		t.Errorf("nobody: %+v", got)
	}
	for _, m := range must[[]Mail](t)(db.Outbox(ctx, []MailState{MailHeld})) {
		must[int](t)(db.Release(ctx, []int64{m.ID}, "aigul", now))
	}
	if got := must[AckCounts](t)(db.AckCounts(ctx, q)); got.AddressDay != 2 || got.TotalHour != 3 {
		t.Errorf("after a release: %+v", got)
	}
}
