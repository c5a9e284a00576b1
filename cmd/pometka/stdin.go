package main

import (
	"context"
	"io"
)

// stdin is what a person or a pipe gives the program, until ctx ends: a signal
// alone does not wake who reads. A read that is given up goes on behind; the
// process ends soon.
func (a *app) stdin(ctx context.Context) io.Reader { return interruptible{ctx, a.in} }

type interruptible struct {
	ctx context.Context
	in  io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	type result struct {
		n   int
		err error
	}
	got, own := make(chan result, 1), make([]byte, len(p)) // p is the caller's again once this has returned
	go func() {
		n, err := r.in.Read(own)
		got <- result{n, err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case done := <-got:
		return copy(p, own[:done.n]), done.err
	}
}
