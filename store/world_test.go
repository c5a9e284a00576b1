package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// world makes a register in which every table has rows and every column that
// can be filled is filled somewhere.
func world(t testing.TB, path string) *DB {
	t.Helper()
	ctx, db := context.Background(), openAt(t, path)
	at := t0
	tick := func() time.Time { at = at.Add(time.Second); return at }
	cursor := Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, FirstPass: true}
	ok(t, db.SetCursor(ctx, cursor, tick()))
	ok(t, db.Record(ctx, cursor, []Seen{
		{UID: 1, Size: 10, InternalDate: t0, HeaderDigest: "aa", Verdict: rules.None, ReasonCode: "plain"},
		{UID: 2, Size: 11, InternalDate: t0, Verdict: rules.None, ReasonCode: "list"},
		{UID: 3, Size: 12, Verdict: rules.None, ReasonCode: "bounce"},
	}, tick()))

	first := must[Admitted](t)(db.Admit(ctx, admission(t, db, 4), tick()))
	sent := must[*Mail](t)(db.Claim(ctx, tick(), render, nil, nil))
	ok(t, db.Settle(ctx, sent.ID, Settlement{State: MailQueued, Reason: rules.Reason{Code: "smtp", Args: []string{"busy"}}, Code: 450, Enhanced: "4.2.0", Reply: "later", NextAttempt: at}, at))
	sent = must[*Mail](t)(db.Claim(ctx, tick(), render, nil, nil))
	ok(t, db.Settle(ctx, sent.ID, Settlement{State: MailSent, Code: 250, Enhanced: "2.0.0", Reply: "ok"}, tick()))

	review := admission(t, db, 5)
	review.Requests = []NewRequest{{Status: StatusReview, Candidates: []rules.Kind{"claim", "erasure"}, ReceivedOn: day("2026-11-23"), ActBy: day("2026-11-24"), Terms: terms("2026-11-24")}}
	review.Ack.State, review.Ack.Reason = MailHeld, rules.Reason{Code: "H3", Args: []string{"spam"}}
	second := must[Admitted](t)(db.Admit(ctx, review, tick()))
	kind, who, yes, docs, on := rules.Kind("claim"), "aigul", true, day("2026-11-25"), day("2026-11-22")
	person := "Person@Mail.example"
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{
		Number: second.Numbers[0], Note: "звонил",
		More:   []NewRequest{{Kind: "erasure", Status: StatusOpen, ReceivedOn: day("2026-11-23"), ActBy: day("2026-12-14"), Terms: terms("2026-12-14"), Consumer: &yes}},
		Prefix: "LK", Ack: ack("second"), Suppress: []string{"sup1", "sup2"}, Event: Event{Actor: who, Code: "confirmed"},
	}, func(r *Request) {
		r.Status, r.Kind, r.Candidates, r.Assignee, r.Consumer, r.Sender = StatusOpen, kind, nil, who, &yes, person
		r.Documents, r.ReceivedOn, r.Waits = docs, on, []rules.Wait{{From: day("2026-11-24"), To: day("2026-11-25")}}
		r.Terms, r.ActBy = terms("2027-01-09", "2026-12-15", "2026-12-01"), day("2026-12-01")
		r.Outcome, r.Steps = rules.Reason{Code: "done", Args: []string{"так"}}, []StepDone{{"told", true}}
	}), tick()))
	open := admission(t, db, 7)
	open.Letter.Via, open.Letter.Writer, open.Letter.WriterName = ViaPost, person, "Иванова"
	open.ByHand = &ByHand{Via: ViaPost, Why: "пришло в офис"}
	open.Requests, open.Ack = review.Requests, nil
	must[Admitted](t)(db.Admit(ctx, open, tick()))
	join := admission(t, db, 6)
	joined := becoming(t, db, joins(first.Numbers[0])[0], func(r *Request) { r.Status = StatusInProgress })
	join.Requests, join.Joins = nil, []Change{joined}
	must[Admitted](t)(db.Admit(ctx, join, tick()))
	must[[]int64](t)(db.Remind(ctx, []Notice{{Stages: []Stage{{first.Numbers[0], "5", day("2026-11-23"), day("2026-11-30")}}, Escalated: []Stage{{first.Numbers[0], "officer:5", day("2026-11-23"), day("2026-11-30")}}, Mail: NewMail{
		Purpose: PurposeReminder, State: MailQueued, To: "staff@license.kz", Language: "ru", MessageID: func(n string) string { return "<r@license.kz>" }, Data: "{}",
	}}}, time.Time{}, tick()))
	for { // everything in the outbox gets its bytes
		m := must[*Mail](t)(db.Claim(ctx, tick(), render, nil, nil))
		if m == nil {
			break
		}
		ok(t, db.Settle(ctx, m.ID, Settlement{State: MailFailed, Reason: rules.Reason{Code: "smtp", Args: []string{"no such user"}}, Code: 550, Enhanced: "5.1.1", Reply: "no"}, tick()))
	}
	ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 6}, nil, tick()))
	ok(t, db.SetFiled(ctx, []int64{first.LetterID}, Filing{How: FiledKeyword}, tick()))
	return db
}

func TestRemind(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	stage := Stage{a.Numbers[0], "5", day("2026-11-23"), day("2026-11-30")}
	mail := NewMail{Purpose: PurposeReminder, State: MailQueued, To: "s@license.kz", MessageID: func(string) string { return "<r1@license.kz>" }}
	one := func(stages ...Stage) []Notice { return []Notice{{Mail: mail, Stages: stages}} }
	id := must[[]int64](t)(db.Remind(ctx, one(stage), time.Time{}, t0))[0]
	if m := must[Mail](t)(db.Mail(ctx, id)); len(m.Requests) != 1 || m.LetterID != 0 {
		t.Errorf("reminder %+v", m)
	}
	other := Stage{a.Numbers[0], "3", day("2026-11-23"), day("2026-11-30")}
	if _, err := db.Remind(ctx, one(other, stage), time.Time{}, t0); !errors.Is(err, ErrStale) {
		t.Errorf("the same stage again: %v", err)
	}
	if done := must[map[Stage]Telling](t)(db.Reminded(ctx, a.Numbers)); done[stage].State != MailQueued || len(done) != 1 {
		t.Errorf("reminded %v", done)
	}
	if _, err := db.Remind(ctx, one(Stage{"LK-2026-000099", "5", day("2026-11-23"), day("2026-11-30")}), time.Time{}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown request: %v", err)
	}
	clock, due := stage, stage
	clock.ClockStart, due.ActBy = day("2026-11-30"), day("2026-12-28")
	must[[]int64](t)(db.Remind(ctx, one(clock, due), time.Time{}, t0))
	sound(t, db)
}

// Several people are told in one transaction, and what was queued before and has not gone
// out gives way to the new letter: nobody was told what that does not say.
func TestRemindSeveral(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	to := func(who string) NewMail {
		return NewMail{Purpose: PurposeDigest, State: MailQueued, To: who, Keys: MailKeys{Address: who}, MessageID: func(string) string { return "<" + who + ">" }}
	}
	stage := func(s string) []Stage { return []Stage{{a.Numbers[0], s, day("2026-11-23"), day("2026-11-30")}} }
	first := must[[]int64](t)(db.Remind(ctx, []Notice{
		{Mail: to("clerk"), Stages: stage("1")}, {Mail: to("officer"), Numbers: a.Numbers, Escalated: stage("officer:1")},
	}, time.Time{}, t0))
	if _, err := db.Remind(ctx, []Notice{{Mail: to("clerk"), Stages: stage("0")}, {Mail: to("officer"), Stages: stage("1")}}, time.Time{}, t0); !errors.Is(err, ErrStale) {
		t.Errorf("half of it was told already: %v", err)
	}
	later := t0.Add(time.Hour)
	second := must[[]int64](t)(db.Remind(ctx, []Notice{{Mail: to("clerk"), Stages: stage("0")}}, later, later))
	told := must[map[Stage]Telling](t)(db.Reminded(ctx, a.Numbers))
	if len(told) != 3 || told[stage("0")[0]].State != MailQueued || told[stage("1")[0]].State != MailDropped {
		t.Errorf("told %v", told)
	}
	for _, want := range []struct {
		id    int64
		state MailState
	}{{first[0], MailDropped}, {first[1], MailDropped}, {second[0], MailQueued}} {
		if m := must[Mail](t)(db.Mail(ctx, want.id)); m.State != want.state || len(m.Requests) != 1 {
			t.Errorf("letter %d to %s is %s about %v, want %s", m.ID, m.To, m.State, m.Requests, want.state)
		}
	}
	escalated := 0
	for _, e := range must[[]Event](t)(db.History(ctx, a.Numbers[0])) {
		if e.Code == EventEscalated {
			escalated++
		}
	}
	if escalated != 1 {
		t.Errorf("%d escalations on record, want 1", escalated)
	}
	must[[]int64](t)(db.Remind(ctx, nil, later.Add(time.Hour), later.Add(time.Hour)))
	if told := must[map[Stage]Telling](t)(db.Reminded(ctx, a.Numbers)); len(told) != 2 || told[stage("0")[0]].State != "" {
		t.Errorf("nothing is told in its place, and yet %v", told)
	}
	sound(t, db)
}
