package main

import (
	"cmp"
	"context"
	"slices"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// mostWarnings bounds the lines of a warning; the rest is a number.
const mostWarnings = 20

// recompute brings the desk in line with a policy that lost a kind, and the dates with a
// calendar that changed, and warns on stderr: each date that moved earlier by its number,
// the rest as a number.
func (a *app) recompute(ctx context.Context, d *desk.Desk, always bool) error {
	if kinds, _, err := d.KeepKinds(ctx); err != nil {
		return err
	} else if always && len(kinds) > 0 {
		d.Log.WarnContext(ctx, "the policy does not have kinds of which the register has requests: run pometka doctor", "kinds", kinds)
	}
	if always {
		if err := d.KeepZone(ctx); err != nil {
			return err
		}
		if former, err := d.FormerZone(ctx); err != nil {
			return err
		} else if former != "" {
			d.Log.WarnContext(ctx, "calendar.timezone is not that of the register's first days: run pometka doctor", "was", former, "now", d.Zone.String())
		}
	}
	done, err := d.Recompute(ctx, always)
	if err != nil {
		return err
	}
	warn := func(text string) {
		for _, line := range wrap(text, narrow) {
			a.errorf("%s\n", line)
		}
	}
	warned, more := 0, map[string]bool{}
	for _, m := range slices.Concat(done.Moved, done.Nearer) {
		if !m.Earlier() {
			continue
		}
		if warned++; warned <= mostWarnings {
			warn(a.nearer(m))
		} else {
			more[m.Number] = true
		}
		d.Log.WarnContext(ctx, "deadline moved earlier", "number", m.Number, "term", cmp.Or(m.Term, "act_by"), "old", m.Old, "new", m.New)
	}
	if len(more) > 0 {
		warn(a.t("recompute.more", len(more)))
	}
	if done.Changed > 0 {
		warn(a.t("recompute.moved", done.Changed))
	}
	for _, n := range done.Kept {
		warn(a.t("recompute.kept", n))
	}
	return nil
}

// nearer words a day that is earlier now.
func (a *app) nearer(m desk.Moved) string {
	now := a.lastDay(store.TermDetail{Due: m.New, Provisional: m.Provisional})
	if m.Term == "" {
		return a.t("recompute.earlier", m.Number, a.shortDay(m.Old), now)
	}
	return a.t("recompute.earlier.term", m.Number, a.t("term."+m.Term), a.shortDay(m.Old), now)
}

// shortDay writes a day for tables, and a dash for none.
func (a *app) shortDay(d rules.Date) string {
	if d.IsZero() {
		return "–"
	}
	return templates.ShortDate(string(a.lang), d.Time())
}
