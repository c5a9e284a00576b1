package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// Vitals is what the desk cannot find out by itself.
type Vitals struct {
	Started    time.Time     // when this process did: it is not to blame for what was not done before
	Passed     time.Time     // PollReport.Ended of its last pass that did; zero: there was none
	Late       time.Duration // after which time without a pass there is trouble; 0: never
	Free       uint64        // bytes on the disk of the register; 0: not known
	IMAP, SMTP Login
}

// Login tells whether a mail server accepts our log-in. The zero value says that nobody has
// tried since the start, so that a trouble that was known before goes on.
type Login struct {
	Refused time.Time // since when it is refused for good; zero: it is not
	Worked  bool      // it was the last time
}

func (d *Desk) checkLogin(ctx context.Context, code string, l Login) error {
	switch {
	case !l.Refused.IsZero():
		return d.Raise(ctx, code, 0, l.Refused)
	case l.Worked:
		return d.Clear(ctx, code)
	}
	return nil
}

// Bounds of what is no trouble yet.
const (
	LeastFree  = 500 << 20 // bytes on the disk; enough for days of letters
	enoughFree = 600 << 20 // bytes that end that trouble: a disk at the bound is told of once
	stuckAfter = time.Hour // that a letter of ours may wait
)

// CheckHealth raises and clears what can be seen at once. It is cheap enough
// for every pass. Each check is made whatever becomes of the others: a register
// that cannot be written is a reason more to be told.
func (d *Desk) CheckHealth(ctx context.Context, v Vitals) error {
	now := d.Now()
	errs := []error{
		d.checkDisk(ctx, v.Free, now), d.checkLogin(ctx, TroubleLogin, v.IMAP), d.checkLogin(ctx, TroubleSendLogin, v.SMTP),
	}
	f, err := d.Store.Counts(ctx)
	if err == nil {
		errs = append(errs, d.checkClock(ctx, now, f.LastEvent), d.checkOutbox(ctx, f.OldestQueue, now), d.checkQuarantine(ctx, f, now))
	}
	return errors.Join(append(errs, err, d.checkPass(ctx, v, now), d.shout(ctx))...)
}

// passNoted is how old the note of the last pass may be.
const passNoted = time.Minute

// notePass writes down that a pass has ended, and waits for the disk, which holds then
// whatever the pass brought. A pass that brought nothing writes nothing as long as the
// last one ended a moment ago.
func (d *Desk) notePass(ctx context.Context, brought bool) error {
	now := d.Now()
	if !brought {
		last, err := d.Store.LastPass(ctx)
		if age := now.Sub(last); err != nil || age >= 0 && age < passNoted {
			return err
		}
	}
	return d.Store.SetPass(ctx, now)
}

func (d *Desk) checkPass(ctx context.Context, v Vitals, now time.Time) error {
	last := v.Passed
	if last.IsZero() {
		last = v.Started
	}
	late := now.Sub(last) // whatever the clock on the wall was put to since
	switch {
	case v.Late > 0 && late >= v.Late && v.IMAP.Refused.IsZero(): // a refused log-in is its own trouble
		return d.Raise(ctx, TroubleNoPass, int(late/time.Minute), last)
	case !v.Passed.IsZero() && late < v.Late:
		return d.Clear(ctx, TroubleNoPass)
	}
	return nil
}

func (d *Desk) checkOutbox(ctx context.Context, oldest, now time.Time) error {
	if oldest.IsZero() || now.Sub(oldest) <= stuckAfter {
		return errors.Join(d.Clear(ctx, TroubleOutbox), d.Clear(ctx, TroubleMute))
	}
	n, err := d.Delayed(ctx)
	if err != nil {
		return err
	}
	var office []int64
	for _, at := range []time.Time{now, now.Add(-stuckAfter)} { // when the office opens, they have not gone out yet
		waiting, err := d.untimely(ctx, at)
		if err != nil || len(waiting) > 0 && len(waiting) >= n {
			return err
		}
		office = append(office, waiting...)
	}
	return errors.Join(d.checkMute(ctx, office, now), d.Raise(ctx, TroubleOutbox, max(n, 1), oldest))
}

// checkMute looks whether the server takes nothing any more after mail has told of a letter
// that does not go out: that one may be put off for its recipient alone. Until mail has told
// of it, the same is told by it.
func (d *Desk) checkMute(ctx context.Context, office []int64, now time.Time) error {
	t, known, err := d.trouble(ctx, TroubleOutbox)
	if err != nil || !known || t.Mail == 0 {
		return err
	}
	if sent, _, err := d.delivery(ctx, t.Mail); err != nil || !sent {
		return err
	}
	since, err := d.Store.NoneSince(ctx, now.Add(-stuckAfter), office)
	if err != nil {
		return err
	}
	return d.state(ctx, TroubleMute, !since.IsZero(), 0, since)
}

// Delayed counts the letters of ours that have waited to be sent for longer than they may.
func (d *Desk) Delayed(ctx context.Context) (int, error) {
	return d.Store.QueuedBefore(ctx, d.Now().Add(-stuckAfter))
}

func (d *Desk) checkDisk(ctx context.Context, free uint64, now time.Time) error {
	switch {
	case free == 0: // not known
	case free < LeastFree:
		return d.Raise(ctx, TroubleDisk, 0, now)
	case free >= enoughFree:
		return d.Clear(ctx, TroubleDisk)
	}
	return nil
}

// checkQuarantine looks for letters that could not be read and that nobody has
// decided on.
func (d *Desk) checkQuarantine(ctx context.Context, f store.Counts, now time.Time) error {
	if f.Events == d.eventsAtLook {
		return nil
	}
	unread, err := d.Store.InReview(ctx, mailbox.TroubleUnreadable)
	if err != nil {
		return err
	}
	err = d.state(ctx, TroubleQuarantine, unread, 0, now)
	if err == nil {
		d.eventsAtLook = f.Events
	}
	return err
}

// Audit takes in what the nightly verification found. If the history itself is broken, it says
// nothing about the rows: a trouble with them goes on.
func (d *Desk) Audit(ctx context.Context, breaks []store.Break) error {
	if slices.ContainsFunc(breaks, func(b store.Break) bool { return b.Table == "events" || b.Table == "meta" }) {
		return d.Raise(ctx, TroubleChain, 0, d.Now())
	}
	if err := d.Clear(ctx, TroubleChain); err != nil {
		return err
	}
	return d.state(ctx, TroubleAudit, len(breaks) > 0, 0, d.Now())
}

// CertificateDays is how many days before its end a certificate is trouble.
const CertificateDays = 14

// CheckCertificate is told until when the first of the mail servers'
// certificates to expire is valid; zero when there is none. all says that every
// server was asked: the certificate of one that could not be is not renewed
// because another's is good.
func (d *Desk) CheckCertificate(ctx context.Context, end time.Time, all bool) error {
	left := end.Sub(d.Now())
	soon := !end.IsZero() && left < CertificateDays*24*time.Hour
	if !soon && !all {
		return nil
	}
	return d.state(ctx, TroubleCertificate, soon, max(int(left/(24*time.Hour)), 0), d.Now())
}

// BackedUp notes whether the copy of the register that was due could be made.
func (d *Desk) BackedUp(ctx context.Context, made bool) error {
	return d.state(ctx, TroubleBackup, !made, 0, d.Now())
}
