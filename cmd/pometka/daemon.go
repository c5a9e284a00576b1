package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/robfig/cron/v3"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
)

// quietLimit is the least time without a pass before staff is told, and
// lateAfter how many poll intervals it is where those are long. Tests are less
// patient.
var quietLimit = 15 * time.Minute

const lateAfter = 3

// longestLook is how long reminders and troubles may wait while letters come in
// without a break.
const longestLook = time.Minute

// daemon is the loop: a pass, then a wait for the first of what may need
// another one. A letter of ours to which the server has not answered within
// sendPatience is waited for beside it.
type daemon struct {
	*app
	*serving
	probe   *probe // of the health checks; nil: nobody may ask
	started time.Time

	folder string    // to wait at; "": none was seen yet
	noIdle bool      // the server said that it cannot announce
	sought time.Time // when the last look at the mailbox began
	tookIn bool      // the last pass brought messages
	looked time.Time // when reminders and troubles were looked at last
	behind bool      // it was said that the register's calendar cannot be followed

	used   bool      // there was work since memory was given back
	fresh  bool      // there was work since it was tidied up behind
	spared time.Time // when memory was given back

	mistakes atomic.Int32 // of this program, that staff was not told of yet

	schedule *cron.Cron
	hup      chan os.Signal
	wake     chan struct{} // from cron

	nightly    chan audited // what an audit found
	checking   bool         // one is being made
	checkAfter time.Time    // not before, since the last one ended

	unread string // the folders that the last pass could not read, as the log has it; "": none

	copied    chan error // how a backup ended
	copying   bool       // one is being made
	copyAfter time.Time  // not before, since the last one failed

	beside sync.WaitGroup // audits and backups that are being made
}

// serve runs the daemon until ctx ends. A signal from hup asks to reload.
func (a *app) serve(ctx context.Context, s *serving, hup chan os.Signal) error {
	d := &daemon{
		app: a, serving: s, started: time.Now(),
		hup: hup, wake: make(chan struct{}, 1), nightly: make(chan audited, 1), copied: make(chan error, 1),
	}
	work, cancel := graceful(ctx, grace)
	defer cancel()
	d.install()
	defer func() { <-d.schedule.Stop().Done() }()
	d.beat.next(0) // to open the register may have taken longer than anything else
	stopHealth, err := d.health()
	if err != nil {
		return err
	}
	defer stopHealth()
	defer d.beside.Wait()
	d.giveBack(work) // what the start alone needed
	d.log.Info("pometka started", "poll", d.serving.cfg.IMAP.Poll.String())
	d.beat.ready()
	stopping := sync.OnceFunc(d.beat.stopping)
	context.AfterFunc(ctx, stopping) // the letter in hand may take grace
	for ctx.Err() == nil {
		d.turn(ctx, work)
		if d.try(ctx, (*daemon).rest) != nil {
			pause(ctx, d.serving.cfg.IMAP.Poll)
		}
	}
	if d.Awaited() != nil { // how the last letter ended is written down
		_ = d.try(work, (*daemon).land)
	}
	stopping() // or wait until it is said
	d.log.Info("pometka stopped")
	return nil
}

// rehearse makes ready what the first letter would wait for. What it cannot, the
// first pass will tell of.
func (d *daemon) rehearse(ctx context.Context) {
	if err := mailbox.Survive(func() error { return d.Rehearse(ctx) }); err != nil {
		d.log.Debug("no rehearsal", "error", err)
	}
}

// giveBack gives the memory that is not in use back to the system; what the next
// letter needs of it comes back at once, not when it has come. A letter takes a
// megabyte: that of the rehearsal is collected, so that it is there.
func (d *daemon) giveBack(ctx context.Context) {
	d.spared = time.Now()
	heapFloor.Store(thriftyHeap)
	freeMemory()
	d.rehearse(ctx)
	runtime.GC()
}

// tidyUp works behind what was done, so that the next letter need not: it collects the
// garbage, and folds the log of the register into its file, either of which may
// take longer than the letter. The memory goes back to the system once a minute at
// most: the runtime by itself takes many minutes over it.
func (d *daemon) tidyUp(ctx context.Context) error {
	if !d.used {
		return nil
	}
	if time.Since(d.spared) >= longestLook {
		d.used = false
		d.giveBack(ctx)
	} else if d.fresh {
		runtime.GC()
	}
	if !d.fresh {
		return nil
	}
	d.fresh = false
	return d.Store.Fold(ctx)
}

// turn is one pass of everything. Each part is tried whatever becomes of the
// others.
func (d *daemon) turn(ctx, work context.Context) {
	d.beat.next(0)
	var errs []error
	do := func(ctx context.Context, job job) { errs = append(errs, d.try(ctx, job)) }
	flush := func() (silent error) { // who wrote waits for nobody else
		do(work, (*daemon).follow)
		do(work, func(d *daemon, work context.Context) error {
			r, err := d.deliver(work)
			silent = r.Silent
			return err
		})
		return silent
	}
	d.FlushNow = flush
	if d.Answered() { // what became of that letter must not wait for the mailbox
		_ = d.FlushNow()
	}
	do(work, (*daemon).follow)
	do(ctx, (*daemon).takeIn)
	flush()
	if d.tookIn {
		d.used, d.fresh = true, true
	}
	if ctx.Err() == nil { // else the letter in hand was the last: what is due stays due
		d.lookAbout(ctx, work, do)
		do(work, (*daemon).tidyUp)
	}
	do(work, (*daemon).confess)
	if err := errors.Join(errs...); err != nil && ctx.Err() == nil {
		d.log.Error("pass failed", "error", err)
	}
}

// lookAbout is the part of a turn that waits while letters come in, though not for long.
func (d *daemon) lookAbout(ctx, work context.Context, do func(context.Context, job)) {
	now := time.Now()
	if d.tookIn && now.Sub(d.looked) < longestLook {
		return
	}
	d.looked = now
	do(work, (*daemon).remindAll)
	do(ctx, (*daemon).startAudit)
	do(ctx, (*daemon).startBackup)
	do(work, (*daemon).look)
}

// remindAll queues what staff is to be told, and sends it.
func (d *daemon) remindAll(work context.Context) error {
	queued, err := d.remind(work)
	if queued {
		err = errors.Join(err, d.land(work))
	}
	return err
}

// look is what needs to be done now and then, and reads more of the register
// than a letter does: troubles.
func (d *daemon) look(work context.Context) error {
	var errs []error
	select {
	case err := <-d.copied:
		d.used = true
		errs = append(errs, d.backedUp(work, err))
	default:
	}
	select {
	case found := <-d.nightly:
		d.used = true
		errs = append(errs, d.tellAudit(work, found))
	default:
	}
	return errors.Join(append(errs, d.CheckHealth(work, d.vitals(d.started)))...)
}

func (d *daemon) takeIn(ctx context.Context) error {
	d.sought = time.Now()
	if d.imap.paused(time.Now()) {
		d.tookIn = false
		return nil
	}
	intake, cancel := graceful(ctx, brief)
	defer cancel()
	r, err := d.Poll(intake)
	d.imap.note(err, time.Now())
	if !r.Ended.IsZero() {
		d.passed = r.Ended
		d.probe.pass(r.Ended)
	}
	d.tookIn = r.Seen > 0
	if r.Registered >= manyRequests {
		lean() // until memory is given back
	}
	unread := ""
	if errors.Is(err, desk.ErrUnread) {
		if unread = err.Error(); unread == d.unread { // the log has it already
			err = nil
		}
	} else if err != nil {
		d.noIdle = false // who answers next time may be able to
	}
	if d.unread = unread; err != nil {
		return fmt.Errorf("take in letters: %w", err)
	}
	if r.Seen > 0 {
		d.log.InfoContext(ctx, "intake pass ended", "folders", r.Folders, "seen", r.Seen, "registered", r.Registered, "joined", r.Joined)
	}
	return nil
}

func (d *daemon) deliver(ctx context.Context) (desk.FlushReport, error) {
	if d.Awaited() == nil && d.smtp.paused(time.Now()) {
		if resent, err := d.Store.Resent(ctx, d.smtp.lost); !resent {
			return desk.FlushReport{}, err
		}
		// A person who resends a letter knows that the server is back.
	}
	r, err := d.deliverNow(ctx)
	if r != (desk.FlushReport{}) {
		d.used, d.fresh = true, true
	}
	if errors.Is(err, mailbox.ErrLogin) && d.smtp.refused < refusals {
		d.smtp.next = time.Now().Add(refusedAgain)
	}
	return r, err
}

// land is deliver for whoever needs no report.
func (d *daemon) land(work context.Context) error {
	_, err := d.deliver(work)
	return err
}

// late is how long no pass may end before that is trouble.
func late(cfg *Config) time.Duration { return max(quietLimit, lateAfter*cfg.IMAP.Poll) }

func (s *serving) vitals(started time.Time) desk.Vitals {
	return desk.Vitals{
		Started: started, Passed: s.passed, Late: late(s.cfg), Free: freeBytes(s.cfg.Store.Path),
		IMAP: s.imap.login(), SMTP: s.smtp.login(),
	}
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
