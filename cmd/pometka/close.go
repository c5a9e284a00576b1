package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// closeFlags are what closing asks for, by close and by answer --close.
type closeFlags struct {
	why           string
	done, skipped []string
}

func (f *closeFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.why, "why", "", a.t("help.flag.why"))
	c.Flags().StringSliceVar(&f.done, "step", nil, a.t("help.flag.step"))
	c.Flags().StringSliceVar(&f.skipped, "skip", nil, a.t("help.flag.skip"))
}

// closeCommand ends a request. The kind's steps must each be named as done or
// as not applicable, so that nobody closes what was not carried out.
func (a *app) closeCommand() *cobra.Command {
	var f closeFlags
	c := a.decision("close N… done|refused --why TEXT", numbersAnd(1, 1), func(c *cobra.Command, args []string) error {
		numbers, rest := split(args)
		as, err := a.closeAs(rest[0])
		if err != nil {
			return err
		}
		if f.why = strings.TrimSpace(f.why); f.why == "" {
			return desk.ErrReason
		}
		return a.act(c.Context(), numbers, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			r, err := d.Store.Request(c.Context(), n)
			if err != nil || r.Status.Closed() || r.Status == store.StatusReview { // the desk says what is wrong
				return d.Close(c.Context(), n, as, f.why, nil, who)
			}
			steps, err := a.steps(d, r, f, nil)
			if err != nil {
				return r, err
			}
			return d.Close(c.Context(), n, as, f.why, steps, who)
		}, "done.close."+string(as))
	})
	f.add(a, c)
	return c
}

// closeAs reads how a request ends.
func (a *app) closeAs(word string) (store.Status, error) {
	switch s := store.Status(word); s {
	case store.StatusDone, store.StatusRefused:
		return s, nil
	}
	return "", a.misuse("error.close.as", templates.Safe(word))
}

// steps gathers the closing steps from the flags, and says in words which the
// kind has when one is missing or unknown; those of given need not be named.
func (a *app) steps(d *desk.Desk, r store.Request, f closeFlags, given []string) ([]store.StepDone, error) {
	rule, ok := d.Policy.Kind(r.Kind)
	if !ok {
		return nil, nil
	}
	var out []store.StepDone
	var lines []string
	missing := false
	for _, s := range rule.Steps {
		switch {
		case slices.Contains(f.skipped, s.ID):
			out = append(out, store.StepDone{ID: s.ID})
		case slices.Contains(f.done, s.ID), slices.Contains(given, s.ID), slices.Contains(f.done, "all"):
			out = append(out, store.StepDone{ID: s.ID, Done: true})
		case slices.Contains(f.skipped, "all"):
			out = append(out, store.StepDone{ID: s.ID})
		default:
			missing = true
			lines = append(lines, "  --step "+pad(s.ID, 13)+" "+s.Text.In(a.lang))
		}
	}
	for _, id := range f.done {
		if slices.Contains(f.skipped, id) {
			return nil, usage(errors.New(a.t("close.both", templates.Safe(id))))
		}
	}
	for _, id := range append(slices.Clone(f.done), f.skipped...) {
		if id != "all" && !slices.ContainsFunc(rule.Steps, func(s rules.Step) bool { return s.ID == id }) {
			return nil, usage(errors.New(a.t("close.unknown_step", templates.Safe(id)) + "\n" + strings.Join(a.stepLines(rule), "\n")))
		}
	}
	if missing {
		return nil, usage(errors.New(a.t("close.steps", r.Number) + "\n" + strings.Join(lines, "\n") + "\n" + a.t("close.steps.all")))
	}
	return out, nil
}

func (a *app) stepLines(rule *rules.KindRule) []string {
	var lines []string
	for _, s := range rule.Steps {
		lines = append(lines, "  "+pad(s.ID, 13)+" "+s.Text.In(a.lang))
	}
	return lines
}
