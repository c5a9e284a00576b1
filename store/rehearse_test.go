package store

import (
	"context"
	"errors"
	"testing"
)

// After a rehearsal a letter finds every statement prepared, and nothing of the
// rehearsal is there.
func TestRehearse(t *testing.T) {
	ctx, db := context.Background(), open(t)
	before := must[Counts](t)(db.Counts(ctx))
	ok(t, db.Rehearse(ctx, admission(t, db, 1), t0, render))
	after := must[Counts](t)(db.Counts(ctx))
	if after.Events != before.Events || after.Head != before.Head || after.Open != 0 || len(after.Outbox) != 0 {
		t.Errorf("after the rehearsal: %+v, before it: %+v", after, before)
	}
	prepared := len(db.writer.prepared)
	done := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	m := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
	ok(t, db.Settle(ctx, m.ID, Settlement{State: MailSent, Code: 250}, t0))
	if done.Numbers[0] != "LK-2026-000001" {
		t.Errorf("the first number is %s", done.Numbers[0])
	}
	// Only which letter's turn it is, and which one is being sent, is not rehearsed.
	if more := len(db.writer.prepared) - prepared; more > 2 {
		t.Errorf("a letter found %d of %d statements unprepared", more, prepared+more)
	}
	sound(t, db)
	if err := db.Rehearse(ctx, Admission{Joins: joins("LK-2026-000777")}, t0, render); !errors.Is(err, ErrNotFound) {
		t.Errorf("a rehearsal that cannot be played ends with %v", err)
	}
}
