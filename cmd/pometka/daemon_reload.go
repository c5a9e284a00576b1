package main

import (
	"context"
	"errors"

	"github.com/robfig/cron/v3"

	"license.kz/pometka/desk"
)

// install puts what the configuration says into use that is not the desk's: the
// schedule, and how alarms are told beside mail.
func (d *daemon) install() {
	if d.schedule != nil {
		<-d.schedule.Stop().Done()
	}
	d.Desk.Alert, d.Desk.Patience = d.tell, sendPatience
	d.Desk.Inbox = &watched{Reader: d.reader, daemon: d}
	d.Desk.Sender = &watchedSender{Sender: d.sender, beat: d.beat}
	if d.Sent != nil {
		d.Sent = &calmSent{SentBox: d.Sent, serving: d.serving}
	}
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

// reload reads the configuration and the templates anew. What is wrong with
// them is said in the log, and the old ones stay in use.
func (d *daemon) reload(ctx context.Context) {
	d.beat.reloading()
	defer d.beat.ready() // also with the old one: the service goes on
	next := *d.app
	s, err := next.configured()
	var o desk.Options
	if err == nil {
		o, err = next.optionsOf(s)
	}
	if err == nil && s.cfg.Store.Path != d.serving.cfg.Store.Path {
		err = errors.New("store.path is another one: stop pometka and start it again")
	}
	if err == nil && s.cfg.HTTP.Listen != d.serving.cfg.HTTP.Listen {
		err = errors.New("http.listen is another one: stop pometka and start it again")
	}
	if err == nil {
		err = s.cfg.secretsAtHand(ctx)
	}
	if err != nil {
		d.notReloaded(err)
		return
	}
	o.Store, o.Stopping = d.Store, d.Stopping
	s.db, s.lock, s.calls, s.passed, s.Desk = d.db, d.lock, d.calls, d.passed, desk.New(o)
	if err := next.recompute(ctx, s.Desk, true); err != nil {
		d.notReloaded(err)
		return
	}
	s.TakeOver(d.Desk)
	last := d.sender
	d.beside.Go(func() { last.Close() }) // a letter may be on its way
	d.reader.Close()
	*d.app, *d.serving = next, *s
	d.imap, d.smtp = route{}, route{}
	d.probe.tune(d.serving.cfg)
	d.install()
	d.rehearse(ctx)
	d.log.Info("configuration reloaded")
}

// aValue is what an error of the configuration quotes of it: it may name a person.
var aValue = lazily(`"(?:[^"\\]|\\.)*"`)

// notReloaded logs the line and the key of what is wrong, without the values that stand there.
func (d *daemon) notReloaded(err error) {
	d.log.Error("configuration not reloaded, the old one stays in use: run pometka config check",
		"error", aValue().ReplaceAllString(err.Error(), `"…"`))
}

// secretsAtHand is why nobody could log in with the secrets that lie in a file or in the
// environment. What a command prints is asked for when it is needed: it may need a network.
func (c *Config) secretsAtHand(ctx context.Context) error {
	for _, s := range []SecretRef{c.IMAP.Secret, c.SMTP.Secret} {
		if s.IsZero() || len(s.Command) > 0 {
			continue
		}
		if _, err := s.Secret()(ctx); err != nil {
			return err
		}
	}
	return nil
}
