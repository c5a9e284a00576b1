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

// answerFlags are what the answer command is told.
type answerFlags struct {
	template, file, text, basis, to, lang, closeAs, sent string

	attach       []string
	yes, anyType bool
	closeFlags
}

// answerCommand writes to the person. The letter is shown whole and confirmed
// before anything happens; a script confirms with --yes.
func (a *app) answerCommand() *cobra.Command {
	var f answerFlags
	c := a.decision("answer N --template done|refusal|documents | --file FILE", exactly(1), func(c *cobra.Command, args []string) error {
		return a.withDesk(c, func(d *desk.Desk) error {
			n, err := number(c.Context(), d, args[0])
			if err != nil {
				return a.failure(c.Context(), d, args[0], err)
			}
			r, err := d.Store.Request(c.Context(), n)
			if err != nil {
				return err
			}
			if f.sent != "" {
				return a.recordAnswer(c, d, r, f)
			}
			return a.answer(c.Context(), d, r, f)
		})
	})
	flags := c.Flags()
	flags.StringVar(&f.template, "template", "", a.t("help.flag.template", strings.Join(desk.AnswerTemplates, ", ")))
	flags.StringVar(&f.file, "file", "", a.t("help.flag.file"))
	flags.StringVar(&f.text, "text", "", a.t("help.flag.text"))
	flags.StringArrayVar(&f.attach, "attach", nil, a.t("help.flag.attach"))
	flags.StringVar(&f.closeAs, "close", "", a.t("help.flag.close"))
	f.add(a, c)
	flags.StringVar(&f.basis, "basis", "", a.t("help.flag.basis"))
	flags.StringVar(&f.to, "to", "", a.t("help.flag.to"))
	flags.StringVar(&f.sent, "sent", "", a.t("help.flag.sent"))
	flags.StringVar(&f.lang, "letter-lang", "", a.t("help.flag.letter_lang"))
	flags.BoolVar(&f.anyType, "any-type", false, a.t("help.flag.any_type"))
	flags.BoolVar(&f.yes, "yes", false, a.t("help.flag.yes"))
	return c
}

// answer words the letter, shows it, asks, and queues it.
func (a *app) answer(ctx context.Context, d *desk.Desk, r store.Request, f answerFlags) error {
	if !f.yes && !a.interactive() {
		return a.misuse("error.answer.yes")
	}
	reply, err := a.replyOf(ctx, d, r, f)
	if err != nil {
		return err
	}
	who, err := a.actor()
	if err != nil {
		return err
	}
	draft, err := d.DraftAnswer(ctx, r.Number, reply, who)
	if err != nil {
		return a.answerFailure(ctx, d, r, err)
	}
	if !f.yes {
		a.printf("%s\n", a.letterText(draft.Raw))
		a.printFiles(reply)
		if agreed, err := a.ask(ctx, a.t("answer.ask", templates.Safe(draft.To))); err != nil || !agreed {
			return errors.Join(err, notDone(exitFailed, a.t("answer.not_sent")))
		}
	}
	after, err := d.SendAnswer(ctx, draft)
	if err != nil {
		return a.answerFailure(ctx, d, r, err)
	}
	return a.tellAnswered(d, after, draft.To)
}

// tellAnswered prints what was done, and what else is open about the person.
func (a *app) tellAnswered(d *desk.Desk, r store.Request, to string) error {
	if a.json {
		return a.printJSON(a.requestJSON(d, r))
	}
	a.say(a.t("done.answer", r.Number, templates.Safe(to)))
	switch r.Status {
	case store.StatusDone, store.StatusRefused:
		a.say(a.t("done.close."+string(r.Status), r.Number))
	case store.StatusWaiting:
		a.say(a.t("done.wait", r.Number, a.dueOrNothing(d, r)))
	}
	if r.Ack.State == store.MailHeld {
		a.say(a.t("answer.ack_held", fmt.Sprint(r.Ack.MailID)))
	}
	if r.Status == store.StatusOpen || r.Status == store.StatusInProgress {
		a.say(a.t("next.answered", templates.ShortNumber(r.Number)))
		return nil
	}
	a.printf("%s\n", a.next(d, r))
	return nil
}

// replyOf reads what the flags say.
func (a *app) replyOf(ctx context.Context, d *desk.Desk, r store.Request, f answerFlags) (desk.Reply, error) {
	reply := desk.Reply{
		Template: f.template, Text: strings.TrimSpace(f.text), Why: strings.TrimSpace(f.why), Basis: strings.TrimSpace(f.basis),
		To: strings.TrimSpace(f.to), Language: rules.Lang(f.lang),
	}
	switch {
	case f.template == "" && f.file == "" && f.text == "":
		return reply, a.misuse("error.answer.what")
	case f.file != "" && f.text != "":
		return reply, a.misuse("error.answer.both")
	case f.template != "" && !slices.Contains(desk.AnswerTemplates, f.template):
		return reply, a.misuse("error.answer.template", templates.Safe(f.template), strings.Join(desk.AnswerTemplates, ", "))
	case f.lang != "" && !slices.Contains([]rules.Lang{rules.RU, rules.KK, rules.EN}, reply.Language):
		return reply, a.misuse("error.lang", "--letter-lang", templates.Safe(f.lang))
	case f.template == desk.AnswerRefusal && reply.Why == "", f.closeAs != "" && reply.Why == "":
		return reply, desk.ErrReason
	}
	var err error
	if f.file != "" {
		if reply.Text, err = a.readText(ctx, f.file); err != nil {
			return reply, err
		}
	}
	if reply.Files, err = a.readFiles(f.attach, f.anyType); err != nil || f.closeAs == "" {
		return reply, err
	}
	if reply.Close, err = a.closeAs(f.closeAs); err != nil || r.Status.Closed() || r.Status == store.StatusReview {
		return reply, err
	}
	reply.Steps, err = a.steps(d, r, f.closeFlags, []string{desk.StepAnswered})
	return reply, err
}

// answerFailure words why an answer cannot be sent.
func (a *app) answerFailure(ctx context.Context, d *desk.Desk, r store.Request, err error) error {
	var to *desk.RecipientError
	switch {
	case errors.As(err, &to):
		return notDone(exitFailed, a.t("answer.to."+to.Code, r.Number, templates.Safe(to.Address)))
	case errors.Is(err, desk.ErrUnconfirmed):
		return notDone(exitFailed, a.t("answer.unconfirmed", r.Number)+"\n"+a.next(d, r))
	case errors.Is(err, desk.ErrRepeated):
		return notDone(exitFailed, a.t("answer.repeated", r.Number, a.aboutText(err), templates.ShortNumber(r.Number)))
	case errors.Is(err, desk.ErrNoText):
		return a.misuse("answer.no_text")
	case errors.Is(err, desk.ErrTooLarge):
		return a.misuse("answer.too_large", desk.MaxAnswer/1_000_000)
	}
	return a.failure(ctx, d, r.Number, err)
}
