package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) forgetCommand() *cobra.Command {
	var why string
	var dry, yes bool
	c := a.withJSON(&cobra.Command{
		Use: "forget ADDRESS [--why TEXT] [--dry-run] [--yes]", Short: a.t("help.forget"), Long: a.t("help.forget.long"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c, func(d *desk.Desk) error { return a.forget(c, d, strings.TrimSpace(args[0]), why, dry, yes) })
		},
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.forget_why"))
	c.Flags().BoolVar(&dry, "dry-run", false, a.t("help.flag.purge_dry"))
	c.Flags().BoolVar(&yes, "yes", false, a.t("help.flag.purge_yes"))
	return c
}

func (a *app) forget(c *cobra.Command, d *desk.Desk, address, why string, dry, yes bool) error {
	if !strings.Contains(address, "@") {
		return usage(errors.New(a.t("forget.address", templates.Safe(address))))
	}
	t, err := d.Store.TracesOf(c.Context(), address)
	if err != nil {
		return err
	}
	if t.Empty() {
		return coded{exitNotFound, errors.New(a.t("forget.nothing", templates.Safe(address)))}
	}
	j := purgedJSON{DryRun: dry, Requests: a.purgeableJSON(d, t.Requests), Letters: len(t.Letters), Mails: t.Mails}
	if !a.json {
		a.printTraces(d, t)
	}
	if dry {
		if a.json {
			return a.printJSON(j)
		}
		a.printf("%s\n", a.t("purge.dry"))
		return nil
	}
	if open := t.Open(); len(open) > 0 && why == "" {
		return usage(errors.New(a.t("forget.open", strings.Join(open, ", "))))
	}
	if !yes {
		if err := a.agreed(a.t("forget.ask", templates.Safe(address))); err != nil {
			return err
		}
	}
	actor, err := a.actor()
	if err != nil {
		return err
	}
	sum, err := d.Forget(c.Context(), address, why, actor)
	return a.purged(j, sum, err)
}

// printTraces lists what there is of a person.
func (a *app) printTraces(d *desk.Desk, t store.Traces) {
	a.printPurgeable(d, t.Requests, time.Time{})
	for _, l := range t.Letters {
		a.printf("  %s  %s\n", l.Number, a.t("forget.letter"))
	}
	if t.Mails > 0 {
		a.printf("  %s\n", a.t("forget.mails", t.Mails))
	}
}
