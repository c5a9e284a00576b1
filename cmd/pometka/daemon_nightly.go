package main

import (
	"context"
	"errors"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// startAudit verifies the whole register once a night, and holds the mailbox
// against it, beside the passes. Only when staff was told of what it found has either
// taken place: see tellAudit. What has not is tried again through the day: a provider
// may be at work on its servers at that hour every night.
func (d *daemon) startAudit(ctx context.Context) error {
	now := d.Now()
	day := now.In(d.Zone).Format(time.DateOnly)
	if d.checking || now.Before(d.checkAfter) || now.In(d.Zone).Hour() < auditHour {
		return nil
	}
	last, err := d.Store.Meta(ctx, store.MetaLastAudit)
	if err != nil {
		return nil
	}
	if last == "" { // a new register has its first night before it
		d.checkAfter = now.Add(auditAgain)
		_ = d.Store.SetMeta(ctx, store.MetaLastAudit, day)
		_ = d.Store.SetMeta(ctx, store.MetaLastReconciled, day)
		return nil
	}
	compared, err := d.Store.Meta(ctx, store.MetaLastReconciled)
	if err == nil && compared == "" { // the register is older than this fact
		compared, err = last, d.Store.SetMeta(ctx, store.MetaLastReconciled, last)
	}
	if err != nil || last == day && compared == day {
		return nil
	}
	d.checking = true
	found := audited{day: day}
	db, log, ends := d.Store, d.log, []func(context.Context) (time.Time, error){d.reader.CertificateEnd, d.sender.CertificateEnd}
	cfg, beside := d.serving.cfg, d.Desk.Options
	d.beside.Go(func() {
		err := d.try(ctx, func(d *daemon, ctx context.Context) (err error) {
			if last != day {
				purgeByNight(ctx, cfg, beside)
				if found.breaks, err = db.Verify(ctx); err != nil {
					return err
				}
				found.verified = true
				log.Info("nightly audit ended", "breaks", len(found.breaks))
			}
			found.certificate, found.asked = firstEnd(ctx, ends)
			found.mailbox = reconcileBeside(ctx, cfg, beside)
			return nil
		})
		if err != nil && ctx.Err() == nil {
			log.Error("nightly audit did not end", "error", err)
		}
		d.nightly <- found
	})
	return nil
}

// tellAudit tells staff of what an audit found.
func (d *daemon) tellAudit(ctx context.Context, found audited) error {
	d.checking, d.checkAfter = false, d.Now().Add(auditAgain)
	err := d.CheckCertificate(ctx, found.certificate, found.asked)
	if found.verified {
		if aerr := d.Audit(ctx, found.breaks); aerr != nil {
			return errors.Join(err, aerr)
		}
		err = errors.Join(err, d.Store.SetMeta(ctx, store.MetaLastAudit, found.day))
	}
	if found.mailbox != nil {
		if rerr := d.Reconciled(ctx, *found.mailbox); rerr != nil {
			return errors.Join(err, rerr)
		}
		return errors.Join(err, d.Store.SetMeta(ctx, store.MetaLastReconciled, found.day))
	}
	last, merr := d.Store.Meta(ctx, store.MetaLastReconciled)
	if before := rules.DateIn(d.Now().Add(-24*time.Hour), d.Zone).String(); merr == nil && last != "" && last < before {
		merr = d.NotReconciled(ctx)
	}
	return errors.Join(err, merr)
}

// auditAgain is how long the daemon waits after an audit before it looks whether a part
// of it has not taken place.
const auditAgain = time.Hour

// auditHour is the hour from which on the register is verified by night.
const auditHour = 2

// audited is what a nightly audit found.
type audited struct {
	day         string
	verified    bool // the whole register was
	breaks      []store.Break
	certificate time.Time            // end of the first certificate to expire; zero: none seen
	asked       bool                 // every server for its certificate
	mailbox     *desk.Reconciliation // nil: it could not be compared
}

// purgeByNight removes the content of what has been closed for longer than the
// configuration keeps it; without store.retention nothing is ever removed. What
// a person removed by day, and could not be overwritten then, is in any case.
func purgeByNight(ctx context.Context, cfg *Config, o desk.Options) {
	if cfg.Store.Retention <= 0 {
		if err := o.Store.Scrub(ctx); err != nil && ctx.Err() == nil {
			o.Log.Error("free pages were not emptied", "error", err)
		}
		return
	}
	sum, err := desk.New(o).PurgeByItself(ctx, cfg.Store.Retention)
	if err != nil && ctx.Err() == nil {
		o.Log.Error("nightly purge did not end", "error", err)
		return
	}
	if sum != (store.Purged{}) {
		o.Log.Info("nightly purge ended", "requests", sum.Requests, "letters", sum.Letters, "mails", sum.Mails)
	}
}

// reconcileBeside holds the mailbox against the ledger over a connection of its
// own, so that no letter waits for it; nil when that could not be done, which
// is trouble of another kind.
func reconcileBeside(ctx context.Context, cfg *Config, o desk.Options) *desk.Reconciliation {
	reader, _, err := servers(cfg, o.Log)
	if err != nil {
		o.Log.Error("nightly reconciliation did not begin", "error", err)
		return nil
	}
	defer reader.Close()
	o.Inbox, o.Sender, o.Sent = reader, nil, nil
	found, err := desk.New(o).Reconcile(ctx, false)
	if err != nil {
		if ctx.Err() == nil {
			o.Log.Error("nightly reconciliation did not end", "error", err)
		}
		return nil
	}
	if found.Unread != nil {
		o.Log.Error("nightly reconciliation left folders out", "error", found.Unread)
	}
	o.Log.Info("nightly reconciliation ended", "missing", found.Missing, "waiting", found.Waiting)
	return &found
}

// firstEnd is the earliest of the ends, and whether all are known. A server
// that cannot be reached is trouble of another kind.
func firstEnd(ctx context.Context, ends []func(context.Context) (time.Time, error)) (first time.Time, all bool) {
	all = true
	for _, end := range ends {
		at, err := end(ctx)
		all = all && err == nil
		if err == nil && !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, all
}
