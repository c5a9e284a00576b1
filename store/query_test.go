package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

func TestRequestsFilter(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for i, c := range []struct {
		kind     rules.Kind
		status   Status
		on, due  string
		assignee string
		name     string
	}{
		{"claim", StatusOpen, "2026-11-20", "2026-12-03", "", "Иван Ёлкин"},
		{"erasure", StatusOpen, "2026-11-21", "2026-12-01", "aigul", "Әсел ҚАСЫМ"},
		{"", StatusReview, "2026-11-22", "2026-11-23", "", "Robot"},
		{"claim", StatusDone, "2026-11-23", "2026-12-02", "aigul", "Ivan"},
		{"claim", StatusWaiting, "2026-11-24", "2026-12-01", "bek", "Пётр"},
	} {
		a := admission(t, db, uint32(i+1))
		a.Letter.FromName = c.name
		a.Requests[0] = NewRequest{Kind: c.kind, Status: c.status, ReceivedOn: day(c.on), ActBy: day(c.due), Terms: terms(c.due)}
		if c.status == StatusReview {
			a.Requests[0].Candidates = []rules.Kind{"claim", "erasure"}
		}
		number := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
		must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "assigned"}}, func(r *Request) { r.Assignee = c.assignee }), t0))
	}
	for _, c := range []struct {
		name string
		f    Filter
		want string
	}{
		{"zero", Filter{}, "3 2 5 1"},
		{"all", Filter{All: true}, "3 2 5 1 4"},
		{"status", Filter{Status: []Status{StatusDone, StatusReview}}, "3 4"},
		{"kinds", Filter{Kinds: []rules.Kind{"claim"}}, "5 1"},
		{"kinds of all", Filter{All: true, Kinds: []rules.Kind{"claim", "erasure"}}, "2 5 1 4"},
		{"unassigned", Filter{Assignees: []string{""}}, "3 1"},
		{"aigul's", Filter{All: true, Assignees: []string{"aigul"}}, "2 4"},
		{"either's", Filter{Assignees: []string{"bek", ""}}, "3 5 1"},
		{"overdue", Filter{OverdueOn: day("2026-12-03")}, "3 2 5"},
		{"overdue of all", Filter{All: true, OverdueOn: day("2026-12-02"), Kinds: []rules.Kind{"claim"}}, "5"},
		{"overdue of the closed", Filter{Status: []Status{StatusDone}, OverdueOn: day("2027-01-01")}, ""},
		{"might be", Filter{Status: []Status{StatusReview}, Kinds: []rules.Kind{"claim"}}, "3"},
		{"might be, or is", Filter{Status: []Status{StatusReview, StatusOpen}, Kinds: []rules.Kind{"claim"}, Assignees: []string{""}}, "3 1"},
		{"might not be", Filter{Status: []Status{StatusReview}, Kinds: []rules.Kind{"opt_out"}}, ""},
		{"due", Filter{DueUntil: day("2026-12-01")}, "3 2 5"},
		{"received", Filter{All: true, ReceivedFrom: day("2026-11-21"), ReceivedTo: day("2026-11-23")}, "3 2 4"},
		{"from, any letter case", Filter{From: "қасым"}, "2"},
		{"from a letter that has other forms", Filter{From: "ИВАН ё"}, "1"},
		{"from an address", Filter{From: "A5@EXAMPLE"}, "5"},
		{"from a wildcard", Filter{From: "%"}, ""},
		{"numbers", Filter{Numbers: []string{"LK-2026-000004", "LK-2026-000001", "x"}}, "1 4"},
		{"limit of all", Filter{All: true, Limit: 5}, "3 2 5 1 4"},
		{"limit", Filter{Limit: 2}, "3 2"},
	} {
		var got []string
		for _, r := range must[[]Request](t)(db.Requests(ctx, c.f)) {
			got = append(got, strings.TrimLeft(r.Number[8:], "0"))
			if r.Letters[0].Subject == "" || r.Letters[0].Text != "" || len(r.Terms) != 1 || r.Ack.State != MailQueued {
				t.Errorf("%s: %+v", c.name, r)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// What SQL calls closed is what Closed does.
func TestClosedInSQL(t *testing.T) {
	for _, s := range []Status{StatusReview, StatusOpen, StatusInProgress, StatusWaiting, StatusDone, StatusRefused, StatusDismissed} {
		if name := "'" + string(s) + "'"; strings.Contains(closed, name) != s.Closed() || strings.Contains(inWork, name) == s.Closed() {
			t.Errorf("%s: closed %t, in SQL %s and %s", s, s.Closed(), closed, inWork)
		}
	}
}

// What is read part by part is what is read at once, in the same order; a line
// says of it what it promises.
func TestRequestsInParts(t *testing.T) {
	ctx, db := context.Background(), world(t, filepath.Join(t.TempDir(), "p.db"))
	all := must[[]Request](t)(db.Requests(ctx, Filter{All: true}))
	ids := must[[]int64](t)(db.Selected(ctx, Filter{All: true}))
	if len(all) < 3 || len(ids) != len(all) {
		t.Fatalf("%d requests, %d ids", len(all), len(ids))
	}
	var parts, lines []Request
	for part := range slices.Chunk(ids, 2) {
		parts = append(parts, must[[]Request](t)(db.RequestsOf(ctx, part))...)
		lines = append(lines, must[[]Request](t)(db.Lines(ctx, part))...)
	}
	if !reflect.DeepEqual(parts, all) {
		t.Errorf("in parts:\n%+v\nat once:\n%+v", parts, all)
	}
	for i, r := range all {
		want := Request{
			ID: r.ID, Number: r.Number, Kind: r.Kind, Candidates: r.Candidates, Status: r.Status, ReceivedOn: r.ReceivedOn, ActBy: r.ActBy,
			Waits: r.Waits, Assignee: r.Assignee, Documents: r.Documents, Sender: r.Sender, Ack: r.Ack,
		}
		first := r.Letters[0]
		want.Letters = []Letter{{ID: first.ID, FromName: first.FromName, FromAddr: first.FromAddr, ReplyTo: first.ReplyTo}}
		for _, term := range r.Terms {
			want.Terms = append(want.Terms, Term{ID: term.ID, Source: term.Source, From: term.From, Due: term.Due, Provisional: term.Provisional})
		}
		if !reflect.DeepEqual(lines[i], want) {
			t.Errorf("line\n%+v, want\n%+v", lines[i], want)
		}
	}
	backwards := slices.Clone(ids)
	slices.Reverse(backwards)
	for i, r := range must[[]Request](t)(db.Lines(ctx, backwards)) {
		if r.ID != backwards[i] {
			t.Errorf("place %d has the request %d, want %d", i, r.ID, backwards[i])
		}
	}
}

func TestResolve(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for i, on := range []string{"2025-05-05", "2026-05-05", "2026-05-06"} {
		a := admission(t, db, uint32(i+1))
		a.Requests[0].ReceivedOn = day(on)
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	for short, want := range map[string]string{
		"2": "LK-2026-000002", "2026-1": "LK-2026-000001", "LK-2025-1": "LK-2025-000001", "lk-2026-000002": "LK-2026-000002", " 2026-000002 ": "LK-2026-000002",
	} {
		if got := must[string](t)(db.Resolve(ctx, short)); got != want {
			t.Errorf("%s: %s, want %s", short, got, want)
		}
	}
	for short, want := range map[string]error{
		"1": ErrAmbiguous, "3": ErrNotFound, "": ErrNotFound, "x": ErrNotFound, "0": ErrNotFound, "-1": ErrNotFound, "LK-x-1": ErrNotFound,
		"AB-2026-1": ErrNotFound, "99999999999999999999": ErrNotFound,
	} {
		if got, err := db.Resolve(ctx, short); !errors.Is(err, want) {
			t.Errorf("%q: %q, %v", short, got, err)
		}
	}
	if _, err := db.Resolve(ctx, "1"); !strings.Contains(err.Error(), "LK-2025-000001, LK-2026-000001") {
		t.Errorf("the candidates are not named: %v", err)
	}
	if _, err := db.Request(ctx, "LK-2026-000009"); !errors.Is(err, ErrNotFound) {
		t.Errorf("request: %v", err)
	}
	if _, err := db.History(ctx, "LK-2026-000009"); !errors.Is(err, ErrNotFound) {
		t.Errorf("history: %v", err)
	}
}

func TestThreads(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	one := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
	b := admission(t, db, 2)
	b.Letter.FromAddr, b.Letter.ReceivedAt = a.Letter.FromAddr, t0.Add(time.Hour)
	two := must[Admitted](t)(db.Admit(ctx, b, t0)).Numbers[0]
	for _, c := range []struct {
		name string
		ids  []string
		want []string
	}{
		{"the letter's", []string{"<m2@example.kz>"}, []string{two}},
		{"our own", []string{"<no@one>", "<LK-2026-000001.a1@license.kz>"}, []string{one}},
		{"both", []string{"<m2@example.kz>", "<m1@example.kz>"}, []string{one, two}},
		{"none", []string{"", "<x@y>"}, nil},
		{"nothing", nil, nil},
	} {
		if got := must[[]string](t)(db.ByMessageID(ctx, c.ids)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	same := must[[]string](t)
	if got := same(db.SameText(ctx, "a1@EXAMPLE.kz", "прошу  прекратить обработку 1\n", "", t0, alike)); !reflect.DeepEqual(got, []string{one}) {
		t.Errorf("same text: %v", got)
	}
	if got := same(db.SameText(ctx, "a1@example.kz", "Прошу прекратить обработку 1", "", t0.Add(time.Minute), alike)); got != nil {
		t.Errorf("same text, but earlier: %v", got)
	}
	if got := same(db.SameText(ctx, "x@example.kz", "Прошу прекратить обработку 1", "", t0, alike)); got != nil {
		t.Errorf("same text of somebody else: %v", got)
	}
	if got := same(db.SameText(ctx, "a1@example.kz", " \n", "", t0, alike)); got != nil {
		t.Errorf("no text: %v", got)
	}
	if list := must[[]Brief](t)(db.BriefsFrom(ctx, " A1@example.kz", t0, 50)); len(list) != 2 || list[1].Number != one || list[1].Status != StatusOpen {
		t.Errorf("of the sender: %v", list)
	}
	if list := must[[]Brief](t)(db.BriefsFrom(ctx, "a1@example.kz", t0.Add(time.Minute), 50)); len(list) != 1 || list[0].Number != two {
		t.Errorf("of the sender lately: %v", list)
	}
	if list := must[[]Brief](t)(db.BriefsFrom(ctx, "", t0, 50)); list != nil {
		t.Errorf("of nobody: %v", list)
	}
	if got := same(db.WroteIn(ctx, "A1@example.kz", []string{two, one, "LK-2026-000099"})); !reflect.DeepEqual(got, []string{one, two}) {
		t.Errorf("with a letter of the sender: %v", got)
	}
	if got := same(db.WroteIn(ctx, "a1@example.k", []string{one})); got != nil {
		t.Errorf("with a letter of somebody else: %v", got)
	}
	if list := must[[]Brief](t)(db.Briefs(ctx, []string{two, "LK-2026-000099"})); len(list) != 1 || list[0].Number != two {
		t.Errorf("in brief: %v", list)
	}
	numbers, found, err := db.ByRawDigest(ctx, b.Raw.SHA256())
	if err != nil || !found || !reflect.DeepEqual(numbers, []string{two}) {
		t.Errorf("by bytes: %v %v %v", numbers, found, err)
	}
	if _, found, err := db.ByRawDigest(ctx, fmt.Sprintf("%064d", 0)); found || err != nil {
		t.Errorf("by other bytes: %v %v", found, err)
	}
}

func TestSuppressions(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	number := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
	for i, s := range [][]string{{"s1"}, {"s2", "s1"}} {
		must[Request](t)(db.Change(ctx, Change{Number: number, Suppress: s, Event: Event{Actor: "a", Code: "set"}}, t0.Add(time.Duration(i)*time.Hour)))
	}
	list := must[[]Suppression](t)(db.Suppressions(ctx))
	kind, named := a.Requests[0].Kind, []string{"A1@Example.kz", "r@example.kz"}
	if want := []Suppression{{"s1", number, kind, t0, named}, {"s2", number, kind, t0.Add(time.Hour), named}}; !reflect.DeepEqual(list, want) {
		t.Errorf("suppressions %+v", list)
	}
	if found := must[map[string]Suppression](t)(db.Suppressed(ctx, []string{"s2", "s3"})); len(found) != 1 || found["s2"].Number != number {
		t.Errorf("found %+v", found)
	}
	sound(t, db)
}
