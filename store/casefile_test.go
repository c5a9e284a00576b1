package store

import (
	"context"
	"errors"
	"testing"
)

// A casefile that was read before its request changed is not sealed; what
// happened to others does not matter.
func TestSealCase(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
	other := must[Admitted](t)(db.Admit(ctx, admission(t, db, 2), t0)).Numbers[0]
	seal := func(read int64) (Event, error) {
		return db.SealCase(ctx, Event{Actor: "a", Code: EventCasefile, Number: number, Detail: `{"more":{}}`}, read, t0)
	}
	assign := func(number string) int64 {
		who := "a"
		must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: who, Code: "assigned"}}, func(r *Request) { r.Assignee = who }), t0))
		return must[Event](t)(db.Head(ctx)).Seq
	}
	read := must[Event](t)(db.Head(ctx)).Seq
	assign(other)
	e, err := seal(read)
	if last := must[Event](t)(db.Head(ctx)); err != nil || e.Seq != last.Seq || e.Digest != last.Digest {
		t.Errorf("sealed by %+v, %v; the last event is %+v", e, err, last)
	}
	if last := assign(number); last > read {
		_, err = seal(read)
	}
	if !errors.Is(err, ErrStale) {
		t.Errorf("the request had changed: %v", err)
	}
	if _, err := db.SealCase(ctx, Event{Actor: "a", Code: EventCasefile, Number: "LK-2026-000999"}, read, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such request: %v", err)
	}
	sound(t, db)
}
