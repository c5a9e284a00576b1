package main

import (
	"context"
	"errors"

	"license.kz/pometka/mailbox"
)

// job is a piece of the daemon's work.
type job func(*daemon, context.Context) error

// try does a piece of the daemon's work. A mistake of this program in it is an error
// like others, of which staff is told, and ends nothing else.
func (d *daemon) try(ctx context.Context, do job) error {
	err := mailbox.Survive(func() error { return do(d, ctx) })
	if errors.Is(err, mailbox.ErrStumbled) {
		d.mistakes.Add(1)
	}
	return err
}

// confess tells staff of mistakes of this program.
func (d *daemon) confess(ctx context.Context) error {
	if d.mistakes.Swap(0)+d.probe.confess() == 0 {
		return nil
	}
	return d.Mistaken(ctx)
}
