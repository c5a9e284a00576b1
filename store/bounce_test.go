package store

import (
	"context"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

func TestBounce(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
	const id = "LK-2026-000001.a1"
	if marked := must[[]Mail](t)(db.Bounce(ctx, id, "5.1.1", t0)); len(marked) != 0 {
		t.Errorf("a letter that was never handed over bounced: %+v", marked)
	}
	m := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
	ok(t, db.Settle(ctx, m.ID, Settlement{State: MailSent, Code: 250}, t0))
	if must[bool](t)(db.Bounced(ctx, "a1", t0)) {
		t.Error("bounced before it did")
	}
	marked := must[[]Mail](t)(db.Bounce(ctx, id, "5.1.1", t0.Add(time.Hour)))
	if len(marked) != 1 || marked[0].State != MailFailed || marked[0].Reason.Code != ReasonBounced || marked[0].Reason.Args[0] != "5.1.1" {
		t.Errorf("marked %+v", marked)
	}
	if again := must[[]Mail](t)(db.Bounce(ctx, id, "5.1.1", t0.Add(time.Hour))); len(again) != 0 {
		t.Errorf("the same bounce again: %+v", again)
	}
	if a := must[Request](t)(db.Request(ctx, number)).Ack; a.State != MailFailed || a.Reason.Code != ReasonBounced {
		t.Errorf("acknowledgement %+v", a)
	}
	if h := must[[]Event](t)(db.History(ctx, number)); h[len(h)-1].Code != EventBounced {
		t.Errorf("history %+v", h)
	}
	for _, c := range []struct {
		address string
		since   time.Time
		want    bool
	}{{"a1", t0, true}, {"a1", t0.Add(time.Second), false}, {"a2", t0, false}, {"", t0, false}} {
		if got := must[bool](t)(db.Bounced(ctx, c.address, c.since)); got != c.want {
			t.Errorf("bounced %q since %v: %v", c.address, c.since, got)
		}
	}
	// Refused at once, for no such address; a full mailbox is another matter.
	for uid, enhanced := range map[uint32]string{2: "5.1.10", 3: "5.2.2"} {
		must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0))
		m := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
		ok(t, db.Settle(ctx, m.ID, Settlement{State: MailFailed, Reason: rules.Reason{Code: "smtp_5xx"}, Code: 550, Enhanced: enhanced}, t0))
	}
	if !must[bool](t)(db.Bounced(ctx, "a2", t0)) || must[bool](t)(db.Bounced(ctx, "a3", t0)) {
		t.Error("refusals taken for one another")
	}
	sound(t, db)
}

func TestMuted(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Ack.State, a.Ack.Reason = MailHeld, rules.Reason{Code: "loop"}
	a.Ack.Keys.Domain = "d1"
	must[Admitted](t)(db.Admit(ctx, a, t0))
	for _, c := range []struct {
		q    AckQuery
		want bool
	}{
		{AckQuery{Address: "a1", Mutes: "loop", DaySince: t0}, true},
		{AckQuery{Address: "a1", Mutes: "loop", DaySince: t0.Add(time.Second)}, false},
		{AckQuery{Address: "a1", Mutes: "cap", DaySince: t0}, false},
		{AckQuery{Address: "a1", DaySince: t0}, false},
		{AckQuery{Domain: "d1", MutesDomain: "loop", DaySince: t0}, true},
		{AckQuery{Domain: "d1", MutesDomain: "loop", DaySince: t0.Add(time.Second)}, false},
		{AckQuery{Domain: "d1", DaySince: t0}, false},
		{AckQuery{Domain: "d2", MutesDomain: "loop", DaySince: t0}, false},
		{AckQuery{Address: "a2", Mutes: "loop", DaySince: t0}, false},
	} {
		if got := must[AckCounts](t)(db.AckCounts(ctx, c.q)); got.Muted != c.want {
			t.Errorf("%+v: %+v", c.q, got)
		}
	}
}
