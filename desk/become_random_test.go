package desk

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/store"
)

// lastActs are how long the random histories are.
const lastActs = 90

// Whatever is done to requests in whatever order, what holds of them holds, and of
// the closed nothing is promised any more.
func TestBecomesAtRandom(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(acts))
	histories := uint64(2)
	if os.Getenv("POMETKA_LONG") != "" {
		histories = 60
	}
	for seed := range histories {
		r, random := newActed(t), rand.New(rand.NewPCG(seed, 11))
		clock := now
		r.Now = func() time.Time { return clock }
		var numbers []string
		for i := range lastActs {
			if i < 4 || random.IntN(15) == 0 {
				numbers = append(numbers, r.in(store.StatusReview))
			}
			n, name := numbers[random.IntN(len(numbers))], names[random.IntN(len(names))]
			r.tryAct(name, n)
			if t.Failed() {
				t.Fatalf("seed %d, act %d: %s of %s", seed, i, name, n)
			}
			clock = clock.Add(time.Duration(random.IntN(40)) * time.Hour)
			if random.IntN(20) == 0 {
				r.checkReleased()
			}
		}
		if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
			t.Fatalf("seed %d: history: %v %v", seed, breaks, err)
		}
	}
}

// checkReleased releases all and checks that nothing is queued by that which speaks of
// what is closed, and that nothing else is left.
func (r *acted) checkReleased() {
	r.t.Helper()
	held, err := r.Store.Outbox(r.ctx(), []store.MailState{store.MailHeld})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, _, err := r.Release(r.ctx(), nil, clerk); err != nil {
		r.t.Fatal(err)
	}
	for _, m := range held {
		over, err := r.allClosed(r.ctx(), m)
		if err != nil {
			r.t.Fatal(err)
		}
		if m, err = r.Store.Mail(r.ctx(), m.ID); err != nil || over != (m.State == store.MailHeld) {
			r.t.Errorf("a letter about %v, closed %v, is %s, %v", m.Requests, over, m.State, err)
		}
	}
}
