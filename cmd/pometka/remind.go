package main

import (
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/templates"
)

func (a *app) remindCommand() *cobra.Command {
	dry := false
	c := &cobra.Command{
		Use: "remind", Short: a.t("help.remind"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				r, err := d.Remind(c.Context(), dry)
				if err != nil {
					return err
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
	}
	c.Flags().BoolVar(&dry, "dry-run", false, a.t("help.flag.dry_run"))
	return c
}
