package mailbox

import (
	"context"
	"errors"
)

// beginning is a log-in that goes on beside what its caller does.
type beginning struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when s and err are there
	s      *session
	err    error
}

// Begin logs in and opens INBOX, if that is watched, beside whatever the caller
// does until the first call that needs the connection: a server may take longer
// over both than a whole start takes. That call gets the error there was. Begin
// itself returns at once; ctx bounds the log-in and nothing behind it.
func (r *Reader) Begin(ctx context.Context) {
	if r.s != nil || r.begun != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	b := &beginning{cancel: cancel, done: make(chan struct{})}
	r.begun = b
	_, watched := r.First()
	o := r.o
	go func() {
		defer close(b.done)
		b.err = Survive(func() (err error) {
			if b.s, err = o.logIn(ctx); err == nil && watched {
				err = b.openInbox(ctx, &o)
			}
			return err
		})
		if errors.Is(b.err, ErrStumbled) && b.s != nil {
			b.s.hangUp()
			b.s = nil
		}
	}()
}

// openInbox opens INBOX ahead of the first look at it. Whatever the server refuses
// it will be asked for again; a connection that broke is one that did not come about.
func (b *beginning) openInbox(ctx context.Context, o *ReaderOptions) error {
	switch _, err := b.s.examine(ctx, inbox); {
	case err == nil:
		b.s.fresh = inbox
	case broken(err):
		said := b.s.parting()
		b.s.hangUp()
		b.s = nil
		return o.worded(ctx, said.with(err))
	}
	return nil
}

// wait returns what came of the beginning. When ctx ends first, the log-in is given up.
func (b *beginning) wait(ctx context.Context) (*session, error) {
	select {
	case <-b.done:
	case <-ctx.Done():
		b.cancel()
		<-b.done
	}
	return b.s, b.err
}

// logIn makes a connection, or takes the one that Begin made.
func (r *Reader) logIn(ctx context.Context) (*session, error) {
	b := r.begun
	if b == nil {
		return r.o.logIn(ctx)
	}
	r.begun = nil
	s, err := b.wait(ctx)
	if errors.Is(err, errNewest) && !errors.Is(err, errSilent) && ctx.Err() == nil {
		r.untold = true
		return r.o.logIn(ctx)
	}
	return s, err
}
