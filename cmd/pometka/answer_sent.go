package main

import (
	"errors"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// recordAnswer writes down an answer that staff sent from a mail program: the
// letter is there already, and nothing goes out.
func (a *app) recordAnswer(c *cobra.Command, d *desk.Desk, r store.Request, f answerFlags) error {
	for _, name := range []string{"template", "file", "text", "attach", "close", "basis", "letter-lang", "any-type", "step", "skip", "why"} {
		if flag := c.Flags().Lookup(name); flag != nil && flag.Changed {
			return a.misuse("answer.sent.flag", "--"+name)
		}
	}
	who, err := a.actor()
	if err != nil {
		return err
	}
	in, err := openRegular(f.sent)
	if err != nil {
		return a.fileError(f.sent, err)
	}
	defer in.Close()
	after, err := d.RecordAnswer(c.Context(), r.Number, in, a.cfg.IMAP.MaxSize, f.to, who)
	var no *desk.Refused
	if errors.As(err, &no) {
		return a.refusal(no)
	}
	if err != nil {
		return a.failure(c.Context(), d, r.Number, err)
	}
	if a.json {
		return a.printJSON(a.requestJSON(d, after))
	}
	a.say(a.t("done.answer.sent", after.Number, templates.DateTime(string(a.lang), after.AnsweredAt.In(d.Zone))))
	a.printf("%s\n", a.next(d, after))
	return nil
}

// refusal words why a letter was not taken.
func (a *app) refusal(no *desk.Refused) error {
	args := make([]any, len(no.Args))
	for i, s := range no.Args {
		args[i] = templates.Safe(s)
	}
	return a.misuse("register.refused."+no.Code, args...)
}
