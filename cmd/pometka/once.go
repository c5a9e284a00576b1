package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// onceByCron is once for the command line. What a daemon knows from its passes before, and
// tells of, the register tells here: a log-in that was refused three times in a row is not
// tried for an hour, and staff is told of that as of every other trouble.
func (s *serving) onceByCron(ctx context.Context) error {
	s.Desk.Alert = s.tell
	if s.Sent != nil {
		s.Sent = &calmSent{SentBox: s.Sent, serving: s}
	}
	since := s.expected(ctx)
	check := func(work context.Context) error { return s.CheckHealth(work, s.vitals(since)) }
	err := s.once(ctx, check)
	work, cancel := graceful(ctx, brief)
	defer cancel()
	if s.smtp.refused >= refusals { // nobody knew when troubles were looked at
		err = errors.Join(err, check(work))
	}
	return errors.Join(err, s.keepRoutes(work))
}

// expected is since when a pass is expected. A process that makes one pass was not there
// before, yet others like it were: what they did not do is late from the last pass on.
func (s *serving) expected(ctx context.Context) time.Time {
	last, err := s.Store.LastPass(ctx)
	if err != nil || last.IsZero() {
		return time.Now()
	}
	return last.Add(-1) // a pass that ended then is no trouble any more
}

// once is one intake pass over all folders, the reminders whose hour has
// come, and the outbox as far as it can be delivered; check, if there is one, looks for
// troubles before that. All are tried whatever becomes of the others: a mail server that
// refuses to give letters may still take them.
func (s *serving) once(ctx context.Context, check func(context.Context) error) error {
	took, pollErr := desk.PollReport{}, s.calm("imap", &s.imap)
	if pollErr == nil {
		pollErr = mailbox.Survive(func() (err error) { took, err = s.poll(ctx); return err })
		s.imap.note(pollErr, time.Now())
	}
	if ctx.Err() != nil && pollErr != nil { // told to stop
		return pollErr
	}
	if took.Registered >= manyRequests {
		lean()
	}
	work, cancel := graceful(ctx, grace)
	defer cancel()
	var remindErr, checkErr error
	if ctx.Err() == nil { // else nothing new is begun
		remindErr = mailbox.Survive(func() error { _, err := s.remind(work); return err })
		if check != nil {
			checkErr = mailbox.Survive(func() error { return check(work) })
		}
	}
	flushErr := s.calm("smtp", &s.smtp)
	if flushErr == nil {
		flushErr = mailbox.Survive(func() error { _, err := s.deliverNow(work); return err })
	}
	return errors.Join(pollErr, remindErr, checkErr, flushErr)
}

// calm is why a server is left alone now.
func (s *serving) calm(server string, l *route) error {
	if !l.paused(time.Now()) {
		return nil
	}
	return phrased("error.calm", server, l.next.In(s.Zone).Format("15:04"))
}

// recallRoutes brings back what the last process like this learned of the log-ins. It is void
// once the configuration or the file of a secret was changed, or by a clock that was set back.
func (s *serving) recallRoutes(ctx context.Context) error {
	for i, way := range s.routes() {
		text, err := s.db.Meta(ctx, routeKeys[i])
		if err != nil {
			return err
		}
		if way.remember(text); way.lost.After(time.Now()) || s.cfg.touched(way.lost) {
			*way = route{}
		}
	}
	return nil
}

// keepRoutes writes down what recallRoutes will bring back.
func (s *serving) keepRoutes(ctx context.Context) error {
	for i, way := range s.routes() {
		text := way.memory()
		was, err := s.Store.Meta(ctx, routeKeys[i])
		if err == nil && was != text {
			err = s.Store.SetMeta(ctx, routeKeys[i], text)
		}
		if err != nil {
			return fmt.Errorf("keep route: %w", err)
		}
	}
	return nil
}

func (s *serving) routes() [2]*route { return [...]*route{&s.imap, &s.smtp} }

// routeKeys are where the register keeps them.
var routeKeys = [...]string{store.MetaLogin + "imap", store.MetaLogin + "smtp"}

// touched reports whether the configuration or the file of a secret was written since then.
func (c *Config) touched(since time.Time) bool {
	for _, path := range []string{c.Path, c.IMAP.Secret.File, c.SMTP.Secret.File} {
		if info, err := os.Stat(path); path != "" && err == nil && info.ModTime().After(since) {
			return true
		}
	}
	return false
}
