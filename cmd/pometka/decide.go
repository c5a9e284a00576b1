package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// decision makes the command of an action on requests. Its words come from the
// catalogue: help.VERB, help.VERB.long where there is one, help.VERB.example.
func (a *app) decision(use string, args cobra.PositionalArgs, run func(c *cobra.Command, args []string) error) *cobra.Command {
	verb, _, _ := strings.Cut(use, " ")
	c := &cobra.Command{Use: use, Short: a.t("help." + verb), Example: a.example(verb), Args: args, RunE: run, DisableFlagsInUseLine: true}
	if key := "help." + verb + ".long"; !a.unworded && a.words.Has(key) {
		c.Long = a.t(key, kindsPlace)
	}
	return a.withJSON(c)
}

// example is the example of a help page, indented as its other parts.
func (a *app) example(verb string) string {
	return "  " + strings.ReplaceAll(a.t("help."+verb+".example"), "\n", "\n  ")
}

func (a *app) takeCommand() *cobra.Command {
	return a.decision("take N…", anyNumber, func(c *cobra.Command, args []string) error {
		return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			return d.Take(c.Context(), n, who)
		}, "done.take")
	})
}

// anyNumber lets the numbers come from stdin.
var anyNumber = cobra.ArbitraryArgs

func (a *app) assignCommand() *cobra.Command {
	return a.decision("assign N… WHO", atLeast(1), func(c *cobra.Command, args []string) error {
		whom := args[len(args)-1]
		return a.act(c.Context(), args[:len(args)-1], func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			r, err := d.Assign(c.Context(), n, whom, who)
			if errors.Is(err, desk.ErrStaff) {
				err = a.misuse("error.staff", templates.Safe(whom), templates.Safe(strings.Join(d.StaffNames(), ", ")))
			}
			return r, err
		}, "done.assign")
	})
}

func (a *app) confirmCommand() *cobra.Command {
	sender := ""
	c := a.decision("confirm N… KIND [KIND]", numbersAnd(0, 2), func(c *cobra.Command, args []string) error {
		numbers, rest := split(args)
		if len(rest) == 0 { // whoever asks is told what there is
			return a.withDesk(c, func(d *desk.Desk) error { return a.kindError(d, nil) })
		}
		return a.act(c.Context(), numbers, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			kinds, confirm := kindsNamed(d.Policy, rest), d.Confirm
			if c.Flags().Changed("sender") {
				confirm = func(ctx context.Context, n string, kinds []rules.Kind, who desk.Actor) (store.Request, []string, error) {
					return d.ConfirmFor(ctx, n, kinds, strings.TrimSpace(sender), who)
				}
			}
			r, all, err := confirm(c.Context(), n, kinds, who)
			if errors.Is(err, desk.ErrKind) {
				return r, a.kindError(d, kinds)
			}
			if err == nil && len(all) > 1 && !a.json {
				a.printf("%s\n", a.t("done.confirm.more", strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == n }), ", ")))
			}
			return r, err
		}, "done.confirm")
	})
	c.Flags().StringVar(&sender, "sender", "", a.t("help.flag.sender"))
	return c
}

func (a *app) dismissCommand() *cobra.Command {
	return a.reasoned("dismiss", (*desk.Desk).Dismiss)
}

func (a *app) reopenCommand() *cobra.Command {
	return a.reasoned("reopen", (*desk.Desk).Reopen)
}

// reasoned makes the command of an action that asks for nothing but a reason.
func (a *app) reasoned(verb string, do func(d *desk.Desk, ctx context.Context, number, why string, who desk.Actor) (store.Request, error)) *cobra.Command {
	why := ""
	c := a.decision(verb+" N… --why TEXT", anyNumber, func(c *cobra.Command, args []string) error {
		if why = strings.TrimSpace(why); why == "" {
			return desk.ErrReason
		}
		return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			return do(d, c.Context(), n, why, who)
		}, "done."+verb)
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.why"))
	return c
}

// noteCommand writes a remark on one request, or on several when the text is
// one argument behind their numbers: a text that begins with a number must not
// end up on the request of that number.
func (a *app) noteCommand() *cobra.Command {
	return a.decision("note N… TEXT", atLeast(1), func(c *cobra.Command, args []string) error {
		numbers, text := args[:len(args)-1], args[len(args)-1]
		if leading, _ := split(numbers); len(leading) < len(numbers) {
			numbers, text = args[:1], strings.Join(args[1:], " ")
		}
		if text = strings.TrimSpace(text); text == "" || len(args) == 1 && looksNumber().MatchString(text) {
			return a.misuse("error.note")
		}
		return a.act(c.Context(), numbers, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			return d.Note(c.Context(), n, text, who)
		}, "done.note")
	})
}

func (a *app) waitCommand() *cobra.Command {
	what := ""
	c := a.decision("wait N… --for documents|answer", anyNumber, func(c *cobra.Command, args []string) error {
		return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			return d.Wait(c.Context(), n, what, who)
		}, "done.wait")
	})
	c.Flags().StringVar(&what, "for", "", a.t("help.flag.for"))
	return c
}

func (a *app) resumeCommand() *cobra.Command {
	return a.decision("resume N…", anyNumber, func(c *cobra.Command, args []string) error {
		return a.act(c.Context(), args, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			return d.Resume(c.Context(), n, who)
		}, "done.resume")
	})
}

func (a *app) setCommand() *cobra.Command {
	why := ""
	c := a.decision("set N… KEY=VALUE… [--why TEXT]", numbersAnd(1, 5), func(c *cobra.Command, args []string) error {
		numbers, rest := split(args)
		s, err := a.settingOf(rest)
		if err != nil {
			return usage(err)
		}
		var told []string         // another kind, by their acknowledgements
		left := map[string]bool{} // of the same letter, with another day of receipt
		err = a.act(c.Context(), numbers, func(d *desk.Desk, n string, who desk.Actor) (store.Request, error) {
			if s.Kind != nil {
				*s.Kind = kindsNamed(d.Policy, []string{string(*s.Kind)})[0]
			}
			r, err := d.Set(c.Context(), n, s, strings.TrimSpace(why), who)
			if errors.Is(err, desk.ErrKind) {
				err = a.kindError(d, []rules.Kind{*s.Kind})
			}
			delete(left, n)
			if err == nil && s.Kind != nil && r.Ack.State == store.MailSent {
				told = append(told, n)
			}
			if err != nil || s.Received == nil {
				return r, err
			}
			others, err := d.SameLetter(c.Context(), r)
			for _, o := range others {
				if o.ReceivedOn != *s.Received {
					left[o.Number] = true
				}
			}
			return r, err
		}, "done.set")
		for _, n := range slices.Sorted(maps.Keys(left)) {
			a.say(a.t("done.set.same_letter", n))
		}
		for _, n := range told {
			a.say(a.t("done.set.kind", templates.ShortNumber(n)))
		}
		return err
	})
	c.Flags().StringVar(&why, "why", "", a.t("help.flag.why"))
	return c
}

// settingOf reads what set is told: consumer=yes|no, documents=DATE|no,
// received=DATE, kind=KIND, sender=ADDRESS.
func (a *app) settingOf(args []string) (desk.Setting, error) {
	var s desk.Setting
	seen := map[string]bool{}
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			return s, errors.New(a.t("error.set.form", templates.Safe(arg)))
		}
		if seen[key] {
			return s, errors.New(a.t("error.set.twice", templates.Safe(key)))
		}
		seen[key] = true
		switch key {
		case "consumer":
			if value != "yes" && value != "no" {
				return s, errors.New(a.t("error.set.consumer", templates.Safe(value)))
			}
			yes := value == "yes"
			s.Consumer = &yes
		case "documents", "received":
			day, err := dayOf(value)
			if key == "documents" && value == "no" {
				day, err = rules.Date{}, nil
			}
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
		case "sender":
			s.Sender = &value
		default:
			return s, errors.New(a.t("error.set.key", templates.Safe(key)))
		}
	}
	return s, nil
}
