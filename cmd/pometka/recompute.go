package main

import (
	"context"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// mostWarnings bounds the lines of a warning; the rest is a number.
const mostWarnings = 20

// recompute brings the dates in line with a calendar that changed, and warns
// on stderr: each date that moved earlier by its number, the rest as a number.
func (a *app) recompute(ctx context.Context, d *desk.Desk, always bool) error {
	done, err := d.Recompute(ctx, always)
	if err != nil {
		return err
	}
	warn := func(text string) {
		for _, line := range wrap(text, narrow) {
			a.errorf("%s\n", line)
		}
	}
	earlier := 0
	for _, m := range done.Moved {
		if !m.Earlier() {
			continue
		}
		if earlier++; earlier <= mostWarnings {
			warn(a.t("recompute.earlier", m.Number, a.shortDay(m.Old), a.shortDay(m.New)))
		}
		d.Log.WarnContext(ctx, "deadline moved earlier", "number", m.Number, "old", m.Old, "new", m.New)
	}
	if earlier > mostWarnings {
		warn(a.t("recompute.more", earlier-mostWarnings))
	}
	if len(done.Moved) > 0 {
		warn(a.t("recompute.moved", len(done.Moved)))
	}
	for _, n := range done.Kept {
		warn(a.t("recompute.kept", n))
	}
	return nil
}

// shortDay writes a day for tables, and a dash for none.
func (a *app) shortDay(d rules.Date) string {
	if d.IsZero() {
		return "–"
	}
	return templates.ShortDate(string(a.lang), d.Time())
}
