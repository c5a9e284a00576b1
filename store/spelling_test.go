package store

import (
	"context"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// TestSpellingsOfAnAddress: who writes from one address is one person, in whatever
// spelling of the domain, also in a register whose older rows hold it as it was written.
func TestSpellingsOfAnAddress(t *testing.T) {
	ctx := context.Background()
	const letters, puny, other = "Иван@Почта.рф", "иван@xn--80a1acny.xn--p1ai", "петр@почта.рф"
	for _, old := range []string{"", "иван@почта.рф"} {
		for _, wrote := range []string{letters, puny} {
			db := open(t)
			a := admission(t, db, 1)
			a.Letter.FromAddr, a.Letter.ReplyTo, a.Ack = wrote, "", nil
			number := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
			further := must[Admitted](t)(db.Admit(ctx, admission(t, db, 2), t0)).Numbers[0]
			if old != "" && wrote == letters {
				ok(t, db.change(ctx, t0, func(ctx context.Context, t *tx) error {
					_, err := t.ExecContext(ctx, `UPDATE letters_private SET sender = ? WHERE id = 1`, old)
					return err
				}))
			}
			for addr, want := range map[string]int{letters: 1, puny: 1, other: 0} {
				if got := must[[]Brief](t)(db.BriefsFrom(ctx, addr, t0.Add(-time.Hour), 9)); len(got) != want {
					t.Errorf("BriefsFrom %s, written %s: %v", addr, wrote, got)
				}
				if got := must[[]string](t)(db.WroteIn(ctx, addr, []string{number, further})); len(got) != want {
					t.Errorf("WroteIn %s, written %s: %v", addr, wrote, got)
				}
				if got := must[[]string](t)(db.SameText(ctx, addr, a.Letter.Text, "", t0.Add(-time.Hour), alike)); len(got) != want {
					t.Errorf("SameText %s, written %s: %v", addr, wrote, got)
				}
				if got := must[[]Request](t)(db.Requests(ctx, Filter{From: addr})); len(got) != want {
					t.Errorf("Requests from %s, written %s: %v", addr, wrote, got)
				}
				if got := must[[]Request](t)(db.Requests(ctx, Filter{All: true, From: addr})); len(got) != want {
					t.Errorf("all Requests from %s, written %s: %v", addr, wrote, got)
				}
				if got := must[[]Relative](t)(db.Relatives(ctx, must[Request](t)(db.Request(ctx, further)), []string{addr}, 9)); len(got) != want {
					t.Errorf("Relatives at %s, written %s: %v", addr, wrote, got)
				}
				if got := must[Traces](t)(db.TracesOf(ctx, addr)); len(got.Requests) != want {
					t.Errorf("TracesOf %s, written %s: %v", addr, wrote, got)
				}
			}
			for _, part := range []string{"почта.рф", "xn--80a1acny"} {
				if got := must[[]Request](t)(db.Requests(ctx, Filter{From: part})); len(got) != 1 {
					t.Errorf("Requests from %s, written %s: %v", part, wrote, got)
				}
			}
		}
	}
}

// TestForgetAnySpelling: nothing of a person stays because a letter of ours went to the
// address in its other spelling.
func TestForgetAnySpelling(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Letter.FromAddr, a.Letter.ReplyTo = "form@license.kz", "ИВАН@почта.рф"
	a.Ack.To = "иван@xn--80a1acny.xn--p1ai"
	must[Admitted](t)(db.Admit(ctx, a, t0))
	for _, addr := range []string{"иван@почта.рф", "иван@xn--80a1acny.xn--p1ai"} {
		if got := must[Traces](t)(db.TracesOf(ctx, addr)); len(got.Requests) != 1 || got.Going.Mails != 1 {
			t.Errorf("of %s: %+v", addr, got)
		}
	}
	must[Purged](t)(db.Forget(ctx, Forgetting{Address: "иван@почта.рф", Why: "по просьбе", Actor: "aigul", Suppress: "s", SuppressFor: []rules.Kind{"claim"}}, t0.Add(time.Hour)))
	if got := must[Traces](t)(db.TracesOf(ctx, "иван@xn--80a1acny.xn--p1ai")); !got.Empty() {
		t.Errorf("left: %+v", got)
	}
	sound(t, db)
}
