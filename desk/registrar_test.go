package desk

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// What is given to the registrar is done in this order; after a failure nothing
// more is, and whatever waited gives back what it held.
func TestRegistrar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		var done, dropped []int
		r := newRegistrar()
		hold := make(chan struct{})
		give := func(n int, err error) error {
			return r.take(entry{
				do: func() error {
					<-hold
					done = append(done, n)
					return err
				},
				drop: func() { dropped = append(dropped, n) },
			})
		}
		for n, err := range []error{nil, nil, full, nil, nil} {
			if err := give(n, err); err != nil {
				t.Fatal(n, err)
			}
		}
		close(hold)
		synctest.Wait()
		if err := give(5, nil); !errors.Is(err, full) {
			t.Errorf("after a failure: %v", err)
		}
		if err := r.takeNow(entry{do: func() error { t.Error("done after a failure"); return nil }}); !errors.Is(err, full) {
			t.Errorf("after a failure, at once: %v", err)
		}
		if err := r.end(); !errors.Is(err, full) {
			t.Errorf("at the end: %v", err)
		}
		if !slices.Equal(done, []int{0, 1, 2}) || !slices.Equal(dropped, []int{3, 4, 5}) {
			t.Errorf("done %v, dropped %v", done, dropped)
		}
	})
}

// A large letter is registered before the next is read, and says how that ended.
func TestRegistrarAtOnce(t *testing.T) {
	broken := errors.New("broken")
	r := newRegistrar()
	n := 0
	if err := r.takeNow(entry{do: func() error { n++; return nil }}); err != nil || n != 1 {
		t.Errorf("%v, %d done", err, n)
	}
	if err := r.takeNow(entry{do: func() error { return broken }}); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := r.end(); !errors.Is(err, broken) {
		t.Error(err)
	}
}
