package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// linkCommand says that the letters of the second request belong to the first.
func (a *app) linkCommand() *cobra.Command {
	return a.decision("link N M", exactly(2), func(c *cobra.Command, args []string) error {
		return a.withDesk(c, func(d *desk.Desk) error {
			var full [2]string
			for i, short := range args {
				n, err := number(c.Context(), d, short)
				if err != nil {
					return a.failure(c.Context(), d, short, err)
				}
				full[i] = n
			}
			who, err := a.actor()
			if err != nil {
				return err
			}
			r, err := d.Link(c.Context(), full[0], full[1], who)
			if err != nil {
				return a.linkFailure(c.Context(), d, full, err)
			}
			if a.json {
				return a.printJSON(a.requestJSON(d, r))
			}
			a.say(a.t("done.link", r.Number, full[1], templates.ShortNumber(full[1])))
			a.printf("%s\n", a.next(d, r))
			return nil
		})
	})
}

// linkFailure words why two requests cannot be linked.
func (a *app) linkFailure(ctx context.Context, d *desk.Desk, full [2]string, err error) error {
	for _, known := range []struct {
		err error
		key string
	}{{desk.ErrLinkSame, "error.link.same"}, {desk.ErrLinkKind, "error.link.kind"}, {desk.ErrLinkOrder, "error.link.order"}} {
		if errors.Is(err, known.err) {
			return notDone(exitFailed, a.t(known.key, full[0], full[1], templates.ShortNumber(full[0]), templates.ShortNumber(full[1])))
		}
	}
	wrong := full[0]
	if r, rerr := d.Store.Request(ctx, full[1]); rerr == nil && r.Status.Closed() && errors.Is(err, store.ErrStatus) {
		wrong = full[1]
	}
	return a.failure(ctx, d, wrong, err)
}
