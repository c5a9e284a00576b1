package main

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

func (a *app) policyCommand() *cobra.Command {
	root := a.group(&cobra.Command{Use: "policy", Short: a.t("help.policy")})
	root.AddCommand(&cobra.Command{
		Use: "show", Short: a.t("help.policy.show"), Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.configIfAny()
			if err != nil {
				return err
			}
			source := rules.BuiltInSource()
			if cfg.Policy != BuiltInPolicy && cfg.Policy != "" {
				if source, err = readData(cfg.Policy); err != nil {
					return phrased("error.read.policy", err)
				}
			}
			_, err = a.out.Write(source)
			return err
		},
	}, &cobra.Command{
		Use: "check [FILE]", Short: a.t("help.policy.check"), Args: asUsage(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error { return a.checkPolicy(args) },
	})
	return root
}

// checkPolicy proves a policy file by its own examples.
func (a *app) checkPolicy(args []string) error {
	source, name := rules.BuiltInSource(), BuiltInPolicy
	if len(args) == 1 {
		var err error
		name = args[0]
		if source, err = readData(name); err != nil {
			return usage(phrased("error.read.policy", err))
		}
	}
	p, err := rules.ParsePolicy(source)
	if err != nil {
		return usage(phrased("error.policy.faults", name, err))
	}
	problems := p.Check()
	for _, x := range problems {
		a.printf("%s: %s\n", templates.Safe(name), worded(x, a.lang))
	}
	if len(problems) > 0 {
		return silently(exitWanting)
	}
	for _, lang := range slices.Sorted(maps.Keys(p.Drafts)) {
		a.printf("%s\n", a.t("policy.draft", string(lang), templates.Safe(p.Drafts[lang].In(a.lang))))
	}
	a.printf("%s\n", a.t("policy.good", templates.Safe(p.Name), len(p.Kinds)))
	return nil
}
