package store

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// linked is a register of two requests, the first of which is closed and has given its
// letters to the second, which is open: one from a1@example.kz, if name says so, and
// one of another person that joined it.
func linked(t *testing.T, name string) *DB {
	t.Helper()
	ctx, db := context.Background(), open(t)
	first, second, joined := admission(t, db, 1), admission(t, db, 2), admission(t, db, 3)
	if first.Letter.FromAddr = name; name == "" {
		first.Letter.Via = ViaPost
	}
	first.Letter.Text, second.Letter.Text, joined.Letter.Text = "слониха", "зебра", "жирафа"
	first.Ack, second.Ack = nil, nil
	joined.Requests, joined.Ack, joined.Joins = nil, nil, joins("LK-2026-000001")
	for _, a := range []Admission{first, second, joined} {
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	from := becoming(t, db, Change{Number: "LK-2026-000001", Event: Event{Actor: "a", Code: "linked_to"}}, func(r *Request) {
		r.Status = StatusDone
		if name == "" {
			r.Sender = "person@one.example"
		}
	})
	_, n, err := db.Link(ctx, Change{Number: "LK-2026-000002", Event: Event{Actor: "a", Code: "linked"}}, from, t0)
	if ok(t, err); n != 2 {
		t.Fatalf("%d letters were linked", n)
	}
	return db
}

func found(t *testing.T, db *DB, words string) string {
	t.Helper()
	hits, _, err := db.Search(context.Background(), words, 10)
	ok(t, err)
	var numbers []string
	for _, h := range hits {
		numbers = append(numbers, h.Request.Number[len(h.Request.Number)-1:])
	}
	return strings.Join(numbers, " ")
}

// A request is not found any more by what it has lost: letters that went back, and an
// address that was not the person's.
func TestSearchForgetsWhatARequestLost(t *testing.T) {
	ctx, db := context.Background(), linked(t, "a1@example.kz")
	if got := found(t, db, "жирафа"); got != "2 1" {
		t.Errorf("while they are linked: %q", got)
	}
	act := Event{Actor: "a", Code: EventReopened}
	must[Request](t)(db.Change(ctx, Change{Number: "LK-2026-000001", Unlink: []Change{{Number: "LK-2026-000002", Event: act}}, Event: act}, t0))
	for words, want := range map[string]string{"жирафа": "1", "слониха": "1", "зебра": "2"} {
		if got := found(t, db, words); got != want {
			t.Errorf("%s: found %q, want %q", words, got, want)
		}
	}
	for _, sender := range []string{"wrong@one.example", "right@two.example"} {
		must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000002", Event: act}, func(r *Request) { r.Sender = sender }), t0))
	}
	if got := found(t, db, "wrong") + found(t, db, "right"); got != "2" {
		t.Errorf("by its addresses: %q", got)
	}
	sound(t, db)
}

// What is removed with a person's request is removed from every request that has got
// its letters: from its search, and its history says so. A letter of somebody else
// among them makes no difference.
func TestForgetWhatWasLinked(t *testing.T) {
	ctx, db := context.Background(), linked(t, "a1@example.kz")
	must[Purged](t)(db.Forget(ctx, Forgetting{Address: "a1@example.kz", Why: "решение суда", Actor: "aigul"}, t0))
	if got := found(t, db, "жирафа") + found(t, db, "слониха"); got != "" {
		t.Errorf("found in %q", got)
	}
	if got := found(t, db, "зебра"); got != "2" {
		t.Errorf("what stays is found in %q", got)
	}
	told := false
	for _, e := range must[[]Event](t)(db.History(ctx, "LK-2026-000002")) {
		told = told || e.Code == EventForgotten
	}
	if !told {
		t.Error("the history of the other request does not tell of it")
	}
	sound(t, db)
}

// A closed request whose letters an open one has got is not removed without a reason,
// also where staff found out whose they are.
func TestForgetLeavesWhatAnOpenRequestHas(t *testing.T) {
	ctx, db := context.Background(), linked(t, "")
	f := Forgetting{Address: "person@one.example", Actor: "aigul"}
	if _, err := db.Forget(ctx, f, t0); !errors.Is(err, ErrOpen) || !strings.Contains(err.Error(), "LK-2026-000002") {
		t.Errorf("without a reason: %v", err)
	}
	if r := must[Request](t)(db.Request(ctx, "LK-2026-000002")); len(r.Letters) != 3 || r.Letters[1].Text != "слониха" {
		t.Errorf("letters %+v", r.Letters)
	}
	f.Why = "решение суда"
	must[Purged](t)(db.Forget(ctx, f, t0))
	if r := must[Request](t)(db.Request(ctx, "LK-2026-000002")); r.Letters[1].Text != "" || r.Letters[0].Text != "зебра" {
		t.Errorf("letters %+v", r.Letters)
	}
	sound(t, db)
}
