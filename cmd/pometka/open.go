package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
)

// openDesk opens the register for a staff command, without servers.
func (a *app) openDesk(ctx context.Context) (*desk.Desk, func(), error) {
	return a.deskOn(ctx, false)
}

// madeDesk is openDesk for what may come before the service has run for the first time: it
// makes a register where there is none.
func (a *app) madeDesk(ctx context.Context) (*desk.Desk, func(), error) {
	return a.deskOn(ctx, true)
}

func (a *app) deskOn(ctx context.Context, make bool) (*desk.Desk, func(), error) {
	cfg, err := a.config(NeedStore)
	if err != nil {
		return nil, nil, err
	}
	o, err := a.deskOptions(cfg)
	if err != nil {
		return nil, nil, err
	}
	if o.Store, err = a.openStore(ctx, cfg, make); err != nil {
		return nil, nil, err
	}
	d := desk.New(o)
	if err := a.recompute(ctx, d, false); err != nil {
		o.Store.Close()
		return nil, nil, err
	}
	return d, func() { o.Store.Close() }, nil
}

// openStore opens the register, or makes it if it may: not where there are copies of one,
// which has been lost.
func (a *app) openStore(ctx context.Context, cfg *Config, make bool) (*store.DB, error) {
	db, err := store.OpenFor(ctx, cfg.Store.Path, staffWaits)
	if !errors.Is(err, store.ErrNoRegister) {
		return db, err
	}
	if newest, lost := lostRegister(cfg); lost {
		return nil, errors.New(a.t("error.lost", cfg.Store.Path, newest))
	}
	if make {
		return store.Open(ctx, cfg.Store.Path)
	}
	return nil, err
}

// withDesk runs f with the register open.
func (a *app) withDesk(c *cobra.Command, f func(*desk.Desk) error) error {
	d, done, err := a.openDesk(c.Context())
	if err != nil {
		return err
	}
	defer done()
	return f(d)
}

// withRequest runs f on the request that a short number names.
func (a *app) withRequest(c *cobra.Command, short string, f func(*desk.Desk, store.Request) error) error {
	return a.withDesk(c, func(d *desk.Desk) error {
		n, err := number(c.Context(), d, short)
		if err != nil {
			return err
		}
		r, err := d.Store.Request(c.Context(), n)
		if err != nil {
			return err
		}
		return f(d, r)
	})
}

// withReader runs f with the register and the mailbox open, beside a daemon
// that may be running: nothing is sent.
func (a *app) withReader(ctx context.Context, f func(*desk.Desk, *Config) error) error {
	cfg, err := a.config(NeedStore, NeedIMAP)
	if err != nil {
		return err
	}
	o, err := a.deskOptions(cfg)
	if err != nil {
		return err
	}
	o.Log = a.logger(cfg)
	reader, _, err := servers(cfg, o.Log)
	if err != nil {
		return err
	}
	defer reader.Close()
	o.Inbox = reader
	if o.Store, err = a.openStore(ctx, cfg, false); err != nil {
		return err
	}
	defer o.Store.Close()
	d := desk.New(o)
	if err := a.recompute(ctx, d, false); err != nil {
		return err
	}
	return f(d, cfg)
}

// number resolves the short form of a number.
func number(ctx context.Context, d *desk.Desk, short string) (string, error) {
	return d.Store.Resolve(ctx, strings.ToUpper(strings.TrimSpace(short)))
}
