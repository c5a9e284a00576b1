package main

import (
	"github.com/spf13/cobra"

	"license.kz/pometka/templates"
)

func (a *app) configCommand() *cobra.Command {
	root := a.group(&cobra.Command{Use: "config", Short: a.t("help.config")})
	root.AddCommand(&cobra.Command{
		Use: "check", Short: a.t("help.config.check"), Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.config(NeedStore, NeedIMAP, NeedSMTP)
			if err != nil {
				return err
			}
			if _, err := a.deskOptions(cfg); err != nil {
				return err
			}
			if _, _, err := servers(cfg, a.logger(cfg)); err != nil {
				return err
			}
			a.printf("%s\n", a.t("config.good", templates.Safe(cfg.Path)))
			return nil
		},
	})
	return root
}
