package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

// wordHelp puts the help pages into the reader's language: cobra's own words
// are English.
func (a *app) wordHelp(root *cobra.Command) {
	wrapHelp(root)
	root.PersistentFlags().BoolP("help", "h", false, a.t("help.flag.help"))
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, Run: func(c *cobra.Command, args []string) {
		if found, _, err := c.Root().Find(args); err == nil {
			c = found
		}
		c.Help()
	}})
	root.SetUsageTemplate(strings.NewReplacer(
		"USAGE", a.t("help.usage"), "COMMANDS", a.t("help.commands"), "FLAGS", a.t("help.flags"),
		"GLOBALS", a.t("help.globals"), "MORE", a.t("help.more"),
	).Replace(usageTemplate))
}

// wrapHelp makes the description of every command fit the narrow screen.
func wrapHelp(c *cobra.Command) {
	c.Long = strings.Join(wrap(cmp.Or(c.Long, c.Short), narrow), "\n")
	for _, sub := range c.Commands() {
		wrapHelp(sub)
	}
}

// usageTemplate is cobra's, with places for our words and no more than we use.
const usageTemplate = `USAGE:{{if and .Runnable .HasParent}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} …{{$all := .Commands}}{{if eq (len .Groups) 0}}

COMMANDS:{{range $all}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{else}}{{range $group := .Groups}}

{{.Title}}{{range $all}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

FLAGS:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

GLOBALS:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

MORE{{end}}
`
