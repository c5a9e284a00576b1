package main

import (
	"maps"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: a.t("help.version"), Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			a.printf("pometka %s %s/%s %s\n", version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
			return nil
		},
	}
}

// released is the version of a release; packaging/build sets it.
var released string

// version is that of the release, else what the go tool stamped into the binary.
func version() string {
	if released != "" {
		return released
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

func (a *app) configCommand() *cobra.Command {
	root := &cobra.Command{Use: "config", Short: a.t("help.config"), Args: exactly(0), RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	root.AddCommand(&cobra.Command{
		Use: "check", Short: a.t("help.config.check"), Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.config(NeedStore, NeedIMAP, NeedSMTP)
			if err != nil {
				return err
			}
			if err := checkZone(cfg.Calendar.Zone); err != nil {
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

func (a *app) policyCommand() *cobra.Command {
	root := &cobra.Command{Use: "policy", Short: a.t("help.policy"), Args: exactly(0), RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
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
