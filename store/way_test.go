package store

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// One letter's whole way: in, acknowledged, worked on, closed.
func TestWayOfALetter(t *testing.T) {
	ctx, db := context.Background(), open(t)
	ok(t, db.SetCursor(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, FirstPass: true}, t0))
	a := admission(t, db, 5)
	done := must[Admitted](t)(db.Admit(ctx, a, t0.Add(time.Second)))
	if len(done.Numbers) != 1 || done.Numbers[0] != "LK-2026-000001" || done.MailID == 0 || done.Known {
		t.Fatalf("admitted %+v", done)
	}
	again := must[Admitted](t)(db.Admit(ctx, admission(t, db, 5), t0))
	if !again.Known || len(again.Numbers) != 0 {
		t.Fatalf("the same place again: %+v", again)
	}

	r := must[Request](t)(db.Request(ctx, "LK-2026-000001"))
	want := a.Letter
	want.ID, want.Place, want.RawSHA256 = done.LetterID, a.Place, a.Raw.SHA256()
	if !reflect.DeepEqual(r.Letters, []Letter{want}) {
		t.Errorf("letter\n got %+v\nwant %+v", r.Letters, want)
	}
	if !reflect.DeepEqual(r.Terms, a.Requests[0].Terms) {
		t.Errorf("terms\n got %+v\nwant %+v", r.Terms, a.Requests[0].Terms)
	}
	if r.Ack.State != MailQueued || r.Policy != a.Policy || r.ActBy != day("2026-12-14") || !r.ReceivedAt.Equal(t0) ||
		!r.RegisteredAt.Equal(t0.Add(time.Second)) || r.Revision != 1 || !reflect.DeepEqual(r.Possibly, a.Possibly) {
		t.Errorf("request %+v", r)
	}
	var raw bytes.Buffer
	ok(t, db.Raw(ctx, done.LetterID, &raw))
	if want := "From: a5@example.kz\r\nSubject: =?utf-8?Q?x?=\r\n\r\nбайты\x00 5"; raw.String() != want {
		t.Errorf("raw %q", raw.String())
	}

	m := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Second), render, nil, nil))
	if m == nil || m.Attempts != 1 || m.State != MailSending || m.To != "a5@example.kz" || !strings.Contains(string(m.Raw), "[LK-2026-000001] Отзыв согласия") {
		t.Fatalf("claimed %+v", m)
	}
	if none := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), render, nil, nil)); none != nil {
		t.Fatalf("claimed twice: %+v", none)
	}
	ok(t, db.Settle(ctx, m.ID, Settlement{State: MailSent, Code: 250, Reply: "2.0.0 Ok"}, t0.Add(2*time.Second)))

	who := "aigul"
	r = must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: r.Number, Note: "позвонить", Event: Event{Actor: who, Code: "taken"}},
		func(r *Request) { r.Status, r.Assignee = StatusInProgress, who }), t0.Add(3*time.Second)))
	if r.Status != StatusInProgress || r.Assignee != who || r.Revision != 2 || len(r.Notes) != 1 || r.Notes[0].Text != "позвонить" {
		t.Errorf("taken %+v", r)
	}
	r = must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: r.Number, Event: Event{Actor: who, Code: "closed"}}, func(r *Request) {
		r.Status, r.Outcome, r.Steps = StatusDone, rules.Reason{Code: "done", Args: []string{"всё удалено"}}, []StepDone{{"stopped", true}, {"others", false}}
	}), t0.Add(4*time.Second)))
	if r.Status != StatusDone || r.Outcome.Args[0] != "всё удалено" || len(r.Steps) != 2 || r.Ack.State != MailSent || !r.Ack.At.Equal(t0.Add(2*time.Second)) {
		t.Errorf("closed %+v", r)
	}
	var codes []string
	for _, e := range must[[]Event](t)(db.History(ctx, r.Number)) {
		codes = append(codes, e.Code)
	}
	if got := strings.Join(codes, " "); got != "registered queued claimed sent taken closed" {
		t.Errorf("history: %s", got)
	}
	ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 6}, []Seen{{UID: 6, Verdict: rules.None, InternalDate: t0}}, t0))
	if f := must[Counts](t)(db.Counts(ctx)); f.Ledger[rules.None] != 1 || f.Ledger[rules.Request] != 1 || f.Outbox[MailSent] != 1 || f.Open != 0 || f.Events != 8 {
		t.Errorf("facts %+v", f)
	}
}

func TestChangeRefuses(t *testing.T) {
	ctx, db := context.Background(), open(t)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	act := Event{Actor: "aigul", Code: "taken"}
	for _, c := range []struct {
		name string
		c    Change
		want error
	}{
		{"unknown number", Change{Number: "LK-2026-000002", Event: act}, ErrNotFound},
		{"seen before a change", Change{Number: "LK-2026-000001", Revision: 9, Event: act}, ErrStale},
	} {
		if _, err := db.Change(ctx, c.c, t0); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if h := must[[]Event](t)(db.History(ctx, "LK-2026-000001")); len(h) != 2 {
		t.Errorf("refused changes left %d events", len(h))
	}
}
