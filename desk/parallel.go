package desk

import (
	"runtime"
	"sync"
	"sync/atomic"

	"license.kz/pometka/mailbox"
)

// crew is a group of goroutines for which their caller waits. A panic in one of them would
// end the process; instead it becomes a panic of the caller.
type crew struct {
	sync.WaitGroup
	stumbled atomic.Bool
}

//go:noinline
func (c *crew) survive(do func()) {
	if stumbles(do) {
		c.stumbled.Store(true)
	}
}

func (c *crew) wait() {
	c.Wait()
	if c.stumbled.Load() {
		panic(mailbox.ErrStumbled)
	}
}

// inParallel calls f with 0 to n-1, on all processors at once.
func inParallel(n int, f func(i int)) {
	var next atomic.Int64
	var c crew
	for range min(n, runtime.GOMAXPROCS(0)) {
		c.Go(func() {
			c.survive(func() {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					f(i)
				}
			})
		})
	}
	c.wait()
}

// pool calls f with whatever do is given, on all processors at once; do blocks while all
// are busy and the queue is full. wait ends the pool, and returns when f is done with
// everything; it may be called more than once.
func pool[T any](f func(T)) (do func(T), wait func()) {
	jobs := make(chan T, 4*runtime.GOMAXPROCS(0)) // room enough that no worker idles for want of a job
	var c crew
	for range runtime.GOMAXPROCS(0) {
		c.Go(func() {
			for j := range jobs {
				c.survive(func() { f(j) })
			}
		})
	}
	end := sync.OnceFunc(func() { close(jobs) })
	return func(j T) { jobs <- j }, func() { end(); c.wait() }
}
