package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"license.kz/pometka/mailbox"
)

const (
	// longestIdle bounds one wait for the server's announcement: some servers
	// and routers forget a connection that is silent for ten minutes.
	longestIdle = 9 * time.Minute
	// secondLook is the wait after a pass that found something: not every
	// server announces what came in the instant before the wait began, and
	// reminders and troubles waited for the letter.
	secondLook = 2 * time.Second
	// reserve is what is left of the interval for the letter itself, so that one
	// which comes behind a look is not only found but answered within imap.poll.
	reserve = 100 * time.Millisecond
)

// rest waits until something may have to be done: the server announces, the
// poll interval ends, a letter of ours is due for another try, or the server has answered
// to one, cron fires, SIGHUP or the end.
func (d *daemon) rest(ctx context.Context) error {
	if d.Answered() {
		return nil
	}
	wait := d.untilNext(ctx)
	d.beat.next(wait)
	resting, cancel := context.WithCancel(ctx)
	defer cancel()
	reload, answered := false, d.Awaited()
	var listening sync.WaitGroup
	listening.Go(func() {
		select {
		case <-resting.Done():
			return
		case <-d.hup:
			reload = true
		case <-d.wake:
		case <-answered:
		}
		cancel()
	})
	if err := d.wait(resting, wait); err != nil && resting.Err() == nil { // else we ended it ourselves
		if !errors.Is(err, mailbox.ErrHushed) { // else it was told of
			d.log.Warn("waiting for letters failed", "error", err)
		}
		d.imap.note(err, time.Now())
		pause(resting, d.imap.wait(wait, time.Now()))
	}
	cancel()
	listening.Wait()
	if reload && ctx.Err() == nil {
		d.reload(ctx)
	}
	return nil
}

// wait waits for news of the first folder, or simply for a while.
func (d *daemon) wait(ctx context.Context, wait time.Duration) (err error) {
	if d.folder == "" || !d.imap.open() { // there is nobody to wait with
		pause(ctx, wait)
		return nil
	}
	switch {
	case d.serving.cfg.IMAP.Eager > 0:
		_, err = d.reader.Nudge(ctx, d.folder, d.serving.cfg.IMAP.Eager, wait)
	case d.serving.cfg.IMAP.Idle && !d.noIdle:
		if _, err = d.reader.Idle(ctx, d.folder, wait); errors.Is(err, mailbox.ErrNoIdle) {
			d.noIdle = true
			d.log.Info("the server does not announce letters: looking at the interval of imap.poll")
			pause(ctx, wait)
			return nil
		}
	default:
		pause(ctx, wait)
	}
	return err
}

func pause(ctx context.Context, wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// untilNext is how long nothing needs to be done of our own accord.
func (d *daemon) untilNext(ctx context.Context) time.Duration {
	wait := min(d.untilLook(), longestIdle)
	if d.tookIn {
		wait = min(wait, secondLook)
	}
	wait = d.imap.wait(wait, time.Now())
	if d.Awaited() != nil { // nothing else is sent
		return wait
	}
	if d.smtp.paused(time.Now()) {
		return d.smtp.wait(wait, time.Now())
	}
	next, err := d.NextSend(ctx)
	if err != nil || next.IsZero() {
		return wait
	}
	return min(wait, max(next.Sub(d.Now()), time.Second))
}

// untilLook is how long the mailbox need not be looked at. imap.poll counts from the beginning
// of one look to that of the next; a look that takes nearly as long leaves the server in
// peace for half of it.
func (d *daemon) untilLook() time.Duration {
	poll := d.serving.cfg.IMAP.Poll
	return max(poll/2, poll-min(reserve, poll/20)-time.Since(d.sought))
}
