package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/robfig/cron/v3"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

const (
	// longestIdle bounds one wait for the server's announcement: some servers
	// and routers forget a connection that is silent for ten minutes.
	longestIdle = 9 * time.Minute
	// secondLook is the wait after a pass that found something: not every
	// server announces what came in the instant before the wait began, and
	// reminders and troubles waited for the letter.
	secondLook = 2 * time.Second
	// longestLook is how long reminders and troubles may wait while letters
	// come in without a break.
	longestLook = time.Minute
	// quietLimit is how long no pass may end before staff is told.
	quietLimit = 15 * time.Minute
	// refusals is how many log-ins in a row may be refused, and refusedPause
	// how long none is tried after that: more would lock the account at many
	// providers, one an hour at none. SIGHUP ends the pause.
	refusals     = 3
	refusedPause = time.Hour
)

// daemon is the loop: a pass, then a wait for the first of what may need
// another one.
type daemon struct {
	*app
	*serving
	beat    *heartbeat
	imap    logins
	smtp    logins
	started time.Time
	found   bool      // the last pass took something in
	looked  time.Time // when reminders and troubles were looked at last
	folder  string
	noIdle  bool // the server said that it cannot announce
	behind  bool // it was said that the register's calendar cannot be followed

	schedule *cron.Cron
	hup      chan os.Signal
	wake     chan struct{} // from cron
	nightly  chan audited
	auditing sync.WaitGroup
}

// logins counts the refusals of one server.
type logins struct {
	refused int
	since   time.Time // of the third
	next    time.Time // before which nothing is tried; zero: at once
}

// note takes the outcome of a pass in, and reports whether the log-in was
// refused.
func (l *logins) note(err error, now time.Time) {
	if !errors.Is(err, mailbox.ErrLogin) {
		if err == nil {
			*l = logins{}
		}
		return
	}
	if l.refused++; l.refused >= refusals {
		l.next = now.Add(refusedPause)
		if l.since.IsZero() {
			l.since = now
		}
	}
}

func (l *logins) paused(now time.Time) bool { return now.Before(l.next) }

// serve runs the daemon until ctx ends.
func (a *app) serve(ctx context.Context, s *serving) error {
	d := &daemon{
		app: a, serving: s, beat: newHeartbeat(), started: time.Now(),
		hup: make(chan os.Signal, 1), wake: make(chan struct{}, 1), nightly: make(chan audited, 1),
	}
	signal.Notify(d.hup, syscall.SIGHUP)
	defer signal.Stop(d.hup)
	work, cancel := graceful(ctx, grace)
	defer cancel()
	d.install()
	defer func() { <-d.schedule.Stop().Done() }()
	stopHealth, err := d.health()
	if err != nil {
		return err
	}
	defer stopHealth()
	defer d.auditing.Wait()
	d.log.Info("pometka started", "poll", d.serving.cfg.IMAP.Poll.String())
	d.beat.ready()
	for ctx.Err() == nil {
		d.turn(ctx, work)
		d.rest(ctx)
	}
	d.beat.stopping()
	d.log.Info("pometka stopped")
	return nil
}

// install puts what the configuration says into use that is not the desk's: the
// schedule, and how alarms are told beside mail.
func (d *daemon) install() {
	if d.schedule != nil {
		<-d.schedule.Stop().Done()
	}
	d.Desk.Alert = d.tell
	d.Desk.Inbox = &watched{Reader: d.reader, daemon: d}
	d.folder, d.noIdle = "", false
	d.schedule = cron.New(cron.WithLocation(d.Zone), cron.WithChain(cron.Recover(cron.DiscardLogger), cron.SkipIfStillRunning(cron.DiscardLogger)))
	d.schedule.Schedule(d.serving.cfg.Reminders.Schedule, cron.FuncJob(func() {
		select {
		case d.wake <- struct{}{}:
		default: // a pass is due already
		}
	}))
	d.schedule.Start()
}

// turn is one pass of everything. Each part is tried whatever becomes of the
// others.
func (d *daemon) turn(ctx, work context.Context) {
	d.beat.next(0)
	errs := []error{d.follow(work), d.takeIn(work), d.follow(work), d.deliver(work)} // who wrote waits for nobody else
	if now := time.Now(); !d.found || now.Sub(d.looked) >= longestLook {
		d.looked = now
		errs = append(errs, d.look(ctx, work))
	}
	if err := errors.Join(errs...); err != nil && ctx.Err() == nil {
		d.log.Error("pass failed", "error", err.Error())
	}
}

// look is what needs to be done now and then, and reads more of the register
// than a letter does: reminders and troubles.
func (d *daemon) look(ctx, work context.Context) error {
	queued, err := d.remind(work)
	errs := []error{err}
	if queued {
		errs = append(errs, d.deliver(work))
	}
	d.startAudit(ctx)
	select {
	case found := <-d.nightly:
		errs = append(errs, d.Audit(work, found.breaks), d.CheckCertificate(work, found.certificate))
		if found.mailbox != nil {
			errs = append(errs, d.Reconciled(work, *found.mailbox))
		}
	default:
	}
	return errors.Join(append(errs, d.CheckHealth(work, d.vitals()))...)
}

func (d *daemon) takeIn(ctx context.Context) error {
	if d.imap.paused(d.Now()) {
		return nil
	}
	r, err := d.Poll(ctx)
	d.imap.note(err, d.Now())
	d.found = r.Seen > 0
	if err != nil {
		return fmt.Errorf("take in letters: %w", err)
	}
	if r.Seen > 0 {
		d.log.InfoContext(ctx, "intake pass ended", "folders", r.Folders, "seen", r.Seen, "registered", len(r.Admitted), "joined", r.Joined)
	}
	return nil
}

func (d *daemon) deliver(ctx context.Context) error {
	if d.smtp.paused(d.Now()) {
		return nil
	}
	err := d.flush(ctx)
	d.smtp.note(err, d.Now())
	return err
}

func (d *daemon) vitals() desk.Vitals {
	v := desk.Vitals{Started: d.started, Late: max(quietLimit, 3*d.serving.cfg.IMAP.Poll), LoginSince: d.imap.since, Free: freeBytes(d.serving.cfg.Store.Path)}
	if v.LoginSince.IsZero() {
		v.LoginSince = d.smtp.since
	}
	return v
}

// freeBytes is the room left on the disk of a file for whoever is not root; 0
// when it cannot be told.
func freeBytes(path string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0
	}
	return max(s.Bavail*uint64(s.Bsize), 1)
}

// rest waits until something may have to be done: the server announces, the
// poll interval ends, a letter of ours is due for another try, cron fires,
// SIGHUP or the end.
func (d *daemon) rest(ctx context.Context) {
	wait := d.untilNext(ctx)
	d.beat.next(wait)
	wait2, cancel := context.WithCancel(ctx)
	defer cancel()
	reload := false
	var listening sync.WaitGroup
	listening.Go(func() {
		select {
		case <-wait2.Done():
			return
		case <-d.hup:
			reload = true
		case <-d.wake:
		}
		cancel()
	})
	if err := d.wait(wait2, wait); err != nil && ctx.Err() == nil {
		d.log.Warn("waiting for letters failed", "error", err.Error())
		pause(wait2, min(wait, d.serving.cfg.IMAP.Poll))
	}
	cancel()
	listening.Wait()
	if reload && ctx.Err() == nil {
		d.reload(ctx)
	}
}

// wait waits for news of the first folder, or simply for a while.
func (d *daemon) wait(ctx context.Context, wait time.Duration) (err error) {
	if d.folder == "" || d.imap.refused > 0 {
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
	wait := min(d.serving.cfg.IMAP.Poll, longestIdle)
	if d.found {
		wait = min(wait, secondLook)
	}
	if d.smtp.paused(d.Now()) {
		return wait
	}
	mails, err := d.Store.Outbox(ctx, []store.MailState{store.MailQueued})
	if err != nil {
		return wait
	}
	for _, m := range mails {
		wait = min(wait, max(m.NextAttempt.Sub(d.Now()), time.Second))
	}
	return wait
}

// watched is the mailbox as the desk reads it: it remembers the first folder,
// which is the one to wait at, and each answer of the server is progress.
type watched struct {
	*mailbox.Reader
	daemon *daemon
}

func (w *watched) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	folders, err := w.Reader.Folders(ctx)
	if err == nil && len(folders) > 0 {
		w.daemon.folder = folders[0].Name
	}
	return folders, err
}

func (w *watched) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return w.Reader.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		w.daemon.beat.next(0)
		w.daemon.log.DebugContext(ctx, "letters seen", "letters", len(heads))
		return yield(heads)
	})
}

func (w *watched) Stamps(ctx context.Context, from, to uint32, yield func(mailbox.Stamp) error) error {
	return w.Reader.Stamps(ctx, from, to, func(s mailbox.Stamp) error {
		w.daemon.beat.next(0)
		return yield(s)
	})
}

// Expect says that letters are about to be read whole: most of them will be
// answered in a moment.
func (w *watched) Expect(uids []uint32) {
	w.Reader.Expect(uids)
	if w.daemon.Acknowledge.Enabled && !w.daemon.smtp.paused(w.daemon.Now()) {
		w.daemon.sender.Prepare()
	}
}

// reload reads the configuration and the templates anew. What is wrong with
// them is said in the log, and the old ones stay in use.
func (d *daemon) reload(ctx context.Context) {
	next := *d.app
	s, o, err := next.prepare()
	if err == nil && s.cfg.Store.Path != d.serving.cfg.Store.Path {
		err = errors.New("store.path is another one: stop pometka and start it again")
	}
	if err == nil && s.cfg.HTTP.Listen != d.serving.cfg.HTTP.Listen {
		err = errors.New("http.listen is another one: stop pometka and start it again")
	}
	if err != nil {
		d.log.Error("configuration not reloaded, the old one stays in use", "error", err.Error())
		return
	}
	o.Store, o.Stopping = d.Store, d.Stopping
	s.lock, s.Desk = d.lock, desk.New(o)
	if err := next.recompute(ctx, s.Desk, true); err != nil {
		d.log.Error("configuration not reloaded, the old one stays in use", "error", err.Error())
		return
	}
	d.sender.Close()
	d.reader.Close()
	*d.app, *d.serving = next, *s
	d.imap, d.smtp = logins{}, logins{}
	d.install()
	d.log.Info("configuration reloaded")
}
