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
			return a.withDesk(c, func(d *desk.Desk) error {
				return a.forget(c, d, strings.TrimSpace(args[0]), strings.TrimSpace(why), dry, yes)
			})
		},
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.forget_why"))
	c.Flags().BoolVar(&dry, "dry-run", false, a.t("help.flag.purge_dry"))
	c.Flags().BoolVar(&yes, "yes", false, a.t("help.flag.purge_yes"))
	return c
}

func (a *app) forget(c *cobra.Command, d *desk.Desk, address, why string, dry, yes bool) error {
	if !strings.Contains(address, "@") {
		return a.misuse("forget.address", templates.Safe(address))
	}
	t, err := d.Store.TracesOf(c.Context(), address)
	if err != nil {
		return err
	}
	if t.Empty() {
		return a.forgotten(c, d, address, dry)
	}
	j := purgedJSON{DryRun: dry, Requests: a.purgeableJSON(d, t.Requests), Letters: t.Going.Letters, Mails: t.Going.Mails, Notes: t.Going.Notes}
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
		return a.misuse("forget.open", strings.Join(open, ", "))
	}
	if !yes {
		if err := a.agreed(c.Context(), a.t("forget.ask", templates.Safe(address))); err != nil {
			return err
		}
	}
	actor, err := a.actor()
	if err != nil {
		return err
	}
	sum, err := d.Forget(c.Context(), address, why, actor)
	if err := a.purged(j, sum, err); err != nil {
		return err
	}
	a.tellCopies(c)
	return nil
}

// tellCopies names the copies of the register that were made before: what was
// removed is still in them.
func (a *app) tellCopies(c *cobra.Command) {
	copies := copiesOf(c.Context(), a.cfg)
	if len(copies) == 0 {
		return
	}
	var names []string
	for _, f := range copies[:min(len(copies), 5)] {
		names = append(names, templates.Safe(f.path))
	}
	a.sayAside(a.t("forget.copies", len(copies), strings.Join(names, ", ")))
}

// forgotten answers for a person of whom there is nothing. Where an earlier
// forgetting was told to be repeated, it is finished.
func (a *app) forgotten(c *cobra.Command, d *desk.Desk, address string, dry bool) error {
	pending, err := d.Store.Meta(c.Context(), store.MetaScrub)
	if err != nil {
		return err
	}
	if pending == "" || dry {
		return coded{exitNotFound, errors.New(a.t("forget.nothing", templates.Safe(address)))}
	}
	if err := d.Store.Scrub(c.Context()); err != nil {
		return phrased("purge.half", err)
	}
	return a.purged(purgedJSON{Requests: []purgeableJSON{}}, store.Purged{}, nil)
}

// printTraces lists what there is of a person.
func (a *app) printTraces(d *desk.Desk, t store.Traces) {
	a.printPurgeable(d, t.Requests, time.Time{})
	for _, l := range t.Letters {
		a.printf("  %s  %s\n", l.Number, a.t("forget.letter"))
	}
	a.say(a.t("forget.content", t.Going.Requests, t.Going.Letters, t.Going.Mails, t.Going.Notes))
}
