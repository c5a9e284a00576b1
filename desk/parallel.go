package desk

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel calls f with 0 to n-1, on all processors at once.
func inParallel(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// pool calls f with what do is given, on all processors at once; do waits
// while all are busy. wait ends the pool when f is done with everything.
func pool[T any](f func(T)) (do func(T), wait func()) {
	jobs := make(chan T)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range jobs {
				f(j)
			}
		})
	}
	return func(j T) { jobs <- j }, func() { close(jobs); wg.Wait() }
}
