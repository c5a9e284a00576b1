package store

import (
	"context"
	"testing"
	"time"
)

// Somebody's program repeats its letter, and somebody writes letter after
// letter: what is read of them stays bounded.
func TestFlood(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, letterOf(1), t0)).Numbers[0]
	for uid := uint32(2); uid <= MaxLetters+20; uid++ {
		a := letterOf(uid)
		a.Requests, a.Joins, a.Ack = nil, joins(number), nil
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	r := must[Request](t)(db.Request(ctx, number))
	if len(r.Letters) != MaxLetters || r.LetterCount != MaxLetters+20 || r.Letters[0].Place.UID != 1 ||
		r.Letters[1].Place.UID != 22 || r.Letters[MaxLetters-1].Place.UID != MaxLetters+20 {
		t.Errorf("%d of %d letters, %d, %d … %d", len(r.Letters), r.LetterCount, r.Letters[0].Place.UID, r.Letters[1].Place.UID, r.Letters[len(r.Letters)-1].Place.UID)
	}
	for uid := uint32(1001); uid <= 1000+55; uid++ {
		a := letterOf(uid)
		a.Letter.FromAddr, a.Ack = "flood@example.kz", nil
		must[Admitted](t)(db.Admit(ctx, a, t0.Add(time.Hour)))
	}
	list := must[[]Brief](t)(db.BriefsFrom(ctx, "flood@example.kz", t0, 50))
	if len(list) != 50 || list[0].Number != "LK-2026-000056" || list[49].Number != "LK-2026-000007" {
		t.Errorf("%d of the sender, the first %s", len(list), list[0].Number)
	}
	sound(t, db)
}
