package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// After a signal to stop, the letter that is being sent may take grace to arrive:
// cut off, it would be uncertain. What is being taken in may take no longer than
// brief: cut off, it is taken in at the next start.
const (
	grace = 20 * time.Second
	brief = 500 * time.Millisecond
)

// sendPatience is how long letters that come in wait in a pass of the daemon while letters of
// ours go out. RFC 5321, 4.5.3.2.6, gives a server ten minutes to answer to one: that is
// waited for beside the passes, and nothing else is sent meanwhile. Tests are less patient.
var sendPatience = 5 * time.Second

func (a *app) runCommand() *cobra.Command {
	once := false
	c := &cobra.Command{
		Use: "run", Short: a.t("help.run"), Long: a.t("help.run.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			thrifty()
			// Whoever reads the log may go away: without this, its next line would end the
			// program. Notify, not Ignore, which every command that is run would inherit.
			signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
			hup := make(chan os.Signal, 1)
			if !once { // one that comes before all is open is heeded then
				signal.Notify(hup, syscall.SIGHUP)
				defer signal.Stop(hup)
			}
			s, err := a.openServing(c.Context(), once)
			switch {
			case err != nil && !once && c.Context().Err() != nil: // told to stop before it had begun
				return nil
			case err != nil:
				return err
			}
			defer s.close()
			if once {
				return s.onceByCron(c.Context())
			}
			return a.serve(c.Context(), s, hup)
		},
	}
	c.Flags().BoolVar(&once, "once", false, a.t("help.flag.once"))
	return c
}

// serving is the one process that takes in and sends.
type serving struct {
	*desk.Desk
	cfg    *Config
	log    *slog.Logger
	db     *store.DB
	lock   *store.Lock
	reader *mailbox.Reader
	sender *mailbox.Sender

	imap, smtp route // for a daemon as long as it lives, else see recallRoutes
	calls      *alarmCalls
	passed     time.Time // when the last pass of this process ended; zero: none did
}

// openServing opens everything that the daemon needs. A daemon that begins tries every
// log-in; where a process makes one pass only, once, it keeps to the pause of those before.
func (a *app) openServing(ctx context.Context, once bool) (*serving, error) {
	if !once {
		a.beat = newHeartbeat()
	}
	s, err := a.configured()
	if err != nil {
		return nil, err
	}
	if err := a.ready(ctx, s, once); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// ready makes s fit for its work. Where there is a register and nobody works on it, the
// log-in to the mailbox goes on beside the opening of the register and the reading of the
// rules: it takes as long as both. Where there is none yet, rules that are wrong leave
// none behind; the log-in goes on while one is made. Whether a process that makes one pass may
// log in, the register tells first.
func (a *app) ready(ctx context.Context, s *serving, once bool) error {
	if newest, lost := lostRegister(s.cfg); lost {
		return errors.New(a.t("error.lost", s.cfg.Store.Path, newest))
	}
	_, missing := os.Stat(s.cfg.Store.Path)
	if missing == nil {
		if lock, err := store.Acquire(s.cfg.Store.Path); err == nil { // else take tells, behind what is wrong with the register
			s.lock = lock
			if !once {
				s.reader.Begin(ctx)
			}
		}
		if err := s.take(ctx); err != nil {
			return err
		}
		if once {
			if err := s.recallRoutes(ctx); err != nil {
				return err
			}
			if !s.imap.paused(time.Now()) {
				s.reader.Begin(ctx)
			}
		}
	}
	o, err := a.optionsOf(s)
	if err != nil {
		return err
	}
	if missing != nil {
		s.reader.Begin(ctx)
		o.Policy.Learn() // the first pass will bring letters
		if err := s.take(ctx); err != nil {
			return err
		}
	}
	o.Store = s.db
	o.Stopping = func() bool { return ctx.Err() != nil }
	s.Desk = desk.New(o)
	if err := a.recompute(ctx, s.Desk, true); err != nil {
		return err
	}
	_, err = s.Recover(ctx)
	return err
}

// take opens the register and takes its lock, if it has not got it.
func (s *serving) take(ctx context.Context) (err error) {
	if s.db, err = store.Open(ctx, s.cfg.Store.Path); err != nil || s.lock != nil {
		return err
	}
	s.lock, err = store.Acquire(s.cfg.Store.Path)
	return err
}

// configured reads the configuration. No server is spoken to.
func (a *app) configured() (*serving, error) {
	cfg, err := a.config(NeedStore, NeedIMAP, NeedSMTP)
	if err != nil {
		return nil, err
	}
	s := &serving{cfg: cfg, log: a.logger(cfg), calls: new(alarmCalls)}
	if s.reader, err = readerOf(cfg, s.log, a.beat.during); err != nil {
		return nil, err
	}
	return s, nil
}

// optionsOf makes of the configuration all that a desk needs but the register. What
// is wrong with the policy and the calendar is found out here.
func (a *app) optionsOf(s *serving) (desk.Options, error) {
	cfg := s.cfg
	o, err := a.deskOptions(cfg)
	if err != nil {
		return desk.Options{}, err
	}
	if s.sender, err = senderOf(cfg, s.log, a.beat.during); err != nil {
		return desk.Options{}, err
	}
	o.Inbox, o.Sender, o.Log = s.reader, s.sender, s.log
	if cfg.IMAP.Filing != desk.FileNone {
		o.Filer = s.reader
	}
	o.SentFolder = s.reader.SentFolder
	if cfg.IMAP.SentFolder != "" {
		o.SentFolder = namedSent{s.reader, cfg.IMAP.SentFolder}.SentFolder
	}
	if cfg.SMTP.SaveSent {
		o.Sent = s.reader
		if cfg.IMAP.SentFolder != "" {
			o.Sent = namedSent{s.reader, cfg.IMAP.SentFolder}
		}
	}
	return o, nil
}

// close gives back what there is, the database last. A server may take a while over
// its farewell.
func (s *serving) close() {
	s.calls.finish()
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = mailbox.Survive(func() error { s.reader.Close(); return nil })
	}()
	if s.sender != nil {
		s.sender.Close()
	}
	if s.lock != nil {
		s.lock.Release()
	}
	if s.db != nil {
		s.db.Close()
	}
	<-left
}

func (s *serving) poll(ctx context.Context) (desk.PollReport, error) {
	intake, cancel := graceful(ctx, brief)
	defer cancel()
	r, err := s.Poll(intake)
	s.passed = r.Ended
	if err != nil {
		return r, fmt.Errorf("take in letters: %w", err)
	}
	s.log.InfoContext(ctx, "intake pass ended", "folders", r.Folders, "seen", r.Seen, "registered", r.Registered, "joined", r.Joined)
	return r, nil
}

// flush delivers what is due.
func (s *serving) flush(ctx context.Context) (desk.FlushReport, error) {
	r, err := s.Flush(ctx)
	if err != nil {
		return r, fmt.Errorf("deliver outbox: %w", err)
	}
	if r != (desk.FlushReport{}) {
		s.log.InfoContext(ctx, "outbox pass ended", "sent", r.Sent, "deferred", r.Deferred, "failed", r.Failed, "uncertain", r.Uncertain)
	}
	return r, nil
}

// deliverNow is flush, and learns from it of the way to the server.
func (s *serving) deliverNow(ctx context.Context) (desk.FlushReport, error) {
	r, err := s.flush(ctx)
	if r.Sent+r.Failed > 0 { // what ended a pass that came on is no sign of an outage: the rest waits shortly
		s.smtp.note(nil, time.Now())
	}
	if r != (desk.FlushReport{}) || err != nil { // an empty outbox proves nothing of the server
		s.smtp.note(err, time.Now())
	}
	return r, err
}

// remind queues what the hour asks staff to be told, and reports whether that
// was anything.
func (s *serving) remind(ctx context.Context) (queued bool, err error) {
	r, err := s.RemindNow(ctx)
	if err != nil {
		return false, fmt.Errorf("remind: %w", err)
	}
	if r.Queued > 0 {
		s.log.InfoContext(ctx, "reminders queued", "letters", r.Queued, "requests", len(r.Due))
	}
	return r.Queued > 0, nil
}

// graceful returns a context that lives on for d after ctx ended: what is in
// hand may be finished, then it is cancelled.
func graceful(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(d, func() { cancel(context.Cause(ctx)) })
		context.AfterFunc(work, func() { t.Stop() })
	})
	return work, func() { stop(); cancel(nil) }
}
