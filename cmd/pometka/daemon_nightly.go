package main

import (
	"context"
	"errors"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
)

// startAudit verifies the whole register once a night, and holds the mailbox
// against it, beside the passes. Only when staff was told of what it found has it
// taken place: see tellAudit.
func (d *daemon) startAudit(ctx context.Context) error {
	now := d.Now().In(d.Zone)
	day := now.Format(time.DateOnly)
	last, err := d.Store.Meta(ctx, store.MetaLastAudit)
	if err != nil || last == day || d.audit == day || now.Hour() < auditHour {
		return nil
	}
	if d.audit = day; last == "" { // a new register has its first night before it
		_ = d.Store.SetMeta(ctx, store.MetaLastAudit, day)
		return nil
	}
	db, log, ends := d.Store, d.log, []func(context.Context) (time.Time, error){d.reader.CertificateEnd, d.sender.CertificateEnd}
	cfg, beside := d.serving.cfg, d.Desk.Options
	d.auditing.Go(func() {
		err := d.try(ctx, func(d *daemon, ctx context.Context) error {
			purgeByNight(ctx, cfg, beside)
			breaks, err := db.Verify(ctx)
			if err != nil {
				return err
			}
			log.Info("nightly audit ended", "breaks", len(breaks))
			end, asked := firstEnd(ctx, ends)
			d.nightly <- audited{day, breaks, end, asked, reconcileBeside(ctx, cfg, beside)}
			return nil
		})
		if err != nil && ctx.Err() == nil {
			log.Error("nightly audit did not end", "error", err)
		}
	})
	return nil
}

// tellAudit tells staff of what an audit found.
func (d *daemon) tellAudit(ctx context.Context, found audited) error {
	err := errors.Join(d.Audit(ctx, found.breaks), d.CheckCertificate(ctx, found.certificate, found.asked))
	if found.mailbox != nil {
		err = errors.Join(err, d.Reconciled(ctx, *found.mailbox))
	}
	if err != nil {
		return err
	}
	return d.Store.SetMeta(ctx, store.MetaLastAudit, found.day)
}

// auditHour is the hour from which on the register is verified by night.
const auditHour = 2

// audited is what a nightly audit found.
type audited struct {
	day         string
	breaks      []store.Break
	certificate time.Time // end of the first certificate to expire; zero: none seen
	asked       bool      // every server for its certificate
	mailbox     *desk.Reconciliation
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
