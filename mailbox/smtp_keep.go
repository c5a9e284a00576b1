package mailbox

import (
	"context"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// Most of the way of a single letter is the beginning of its connection: TLS,
// the greeting, the log-in. So a connection outlives its batch for some seconds,
// fewer than any server waits (RFC 5321, 4.5.3.2.7: five minutes; Postfix under
// stress: ten seconds), and one can be begun while the letter is still written.

// kept is what a Sender knows of a connection that no batch is using.
type kept struct {
	end    *time.Timer        // ends it; nil: a batch is using it, or there is none
	cancel context.CancelFunc // of Prepare; nil: it was never called
	failed error              // how Prepare ended
	at     time.Time          // when
}

// Release ends the batch: the connection is kept for SenderOptions.Keep, else
// ended with QUIT. The Sender may be used again.
func (s *Sender) Release() error {
	if !s.mu.TryLock() { // Prepare is at it, and keeps what it gets
		return nil
	}
	if s.o.Keep > 0 {
		s.rest()
		s.mu.Unlock()
		return nil
	}
	c, w := s.detach()
	s.mu.Unlock()
	return s.quit(c, w)
}

// Close ends a connection that is kept or being made, with QUIT. The Sender may
// be used again.
func (s *Sender) Close() error {
	if s.kept.cancel != nil {
		s.kept.cancel()
	}
	s.mu.Lock()
	c, w := s.detach()
	s.mu.Unlock()
	return s.quit(c, w)
}

// Prepare begins a connection beside the caller, unless there is one: a letter
// is about to come. A failure is told by the next Send, if that comes soon, so
// that a refused log-in is one refusal and not two. Without SenderOptions.Keep
// it does nothing.
func (s *Sender) Prepare() {
	if s.o.Keep <= 0 || !s.mu.TryLock() {
		return
	}
	s.resume()
	if s.c != nil {
		s.rest()
		s.mu.Unlock()
		return
	}
	if s.kept.cancel != nil {
		s.kept.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.kept.cancel, s.kept.failed = cancel, nil
	go func() {
		defer s.mu.Unlock()
		if s.kept.failed, s.kept.at = Survive(func() error { return s.connect(ctx) }), time.Now(); s.kept.failed == nil {
			s.rest()
		}
	}()
}

// lock waits for a Prepare that is at it. The end of ctx ends that, too.
func (s *Sender) lock(ctx context.Context) {
	if s.kept.cancel != nil {
		defer context.AfterFunc(ctx, s.kept.cancel)()
	}
	s.mu.Lock()
}

// foretold is the failure of a Prepare just now, told once.
func (s *Sender) foretold() error {
	err := s.kept.failed
	s.kept.failed = nil
	if time.Since(s.kept.at) > s.o.Keep {
		return nil
	}
	return err
}

// rest lets the connection be until its time is over.
func (s *Sender) rest() {
	if s.c == nil {
		return
	}
	if s.kept.end != nil {
		s.kept.end.Stop()
	}
	c := s.c
	s.kept.end = time.AfterFunc(s.o.Keep, func() { s.expire(c) })
}

// expire ends the connection unless it is in use, or another one by now.
func (s *Sender) expire(c *smtp.Client) {
	s.mu.Lock()
	if s.c != c || s.kept.end == nil {
		s.mu.Unlock()
		return
	}
	c, w := s.detach()
	s.mu.Unlock()
	_ = s.quit(c, w)
}

// resume takes a kept connection into use again, if it still is one: a server
// that said anything by itself has said goodbye.
func (s *Sender) resume() {
	if s.kept.end != nil {
		s.kept.end.Stop()
		s.kept.end = nil
	}
	if s.c != nil && (s.c.Text.R.Buffered() > 0 || !s.w.silent()) {
		s.hangUp()
	}
}

// detach makes the connection nobody's.
func (s *Sender) detach() (*smtp.Client, *wire) {
	c, w := s.c, s.w
	if s.kept.end != nil {
		s.kept.end.Stop()
	}
	s.c, s.w, s.stale, s.kept.end = nil, nil, false, nil
	return c, w
}

func (s *Sender) quit(c *smtp.Client, w *wire) error {
	if c == nil {
		return nil
	}
	defer w.Close()
	g := guard(context.Background(), w, min(s.o.Timeout, farewell))
	return g.done(Survive(c.Quit))
}
