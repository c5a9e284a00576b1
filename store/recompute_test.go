package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"license.kz/pometka/rules"
)

// to counts every request that it is asked for to the same terms.
func to(n *Recount, seen *[]string) func(Request) (*Recount, error) {
	return func(r Request) (*Recount, error) {
		*seen = append(*seen, r.Number)
		return n, nil
	}
}

func TestRecompute(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var numbers []string
	for uid := uint32(1); uid <= 3; uid++ {
		numbers = append(numbers, must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0)).Numbers[0])
	}
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: numbers[2], Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), t0))
	before := must[Counts](t)(db.Counts(ctx)).Events
	moved := &Recount{Terms: terms("2027-01-11", "2026-12-15"), ActBy: day("2026-12-15"), Trace: []byte(`{"calendar":"c2"}`)}
	count := func(r Request) (*Recount, error) {
		if r.Number == numbers[0] {
			return moved, nil
		}
		return &Recount{Terms: terms("2027-01-08", "2026-12-14"), ActBy: day("2026-12-14")}, nil
	}
	c := Recomputation{Cause: "calendar of 2027", Basis: map[string]string{MetaCalendarDigest: "c2"}, Count: count}
	ok(t, db.Recompute(ctx, c, t0))
	if n := must[Counts](t)(db.Counts(ctx)).Events - before; n != 1 {
		t.Errorf("%d events for one request that moved", n)
	}
	if r := must[Request](t)(db.Request(ctx, numbers[0])); !reflect.DeepEqual(r.Terms, moved.Terms) || r.ActBy != day("2026-12-15") || r.Revision != 2 {
		t.Errorf("moved %+v", r)
	}
	if digest := must[string](t)(db.Meta(ctx, MetaCalendarDigest)); digest != "c2" {
		t.Errorf("the register says that it was counted by %q", digest)
	}
	h := must[[]Event](t)(db.History(ctx, numbers[0]))
	last := h[len(h)-1]
	if last.Code != EventRecomputed || last.Actor != Machine || !strings.Contains(last.Detail, `"before":{"act_by":"2026-12-14"`) ||
		!strings.Contains(last.Detail, `"after":{"act_by":"2026-12-15"`) ||
		!strings.Contains(last.Detail, `"more":{"cause":"calendar of 2027","trace":{"calendar":"c2"}}`) {
		t.Errorf("event %+v", last)
	}
	c.Cause = "again"
	ok(t, db.Recompute(ctx, c, t0))
	if n := must[Counts](t)(db.Counts(ctx)).Events - before; n != 1 {
		t.Errorf("recomputed again: %d events", n)
	}
	sound(t, db)
}

// Terms come and go with the options, and many requests are written in
// statements of many rows: all that stands in the register afterwards is what
// its history vouches for.
func TestRecomputeMany(t *testing.T) {
	ctx, db := context.Background(), open(t)
	const requests = 2*rowsOnce + 3
	for uid := uint32(1); uid <= requests; uid++ {
		must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0))
	}
	for _, n := range []*Recount{
		{Terms: terms("2027-01-11"), ActBy: day("2027-01-11")},
		{Terms: []Term{}},
		{Terms: terms("2027-01-11", "2026-12-15", "2026-12-16"), ActBy: day("2026-12-15")},
	} {
		var seen []string
		ok(t, db.Recompute(ctx, Recomputation{Cause: "x", Count: to(n, &seen)}, t0))
		if len(seen) != requests {
			t.Fatalf("%d requests counted", len(seen))
		}
		for _, number := range []string{seen[0], seen[rowsOnce], seen[requests-1]} {
			if r := must[Request](t)(db.Request(ctx, number)); r.ActBy != n.ActBy || fmt.Sprint(r.Terms) != fmt.Sprint(n.Terms) {
				t.Errorf("%s: act by %s, %v", number, r.ActBy, r.Terms)
			}
		}
		sound(t, db)
	}
}

// What cannot be counted leaves everything as it was.
func TestRecomputeFails(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 2), t0))
	before := must[Request](t)(db.Request(ctx, number))
	keep := func(Request) (*Recount, error) { return nil, nil }
	trouble := errors.New("trouble")
	n := 0
	err := db.Recompute(ctx, Recomputation{Cause: "x", Basis: map[string]string{MetaCalendarDigest: "c2"}, Count: func(Request) (*Recount, error) {
		if n++; n > 1 {
			return nil, trouble
		}
		return &Recount{Terms: terms("2026-12-04"), ActBy: day("2026-12-04")}, nil
	}}, t0)
	if !errors.Is(err, trouble) {
		t.Errorf("error %v", err)
	}
	if after := must[Request](t)(db.Request(ctx, number)); !reflect.DeepEqual(after, before) || must[string](t)(db.Meta(ctx, MetaCalendarDigest)) != "" {
		t.Errorf("it stands as %+v", after)
	}
	if err := db.Recompute(ctx, Recomputation{Cause: "x", Basis: map[string]string{"head": ""}, Count: keep}, t0); err == nil {
		t.Error("the head of the history was overwritten")
	}
	sound(t, db)
}

// A mistake of the program over one request, be it counted beside others, comes to whoever
// asked, who can guard against it, and says where it was. Nothing is changed.
func TestRecomputeStumbles(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
	before := must[Request](t)(db.Request(ctx, number))
	var none *Recount
	said := stumbled(func() {
		_ = db.Recompute(ctx, Recomputation{Cause: "x", Count: func(Request) (*Recount, error) { return &Recount{ActBy: none.ActBy}, nil }}, t0)
	})
	if !strings.Contains(said, "nil pointer") || !strings.Contains(said, "TestRecomputeStumbles") {
		t.Errorf("told: %q", said)
	}
	if after := must[Request](t)(db.Request(ctx, number)); !reflect.DeepEqual(after, before) {
		t.Errorf("it stands as %+v", after)
	}
	sound(t, db)
}

// stumbled returns what f panicked with, in the words of the runtime.
func stumbled(f func()) (said string) {
	defer func() {
		if err, ok := recover().(runtime.Error); ok {
			said = err.Error()
		}
	}()
	f()
	return ""
}

// The state that a recomputation keeps, which is made without the database, is
// the one that is read from it after any other change.
func TestRecomputeKeepsTheState(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Requests[0].Candidates = []rules.Kind{"claim", "erasure"}
	number := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
	who := "aigul"
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: who, Code: "assigned"}}, func(r *Request) { r.Assignee = who }), t0))
	n := &Recount{Terms: terms("2027-01-11", "2026-12-15"), ActBy: day("2026-12-15")}
	n.Terms[0].Provisional, n.Terms[1].Due = true, rules.Date{}
	var seen []string
	ok(t, db.Recompute(ctx, Recomputation{Cause: "x", Count: to(n, &seen)}, t0))
	must[Request](t)(db.Change(ctx, Change{Number: number, Note: "x", Event: Event{Actor: who, Code: "noted"}}, t0))
	var states []string
	rows, err := db.read.QueryContext(ctx, `SELECT state FROM events WHERE number = ? AND state <> '' ORDER BY seq DESC LIMIT 2`, number)
	ok(t, err)
	ok(t, eachRecord(rows, func(r *record) error { states = append(states, r.string("state")); return nil }))
	if len(states) != 2 || states[0] != states[1] || !strings.Contains(states[0], `"provisional":true`) || !strings.Contains(states[0], `"erasure"`) {
		t.Errorf("the states\n%s", strings.Join(states, "\n"))
	}
	sound(t, db)
}
