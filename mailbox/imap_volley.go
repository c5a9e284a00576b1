package mailbox

import (
	"context"
	"errors"
	"sync"
)

// volley is several commands that were sent one behind the other, and whose answers
// come in while something else goes on: each is drained by a goroutine of its own, for
// an undrained one would stop every other on the connection.
type volley struct {
	s    *session
	jobs []*fetchJob
	errs []error
	err  error // why nothing was sent
	wg   sync.WaitGroup
}

// volley sends the commands. Only await may look at what came of them.
func (r *Reader) volley(ctx context.Context, jobs ...*fetchJob) *volley {
	v := &volley{jobs: jobs, errs: make([]error, len(jobs))}
	if v.err = r.ready(ctx); v.err != nil {
		return v
	}
	v.s = r.s
	for i, job := range jobs {
		run := v.s.begin(ctx, job)
		v.wg.Go(func() { v.errs[i] = run() })
	}
	return v
}

// await returns when all has come that will. A connection that broke meanwhile is given
// up.
func (r *Reader) await(v *volley) error {
	if v.err != nil {
		return v.err
	}
	v.wg.Wait()
	for _, err := range v.errs {
		if err != nil && broken(err) && r.s == v.s {
			r.drop(err)
		}
	}
	return errors.Join(v.errs...)
}
