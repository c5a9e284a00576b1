package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// sentAnswer is an answer that staff sent from a mail program.
func sentAnswer(t testing.TB, db *DB, numbers ...string) SentAnswer {
	t.Helper()
	s := db.Spool()
	t.Cleanup(func() { s.Discard() })
	must[int](t)(s.Write([]byte("Subject: Re: x\r\n\r\nИсполнено.\r\n")))
	return SentAnswer{
		Numbers: numbers, MessageID: "<hand@license.kz>", To: "New@Person.example", Keys: MailKeys{Address: "new@person.example", Domain: "person.example"},
		SentAt: t0.Add(time.Minute), Raw: s, Actor: "aigul",
	}
}

// An answer is recorded once, with its bytes; from then on its recipient has a
// part in the request, and its Message-ID is known. The address stands nowhere
// in plain sight that outlives a purge.
func TestRecordAnswer(t *testing.T) {
	ctx, db := context.Background(), open(t)
	n := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers
	if got := must[[]string](t)(db.WroteIn(ctx, "new@person.example", n)); len(got) != 0 {
		t.Errorf("before: %v", got)
	}
	for i := range 2 {
		id, known, err := db.RecordAnswer(ctx, sentAnswer(t, db, n...), t0.Add(time.Hour))
		if ok(t, err); id == 0 || known != (i > 0) {
			t.Errorf("try %d: %d %v", i, id, known)
		}
	}
	r := must[Request](t)(db.Request(ctx, n[0]))
	if !r.AnsweredAt.Equal(t0.Add(time.Minute)) || r.Status != StatusOpen {
		t.Errorf("%+v", r)
	}
	if got := must[[]string](t)(db.WroteIn(ctx, "New@person.Example", n)); !slices.Equal(got, n) {
		t.Errorf("after: %v", got)
	}
	if known := must[map[string]bool](t)(db.Answers(ctx, []string{"<hand@license.kz>", "<other@license.kz>", ""})); len(known) != 1 || !known["<hand@license.kz>"] {
		t.Errorf("known: %v", known)
	}
	if got := must[[]string](t)(db.ByMessageID(ctx, []string{"<hand@license.kz>"})); !slices.Equal(got, n) {
		t.Errorf("by Message-ID: %v", got)
	}
	var plain int
	ok(t, db.read.QueryRow(`SELECT count(*) FROM outbox WHERE address_key LIKE '%person%' OR domain_key LIKE '%person%'`).Scan(&plain))
	if plain != 0 {
		t.Error("the outbox counts by a plain address")
	}
	if _, _, err := db.RecordAnswer(ctx, SentAnswer{Numbers: []string{"LK-2026-999999"}, MessageID: "<x@y>"}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("of no request: %v", err)
	}
	sound(t, db)
}

// Who has a part in a request: by a letter, by its Reply-To, by what staff found
// out; a letter of ours that never went out gives nobody one.
func TestWroteIn(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Letter.FromAddr, a.Letter.ReplyTo = "Писарь@one.example", "Ответ@One.example"
	a.Ack.Keys.Address = "queued@one.example"
	n := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers
	person := "Found@two.example"
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: n[0], Event: Event{Actor: "aigul", Code: "set"}}, func(r *Request) { r.Sender = person }), t0))
	for addr, want := range map[string]bool{
		"писарь@one.example": true, "ОТВЕТ@one.example": true, "ответ@ONE.example": true, "found@two.example": true, " Found@Two.example ": true,
		"queued@one.example": false, "other@one.example": false, "": false,
	} {
		if got := must[[]string](t)(db.WroteIn(ctx, addr, n)); (len(got) == 1) != want {
			t.Errorf("%q: %v", addr, got)
		}
	}
	if r := must[Request](t)(db.Request(ctx, n[0])); r.Sender != person {
		t.Errorf("sender %q", r.Sender)
	}
	none := ""
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: n[0], Event: Event{Actor: "aigul", Code: "set"}}, func(r *Request) { r.Sender = none }), t0))
	if got := must[[]string](t)(db.WroteIn(ctx, "found@two.example", n)); len(got) != 0 {
		t.Errorf("after it was taken back: %v", got)
	}
	sound(t, db)
}

// A request is answered until the person writes again, or staff opens it anew.
func TestAnswered(t *testing.T) {
	ctx, db := context.Background(), open(t)
	n := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers
	other := must[Admitted](t)(db.Admit(ctx, admission(t, db, 2), t0)).Numbers
	is := func(what string, want bool) {
		t.Helper()
		found := must[map[string]bool](t)(db.Answered(ctx, append(n, other...)))
		if found[n[0]] != want || found[other[0]] || must[Request](t)(db.Request(ctx, n[0])).Answered != want {
			t.Errorf("%s: answered %v, want %v", what, found, want)
		}
	}
	answer := func(id string, at time.Time) {
		a := sentAnswer(t, db, n...)
		a.MessageID, a.SentAt = id, at
		if _, _, err := db.RecordAnswer(ctx, a, at); err != nil {
			t.Fatal(err)
		}
	}
	is("at first", false)
	answer("<1@license.kz>", t0.Add(time.Minute))
	is("answered", true)
	further := admission(t, db, 3)
	further.Requests, further.Joins, further.Letter.ReceivedAt = nil, joins(n[0]), t0.Add(time.Hour)
	must[Admitted](t)(db.Admit(ctx, further, t0.Add(time.Hour)))
	is("wrote again", false)
	answer("<2@license.kz>", t0.Add(2*time.Hour))
	is("answered again", true)
	must[Request](t)(db.Change(ctx, Change{Number: n[0], Event: Event{Actor: "aigul", Code: EventReopened}}, t0.Add(3*time.Hour)))
	is("reopened", false)
	answer("<3@license.kz>", t0.Add(4*time.Hour))
	is("answered at last", true)
	sound(t, db)
}
