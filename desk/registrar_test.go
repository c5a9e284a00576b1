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

// While a large letter is being registered small ones are read, and the next large
// one waits: no more than one lies in a spool.
func TestRegistrarLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegistrar()
		hold := make(chan struct{})
		if err := r.takeLarge(entry{do: func() error { <-hold; return nil }}); err != nil {
			t.Fatal(err)
		}
		if err := r.take(entry{do: func() error { return nil }}); err != nil { // would block for ever here
			t.Fatal(err)
		}
		second := make(chan error, 1)
		go func() { second <- r.takeLarge(entry{do: func() error { return nil }}) }()
		synctest.Wait()
		select {
		case err := <-second:
			t.Errorf("taken while the first was in hand: %v", err)
		default:
		}
		close(hold)
		if err := <-second; err != nil {
			t.Error(err)
		}
		r.awaitLarge()
		if err := r.end(); err != nil {
			t.Error(err)
		}
	})
}

// After a failure a large letter is dropped, and nobody waits for it.
func TestRegistrarLargeAfterFailure(t *testing.T) {
	broken, dropped := errors.New("broken"), false
	r := newRegistrar()
	if err := r.takeNow(entry{do: func() error { return broken }}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if err := r.takeLarge(entry{do: func() error { return nil }, drop: func() { dropped = true }}); !errors.Is(err, broken) || !dropped {
		t.Errorf("%v, dropped %v", err, dropped)
	}
	r.awaitLarge()
	if err := r.end(); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// What is given now is done when it comes back, and it says how that ended.
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
