package store

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// The register as of an instant is the same after everything that came later:
// changes, a purge, new requests.
func TestRegisterAsOf(t *testing.T) {
	ctx := t.Context()
	db := twoPeople(t, filepath.Join(t.TempDir(), "p.db"))
	read := func(q EntryQuery) (all []Entry) {
		t.Helper()
		ok(t, db.EachEntry(ctx, q, func(part []Entry) error { all = append(all, part...); return nil }))
		return all
	}
	early, late := EntryQuery{Until: t0.Add(30 * time.Minute)}, EntryQuery{Until: t0.Add(90 * time.Minute)}
	before, after := read(early), read(late)
	if len(before) != 2 || before[0].Status != StatusOpen || !before[0].ClosedAt.IsZero() || len(before[0].Terms) != 2 || before[0].Kind != "consent_withdrawal" {
		t.Errorf("before it was closed: %+v", before)
	}
	if len(after) != 2 || after[0].Status != StatusDone || !after[0].ClosedAt.Equal(t0.Add(time.Hour)) || after[0].Outcome != "by_person" || after[1].Status != StatusOpen {
		t.Errorf("after it was closed: %+v", after)
	}
	if none := read(EntryQuery{Until: t0}); len(none) != 0 {
		t.Errorf("before anything was registered: %+v", none)
	}

	who, on := "bulat", day("2026-11-20")
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000002", Event: Event{Actor: who, Code: "set"}}, func(r *Request) {
		r.Assignee, r.ReceivedOn, r.Terms, r.ActBy = who, on, terms("2027-02-01"), day("2027-02-01")
	}), t0.Add(2*time.Hour)))
	must[Purged](t)(db.Purge(ctx, t0.Add(3*time.Hour), who, t0.Add(3*time.Hour), nil))
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000001", Event: Event{Actor: who, Code: "reopened"}}, func(r *Request) { r.Status = StatusOpen }), t0.Add(4*time.Hour)))
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 80), t0.Add(5*time.Hour)))
	if again := read(early); !reflect.DeepEqual(again, before) {
		t.Errorf("later the same instant is told as\n%+v, was\n%+v", again, before)
	}
	if again := read(late); !reflect.DeepEqual(again, after) {
		t.Errorf("later the same instant is told as\n%+v, was\n%+v", again, after)
	}
	now := read(EntryQuery{})
	if len(now) != 3 || now[0].Status != StatusOpen || !now[0].ClosedAt.IsZero() || now[1].Assignee != who || now[1].ActBy != day("2027-02-01") {
		t.Errorf("now: %+v", now)
	}
	if period := read(EntryQuery{From: day("2026-11-21"), To: day("2026-11-23")}); len(period) != 2 || period[0].Number != "LK-2026-000001" {
		t.Errorf("received in a period: %+v", period)
	}
	sound(t, db)
}

// While somebody reads an export slowly, the log can be emptied: a purge need not wait.
func TestRegisterHoldsNothing(t *testing.T) {
	ctx := t.Context()
	db := twoPeople(t, filepath.Join(t.TempDir(), "p.db"))
	calls := 0
	ok(t, db.EachEntry(ctx, EntryQuery{}, func(part []Entry) error {
		calls++
		must[Admitted](t)(db.Admit(ctx, admission(t, db, 90), t0.Add(time.Hour)))
		if busy := must[bool](t)(db.cutLog(ctx)); busy {
			t.Error("the log cannot be emptied")
		}
		return nil
	}))
	if calls == 0 {
		t.Error("there is nothing in the register")
	}
}
