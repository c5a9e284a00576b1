package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) purgeCommand() *cobra.Command {
	var before string
	var dry, yes bool
	c := a.withJSON(&cobra.Command{
		Use: "purge [--before DATE] [--dry-run] [--yes]", Short: a.t("help.purge"), Long: a.t("help.purge.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				limit, err := a.purgeLimit(d, before)
				if err != nil {
					return err
				}
				return a.purge(c, d, limit, dry, yes)
			})
		},
	})
	c.Flags().StringVar(&before, "before", "", a.t("help.flag.before"))
	c.Flags().BoolVar(&dry, "dry-run", false, a.t("help.flag.purge_dry"))
	c.Flags().BoolVar(&yes, "yes", false, a.t("help.flag.purge_yes"))
	return c
}

// purgeLimit is the instant before which requests must have been closed: the
// day that was named, else the retention of the configuration.
func (a *app) purgeLimit(d *desk.Desk, before string) (time.Time, error) {
	if before == "" {
		if a.cfg.Store.Retention <= 0 {
			return time.Time{}, a.misuse("purge.when")
		}
		return d.PurgeBefore(a.cfg.Store.Retention), nil
	}
	day, err := dayOf(before)
	if err != nil {
		return time.Time{}, a.misuse("purge.day", templates.Safe(before))
	}
	limit := d.DayBegins(day)
	switch now := d.Now(); {
	case day == d.Today().AddDays(1): // whatever is closed by now
		return now, nil
	case limit.After(now):
		return time.Time{}, a.misuse("purge.ahead", templates.Safe(before))
	}
	return limit, nil
}

// purgedJSON is what purge and forget print for programs.
type purgedJSON struct {
	Before   string          `json:"before,omitempty"`
	DryRun   bool            `json:"dry_run"`
	Requests []purgeableJSON `json:"requests"`
	Letters  int             `json:"letters"`
	Mails    int             `json:"mails"`
	Notes    int             `json:"notes"`
}

type purgeableJSON struct {
	Number  string       `json:"number"`
	Kind    rules.Kind   `json:"kind"`
	Status  store.Status `json:"status"`
	Since   string       `json:"since"`
	Letters int          `json:"letters"`
	Bytes   int64        `json:"bytes"`
}

func (a *app) purge(c *cobra.Command, d *desk.Desk, limit time.Time, dry, yes bool) error {
	list, err := d.Store.Purgeable(c.Context(), limit)
	if err != nil {
		return err
	}
	j := purgedJSON{Before: stamp(limit, d.Zone), DryRun: dry, Requests: a.purgeableJSON(d, list)}
	for _, r := range list {
		j.Letters, j.Mails = j.Letters+r.Letters, j.Mails+r.Mails
	}
	if !a.json {
		a.printPurgeable(d, list, limit)
	}
	if dry {
		if a.json {
			return a.printJSON(j)
		}
		a.printf("%s\n", a.t("purge.dry"))
		return nil
	}
	if len(list) > 0 && !yes {
		if err := a.agreed(c.Context(), a.t("purge.ask", len(list))); err != nil {
			return err
		}
	}
	actor, err := a.actor()
	if err != nil {
		return err
	}
	bar := a.progressBar()
	sum, err := d.Purge(c.Context(), limit, actor, func(done, total int) { bar.show("purge", int64(done), int64(total)) })
	bar.clear()
	return a.purged(j, sum, err)
}

// purged tells what a purge or a forgetting did.
func (a *app) purged(j purgedJSON, sum store.Purged, err error) error {
	if errors.Is(err, context.Canceled) && sum != (store.Purged{}) {
		return phrased("purge.half", phrased("error.interrupted"))
	}
	if err != nil && sum != (store.Purged{}) {
		return phrased("purge.half", err)
	}
	if err != nil {
		return err
	}
	if a.json {
		j.Letters, j.Mails, j.Notes = sum.Letters, sum.Mails, sum.Notes
		return a.printJSON(j)
	}
	text := a.t("purge.done", sum.Requests, sum.Letters, sum.Mails, sum.Notes)
	if sum == (store.Purged{}) {
		text = a.t("purge.nothing")
	}
	a.say(text)
	return nil
}

func (a *app) purgeableJSON(d *desk.Desk, list []store.Purgeable) []purgeableJSON {
	out := []purgeableJSON{}
	for _, r := range list {
		out = append(out, purgeableJSON{r.Number, r.Kind, r.Status, stamp(r.Since, d.Zone), r.Letters, r.Bytes})
	}
	return out
}

func (a *app) printPurgeable(d *desk.Desk, list []store.Purgeable, limit time.Time) {
	if !limit.IsZero() {
		a.say(a.t("purge.limit", a.when(limit, d)))
	}
	for _, r := range list {
		kind := a.kindNames(d.Policy, []rules.Kind{r.Kind})
		if r.Kind == "" {
			kind = a.t("list.undecided")
		}
		line := fmt.Sprintf("  %s  %s  %s, %s", r.Number, a.when(r.Since, d), kind, a.t("status."+string(r.Status)))
		a.printf("%s\n", clip(templates.Safe(line), a.width()))
	}
	if !limit.IsZero() {
		a.printf("%s\n", a.t("purge.count", len(list)))
	}
}
