package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// act runs an action of staff on the requests that the arguments name, one
// after the other, and prints what became of each.
func (a *app) act(ctx context.Context, numbers []string, do func(*desk.Desk, string, desk.Actor) (store.Request, error), done string) error {
	d, release, err := a.openDesk(ctx)
	if err != nil {
		return err
	}
	defer release()
	actor, err := a.actor()
	if err != nil {
		return err
	}
	for _, short := range numbers {
		n, err := number(ctx, d, short)
		if err != nil {
			return err
		}
		r, err := do(d, n, actor)
		if err != nil {
			return fmt.Errorf("%s: %w", n, err)
		}
		if a.json {
			if err := a.printJSON(a.requestJSON(d, r)); err != nil {
				return err
			}
			continue
		}
		a.printf("%s\n%s\n", strings.Join(wrap(a.t(done, n, a.actBy(d, r)), a.width()), "\n"), a.next(r))
	}
	return nil
}

func (a *app) takeCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "take N…", Short: a.t("help.take"), Args: atLeast(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Take(c.Context(), n, who)
			}, "done.take")
		},
	})
}

func (a *app) assignCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "assign N WHO", Short: a.t("help.assign"), Args: exactly(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args[:1], func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Assign(c.Context(), n, args[1], who)
			}, "done.assign")
		},
	})
}

func (a *app) confirmCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "confirm N KIND…", Short: a.t("help.confirm"), Long: a.t("help.confirm.long", kindIDs()), Args: atLeast(2),
		RunE: func(c *cobra.Command, args []string) error {
			var kinds []rules.Kind
			for _, k := range args[1:] {
				kinds = append(kinds, rules.Kind(k))
			}
			var more []string
			err := a.act(c.Context(), args[:1], func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				r, numbers, err := d.Confirm(c.Context(), n, kinds, who)
				more = numbers
				return r, err
			}, "done.confirm")
			if err == nil && len(more) > 1 && !a.json {
				a.printf("%s\n", a.t("done.confirm.more", strings.Join(more[1:], ", ")))
			}
			return err
		},
	})
}

func kindIDs() string {
	var ids []string
	for _, k := range rules.BuiltIn().Kinds {
		ids = append(ids, string(k.ID))
	}
	return strings.Join(ids, ", ")
}

func (a *app) dismissCommand() *cobra.Command {
	why := ""
	c := a.withJSON(&cobra.Command{
		Use: "dismiss N… --why TEXT", Short: a.t("help.dismiss"), Args: atLeast(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Dismiss(c.Context(), n, why, who)
			}, "done.dismiss")
		},
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.why"))
	return c
}

func (a *app) reopenCommand() *cobra.Command {
	why := ""
	c := a.withJSON(&cobra.Command{
		Use: "reopen N --why TEXT", Short: a.t("help.reopen"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Reopen(c.Context(), n, why, who)
			}, "done.reopen")
		},
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.why"))
	return c
}

func (a *app) noteCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "note N TEXT", Short: a.t("help.note"), Args: atLeast(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args[:1], func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Note(c.Context(), n, strings.Join(args[1:], " "), who)
			}, "done.note")
		},
	})
}

// closeCommand ends a request. The kind's steps must each be named as done or
// as not applicable, so that nobody closes what was not carried out.
func (a *app) closeCommand() *cobra.Command {
	var why string
	var done, skipped []string
	c := a.withJSON(&cobra.Command{
		Use: "close N done|refused --why TEXT", Short: a.t("help.close"), Long: a.t("help.close.long"), Args: exactly(2),
		RunE: func(c *cobra.Command, args []string) error {
			as := store.Status(args[1])
			if as != store.StatusDone && as != store.StatusRefused {
				return usage(fmt.Errorf("close as %q: want done or refused", args[1]))
			}
			return a.act(c.Context(), args[:1], func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				r, err := d.Store.Request(c.Context(), n)
				if err != nil {
					return r, err
				}
				steps, err := a.steps(d, r, done, skipped)
				if err != nil {
					return r, err
				}
				return d.Close(c.Context(), n, as, why, steps, who)
			}, "done.close."+string(as))
		},
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.why"))
	c.Flags().StringSliceVar(&done, "step", nil, a.t("help.flag.step"))
	c.Flags().StringSliceVar(&skipped, "skip", nil, a.t("help.flag.skip"))
	return c
}

// steps gathers the closing steps from the flags, and says in words which the
// kind has when one is missing or unknown.
func (a *app) steps(d *desk.Desk, r store.Request, done, skipped []string) ([]store.StepDone, error) {
	rule, ok := d.Policy.Kind(r.Kind)
	if !ok {
		return nil, nil
	}
	var out []store.StepDone
	var lines []string
	for _, s := range rule.Steps {
		lines = append(lines, "  --step "+s.ID+"   "+s.Text.In(a.lang))
		switch all := slices.Contains(done, "all"); {
		case slices.Contains(skipped, s.ID):
			out = append(out, store.StepDone{ID: s.ID})
		case all || slices.Contains(done, s.ID):
			out = append(out, store.StepDone{ID: s.ID, Done: true})
		}
	}
	for _, id := range append(slices.Clone(done), skipped...) {
		if id != "all" && !slices.ContainsFunc(rule.Steps, func(s rules.Step) bool { return s.ID == id }) {
			return nil, usage(fmt.Errorf("%s\n%s", a.t("close.unknown_step", id), strings.Join(lines, "\n")))
		}
	}
	if len(out) < len(rule.Steps) {
		return nil, usage(fmt.Errorf("%s\n%s", a.t("close.steps", r.Number), strings.Join(lines, "\n")))
	}
	return out, nil
}

func (a *app) waitCommand() *cobra.Command {
	what := ""
	c := a.withJSON(&cobra.Command{
		Use: "wait N… --for documents|answer", Short: a.t("help.wait"), Args: atLeast(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Wait(c.Context(), n, what, who)
			}, "done.wait")
		},
	})
	c.Flags().StringVar(&what, "for", "", a.t("help.flag.for"))
	return c
}

func (a *app) resumeCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "resume N…", Short: a.t("help.resume"), Args: atLeast(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Resume(c.Context(), n, who)
			}, "done.resume")
		},
	})
}

func (a *app) setCommand() *cobra.Command {
	why := ""
	c := a.withJSON(&cobra.Command{
		Use: "set N KEY=VALUE… [--why TEXT]", Short: a.t("help.set"), Long: a.t("help.set.long"), Args: atLeast(2),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.settingOf(args[1:])
			if err != nil {
				return usage(err)
			}
			return a.act(c.Context(), args[:1], func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
				return d.Set(c.Context(), n, s, why, who)
			}, "done.set")
		},
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.why"))
	return c
}

// settingOf reads what set is told: consumer=yes|no, documents=DATE,
// received=DATE, kind=KIND.
func (a *app) settingOf(args []string) (desk.Setting, error) {
	var s desk.Setting
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			return s, errors.New(a.t("error.set.form", templates.Safe(arg)))
		}
		switch key {
		case "consumer":
			if value != "yes" && value != "no" {
				return s, errors.New(a.t("error.set.consumer", templates.Safe(value)))
			}
			yes := value == "yes"
			s.Consumer = &yes
		case "documents", "received":
			day, err := rules.ParseDate(value)
			if err != nil {
				return s, errors.New(a.t("error.set.date", key, templates.Safe(value)))
			}
			if key == "documents" {
				s.Documents = &day
			} else {
				s.Received = &day
			}
		case "kind":
			k := rules.Kind(value)
			s.Kind = &k
		default:
			return s, errors.New(a.t("error.set.key", templates.Safe(key)))
		}
	}
	return s, nil
}
