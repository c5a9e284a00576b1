package mailbox

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Wait returns as soon as the server announces a message in the folder of the
// last Examine, or after d at the latest. It only shortens the way to the next
// Examine: servers announce late, or never, and where IDLE (RFC 2177) is not
// offered nothing is announced at all. d should stay under ten minutes, for
// some servers and networks cut what is silent longer. The error is one of the
// connection, or the cause of ctx's end.
func (r *Reader) Wait(ctx context.Context, d time.Duration) (news bool, err error) {
	if r.s == nil || r.ready(ctx) != nil {
		return false, pause(ctx, d, nil)
	}
	s := r.s
	if s.hasGrown() {
		return true, nil
	}
	var idles bool
	err = s.run(ctx, func() error {
		caps := s.c.Caps()
		idles = caps.Has(imap.CapIdle) || caps.Has(imap.CapIMAP4rev2)
		return nil
	})
	if err == nil && !idles {
		return false, pause(ctx, d, nil)
	}
	if err == nil {
		err = s.idle(ctx, d)
	}
	if err != nil {
		r.drop(err)
		return false, r.worded(ctx, err)
	}
	return s.hasGrown(), nil
}

// idle runs IDLE until there is news, d has passed or the connection ended.
func (s *session) idle(ctx context.Context, d time.Duration) error {
	g := guard(ctx, s.w, s.timeout)
	cmd, err := s.c.Idle()
	if err = g.done(err); err != nil {
		return err
	}
	waited := pause(ctx, d, s.news)
	g = guard(ctx, s.w, s.timeout)
	if err = cmd.Close(); err == nil {
		err = cmd.Wait()
	}
	if err = g.done(err); waited != nil {
		return waited
	}
	return err
}

// pause waits for d, for early or for the end of ctx, whose cause it returns.
func pause(ctx context.Context, d time.Duration, early <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-early:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}
