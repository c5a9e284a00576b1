package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// ErrNoIdle says that the server cannot announce new messages (RFC 2177):
// look again from time to time instead.
var ErrNoIdle = errors.New("the server does not announce new messages")

// calledAway is how long a server may take to end a wait that its caller ends.
const calledAway = 400 * time.Millisecond

// Idle waits until the server announces messages in a folder that the last
// Examine of it did not know, and reports whether it did before d had passed.
// An announcement is a reason to look and no more: what came is for Examine to
// find out. At the end of ctx it returns early, and keeps the connection. Errors:
// ErrNoIdle, ErrHushed, or the connection's.
//
// Some servers say nothing of what came in the instant before the wait began, so
// a first wait after a letter had better be a short one. Keep d under ten
// minutes: some servers and many routers forget a connection on which nothing moves
// for longer, without a word to either side.
func (r *Reader) Idle(ctx context.Context, folder string, d time.Duration) (bool, error) {
	return r.attend(ctx, folder, func(s *session) (bool, error) { return s.waitIdle(ctx, d) })
}

// Nudge is Idle for servers that announce late or not at all: it asks at every
// interval, which costs one short line and its answer.
func (r *Reader) Nudge(ctx context.Context, folder string, every, d time.Duration) (bool, error) {
	return r.attend(ctx, folder, func(s *session) (bool, error) { return s.waitNoop(ctx, every, d) })
}

// attend opens the folder where it is not open any more, and waits.
func (r *Reader) attend(ctx context.Context, folder string, wait func(*session) (bool, error)) (bool, error) {
	if ctx.Err() != nil {
		return false, nil
	}
	if err := r.silence(); err != nil {
		return false, err
	}
	if err := r.connect(ctx); err != nil {
		return false, err
	}
	announced, err := r.s.attend(ctx, folder, wait)
	if err == nil || !broken(err) || errors.Is(err, ErrNoIdle) {
		return announced, err
	}
	r.drop(err)
	return false, fmt.Errorf("wait for messages in %q: %w", folder, r.worded(ctx, err))
}

func (s *session) attend(ctx context.Context, folder string, wait func(*session) (bool, error)) (bool, error) {
	if s.selected != folder {
		before, seen := s.known[folder]
		now, err := s.examine(ctx, folder)
		if err != nil {
			return false, err
		}
		if !seen || now != before { // it came while we looked elsewhere
			return true, nil
		}
	}
	select {
	case <-s.news: // of what Examine has seen since
	default:
	}
	if s.hasGrown() {
		return true, nil
	}
	return wait(s)
}

func (s *session) waitIdle(ctx context.Context, d time.Duration) (announced bool, err error) {
	caps, err := s.caps(ctx)
	if err != nil {
		return false, err
	}
	if !caps.Has(imap.CapIdle) {
		return false, ErrNoIdle
	}
	// What came after the last answer is told by some servers at the next
	// command only, and then IDLE is none: it tells what comes from now on.
	if err := s.run(ctx, func() error { return s.c.Noop().Wait() }); err != nil || s.hasGrown() {
		return err == nil, err
	}
	var cmd interface {
		Close() error
		Wait() error
	}
	err = s.run(ctx, func() error {
		c, err := s.c.Idle()
		cmd = c
		return err
	})
	if err != nil {
		if !broken(err) { // NO or BAD in spite of the capability
			err = fmt.Errorf("%w: %w", ErrNoIdle, err)
		}
		return false, err
	}
	over := s.w.waits.begin(d)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.news:
		announced = true
	case <-s.c.Closed():
	}
	over()
	// The end of ctx is no reason to leave a connection in the middle of a
	// command: the letter in hand may still need it. But who ends ctx, be it only
	// now, has something else to do, and does not wait for a server that froze.
	g := guard(context.WithoutCancel(ctx), s.w, s.timeout)
	defer context.AfterFunc(ctx, func() { g.hurry(calledAway) })()
	if err = cmd.Close(); err == nil {
		err = cmd.Wait()
	}
	err = g.done(err)
	return announced || s.hasGrown(), err
}

func (s *session) waitNoop(ctx context.Context, every, d time.Duration) (bool, error) {
	end := time.NewTimer(d)
	defer end.Stop()
	tick := time.NewTicker(every)
	defer tick.Stop()
	defer s.w.waits.begin(d)()
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case <-end.C:
			return false, nil
		case <-tick.C:
		}
		if err := s.run(ctx, func() error { return s.c.Noop().Wait() }); err != nil {
			return false, err
		}
		if s.hasGrown() {
			return true, nil
		}
	}
}
