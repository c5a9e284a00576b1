package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// prolific is a register with many requests of one person, of which every third
// letter made two, far apart in the order of their last change.
func prolific(t *testing.T, path string) *DB {
	t.Helper()
	ctx, db := t.Context(), openAt(t, path)
	for i := range 16 {
		a := person(t, db, uint32(i+1), gone, goneAddr, gonePhone)
		a.Letter.MessageID = fmt.Sprintf("<%d@gone.example>", i)
		if i%3 == 0 {
			a.Requests = append(a.Requests, NewRequest{Kind: "erasure", Status: StatusOpen, ReceivedOn: day("2026-11-23"), ActBy: day("2026-12-14"), Terms: terms("2026-12-14")})
		}
		for j, number := range must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers {
			at := t0.Add(time.Duration(i+100*j) * time.Minute)
			must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Note: gone + " звонит с " + gonePhone, Event: Event{Actor: "aigul", Code: "closed"}},
				func(r *Request) { r.Status = StatusDone }), at))
		}
	}
	must[Admitted](t)(db.Admit(ctx, person(t, db, 99, kept, keptAddr, keptPhone), t0))
	return db
}

// A person with many requests is forgotten in steps. Stopped behind any of them, the
// register is sound, no letter to the person goes out any more, and the forgetting
// can be repeated: nothing of the person is left, and the history tells of each
// request once.
func TestForgetInSteps(t *testing.T) {
	f := Forgetting{Address: goneAddr, Actor: "dinara", Suppress: "forgotten", SuppressFor: []rules.Kind{"consent_withdrawal", "erasure"}}
	at := t0.Add(48 * time.Hour)
	for stopped := range 3 {
		t.Run(fmt.Sprint("stopped behind step ", stopped), func(t *testing.T) {
			ctx, folder := t.Context(), t.TempDir()
			db := prolific(t, filepath.Join(folder, "p.db"))
			var sum Purged
			steps := must[[][]Purgeable](t)(db.beginForgetting(ctx, f, at, &sum))
			if len(steps) != 2 {
				t.Fatalf("%d steps", len(steps))
			}
			for _, step := range steps[:stopped] {
				if len(step) > purgeOnce+1 { // two may belong together
					t.Errorf("%d requests in a step", len(step))
				}
				ok(t, db.purging(ctx, at, func(ctx context.Context, p *purge) error { return p.purgeStep(ctx, step, f) }, &sum))
				sound(t, db)
			}
			for _, want := range []string{keptAddr, ""} {
				m := must[*Mail](t)(db.Claim(ctx, at, render, nil, nil))
				if m == nil {
					m = new(Mail)
				}
				if m.To != want {
					t.Errorf("claimed %q, want %q", m.To, want)
				}
			}
			rest := must[Purged](t)(db.Forget(ctx, f, at))
			if n := sum.Requests + rest.Requests; n != 22 {
				t.Errorf("%d requests forgotten", n)
			}
			sound(t, db)
			nowhere(t, folder, "Незабудкин", "nezabudkin", "gone.example", gonePhone)
			told := map[string]int{}
			ok(t, db.view(ctx, func(q querier) error {
				rows, err := q.QueryContext(ctx, `SELECT number FROM events WHERE code = 'forgotten'`)
				if err != nil {
					return err
				}
				return scanEach(rows, func() error {
					var number string
					err := rows.Scan(&number)
					told[number]++
					return err
				})
			}))
			for number, n := range told {
				if n != 1 {
					t.Errorf("the history tells %d times of %q", n, number)
				}
			}
			if len(told) != 23 { // each request, and the whole
				t.Errorf("the history tells of %d", len(told))
			}
			if _, err := db.Forget(ctx, f, at); !errors.Is(err, ErrNotFound) {
				t.Errorf("forgotten again: %v", err)
			}
		})
	}
}
