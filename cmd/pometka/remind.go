package main

import (
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/templates"
)

// remindJSON is what remind --json prints.
type remindJSON struct {
	Due     []string       `json:"due"` // numbers, with something of which nobody was told
	Queued  int            `json:"queued"`
	Letters []reminderJSON `json:"letters"` // of a dry run: those that would be queued
}

type reminderJSON struct {
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

func (a *app) remindCommand() *cobra.Command {
	dry := false
	c := a.withJSON(&cobra.Command{
		Use: "remind", Short: a.t("help.remind"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				r, err := d.Remind(c.Context(), dry)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(remindedJSON(r))
				}
				for _, l := range r.Drafts {
					a.printf("%s\n%s\n\n%s\n", templates.Safe(l.To), templates.Safe(l.Subject), safeLines(l.Body))
				}
				switch {
				case r.Queued > 0:
					a.printf("%s\n", a.t("remind.queued", len(r.Due), strings.Join(r.To, ", ")))
				case len(r.Drafts) == 0:
					a.printf("%s\n", a.t("remind.none"))
				}
				return nil
			})
		},
	})
	c.Flags().BoolVar(&dry, "dry-run", false, a.t("help.flag.dry_run"))
	return c
}

func remindedJSON(r desk.RemindReport) remindJSON {
	j := remindJSON{Due: []string{}, Queued: r.Queued, Letters: []reminderJSON{}}
	for _, x := range r.Due {
		j.Due = append(j.Due, x.Number)
	}
	for _, l := range r.Drafts {
		j.Letters = append(j.Letters, reminderJSON{l.To, l.Subject, l.Body})
	}
	return j
}
