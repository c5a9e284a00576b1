package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"license.kz/pometka/templates"
)

// flagError words what is wrong with a flag in the reader's language: the
// command library speaks English only.
func (a *app) flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var form *pflag.InvalidSyntaxError
	text := ""
	switch {
	case errors.As(err, &unknown):
		name := "-" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() == "" {
			name = "-" + name
		}
		text = a.t("usage.flag.unknown", templates.Safe(name))
	case errors.As(err, &missing):
		text = a.t("usage.flag.value", "--"+missing.GetFlag().Name)
	case errors.As(err, &wrong):
		key := "usage.flag.wrong"
		if wrong.GetFlag().Value.Type() == "int" {
			key = "usage.flag.number"
		}
		text = a.t(key, "--"+wrong.GetFlag().Name, templates.Safe(wrong.GetValue()))
	case errors.As(err, &form):
		text = a.t("usage.flag.form", templates.Safe(form.GetSpecifiedFlag()))
	default:
		text = templates.Safe(err.Error())
	}
	return a.misuse("usage.see", text, c.CommandPath())
}

// nothingEmpty refuses a flag or a file of which nothing is given, as --head "$HEAD"
// where HEAD is not set: left out, it would be another order than the one meant, and
// audit verify would say that all is well. A reason that is none is told by whoever
// needs one.
func (a *app) nothingEmpty(c *cobra.Command, args []string) error {
	text := ""
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && f.Name != "why" {
			text = a.t("usage.flag.value", "--"+f.Name)
		}
	})
	if slices.Contains(args, "") && strings.Contains(c.Use, "FILE") {
		text = a.t("usage.argument", a.useLine(c))
	}
	if text == "" {
		return nil
	}
	return a.misuse("usage.see", text, c.CommandPath())
}

// wordArguments puts the checks of how many arguments there are into the
// reader's language, for all commands under c.
func (a *app) wordArguments(c *cobra.Command) {
	if check := c.Args; check != nil && c.HasParent() {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if _, ours := errors.AsType[argumentError](err); !ours {
				return err
			}
			key := "usage.arguments"
			if len(args) == 0 {
				key = "usage.argument"
			}
			return a.misuse("usage.see", a.t(key, a.useLine(c)), c.CommandPath())
		}
	}
	for _, sub := range c.Commands() {
		a.wordArguments(sub)
	}
}

// argumentError is what a check of the command library said.
type argumentError struct{ error }
