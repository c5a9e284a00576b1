package store

import (
	"errors"
	"testing"
)

func TestLastEvent(t *testing.T) {
	ctx, db := t.Context(), open(t)
	if n := must[int64](t)(db.LastEvent(ctx)); n != 0 {
		t.Errorf("a new register: %d", n)
	}
	for uid := range uint32(3) {
		must[Admitted](t)(db.Admit(ctx, admission(t, db, uid+1), t0))
		if n, head := must[int64](t)(db.LastEvent(ctx)), must[Event](t)(db.Head(ctx)); n == 0 || n != head.Seq {
			t.Errorf("last event %d, head %d", n, head.Seq)
		}
	}
	execute(t, db.writer.conn, `UPDATE meta SET value = 'x' WHERE name = 'events'`)
	if _, err := db.LastEvent(ctx); !errors.Is(err, ErrDamaged) {
		t.Errorf("no number: %v", err)
	}
}
