package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/rules"
)

// wordHelp puts the help pages into the reader's language: cobra's own words
// are English.
func (a *app) wordHelp(root *cobra.Command) {
	print := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		long := cmp.Or(c.Long, c.Short)
		if strings.Contains(long+c.Example, "{") {
			p := a.policyIfAny()
			long = strings.ReplaceAll(long, kindsPlace, a.kindList(p))
			c.Example = kindsInto(c.Example, p)
		}
		c.Long = strings.Join(wrap(long, narrow), "\n")
		print(c, args)
	})
	root.PersistentFlags().BoolP("help", "h", false, a.t("help.flag.help"))
	root.CompletionOptions.HiddenDefaultCmd = true
	root.InitDefaultCompletionCmd("completion")
	a.wordCompletion(root)
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(c *cobra.Command, args []string) error {
		found, rest, err := c.Root().Find(args)
		if err != nil || len(rest) > 0 && found.HasSubCommands() {
			return a.noCommand(found, strings.Join(rest, " "))
		}
		return found.Help()
	}})
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), a.usageText(c))
		return err
	})
}

// mute reports whether nobody is going to see the help of a command: for run, which is
// started by machines, the sentences of the catalogue would be read for it alone.
func mute(args []string) bool {
	mayAsk := func(arg string) bool {
		return strings.HasPrefix(arg, "-") && strings.Contains(arg, "h") && !strings.HasPrefix(arg, "--config")
	}
	return len(args) > 0 && args[0] == "run" && !slices.ContainsFunc(args, mayAsk)
}

// kindsPlace stands in a help text for the kinds of the policy, which takes a while
// to read: only who asks for help waits for it.
const kindsPlace = "{kinds}"

// kindsInto puts kinds of the policy into the examples of a command. One that shows
// two kinds of one letter is left out where no two go together.
func kindsInto(example string, p *rules.Policy) string {
	pair := ""
	if len(p.Together) > 0 {
		pair = string(p.Together[0][0]) + " " + string(p.Together[0][1])
	}
	var lines []string
	for line := range strings.Lines(example) {
		if pair != "" || !strings.Contains(line, "{pair}") {
			lines = append(lines, strings.NewReplacer("{pair}", pair, "{kind}", string(p.Kinds[0].ID)).Replace(line))
		}
	}
	return strings.TrimRight(strings.Join(lines, ""), "\n")
}

// policyIfAny is the policy of the configuration, else the built-in one: help must
// be had also where they are at fault.
func (a *app) policyIfAny() *rules.Policy {
	if cfg, err := a.configIfAny(); err == nil {
		if p, err := policyOf(cfg); err == nil {
			return p
		}
	}
	return rules.BuiltIn()
}

// usageText is what stands below the description of a command: how it is
// called, its commands by group, its flags. cobra would make it of a template,
// and the linker then keep every method of every type in the program.
func (a *app) usageText(c *cobra.Command) string {
	var b strings.Builder
	part := func(title, body string) {
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(title + "\n" + strings.TrimRight(body, " \n"))
	}
	var lines string
	if c.Runnable() && c.HasParent() {
		lines = "  " + a.useLine(c) + "\n"
	}
	if c.HasAvailableSubCommands() {
		lines += "  " + c.CommandPath() + " " + a.t("place.command")
	}
	part(a.t("help.usage")+":", lines)
	for _, g := range c.Groups() {
		part(g.Title, commandLines(c, g.ID))
	}
	if len(c.Groups()) == 0 && c.HasAvailableSubCommands() {
		part(a.t("help.commands")+":", commandLines(c, ""))
	}
	if c.HasExample() {
		part(a.t("help.examples")+":", c.Example)
	}
	if c.HasAvailableLocalFlags() {
		part(a.t("help.flags")+":", a.flagLines(c.LocalFlags()))
	}
	if c.HasAvailableInheritedFlags() {
		part(a.t("help.globals")+":", a.flagLines(c.InheritedFlags()))
	}
	if c.HasAvailableSubCommands() {
		part(a.t("help.more"), "")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// useLine is how a command is called, with its places named in the reader's
// language: «confirm N… ВИД [ВИД]».
func (a *app) useLine(c *cobra.Command) string {
	line := strings.ReplaceAll(c.UseLine(), "[flags]", "["+strings.ToLower(a.t("help.flags"))+"]")
	return placeName().ReplaceAllStringFunc(line, func(name string) string {
		if key := strings.ToLower(name); a.words.Has("place." + key) {
			return a.t("place." + key)
		}
		return name
	})
}

// placeName is what stands in a usage line for what a person puts there.
var placeName = lazily(`[A-Z]{2,}`)

// commandLines lists the commands of a group, "" is all of them.
func commandLines(c *cobra.Command, group string) string {
	var b strings.Builder
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && (group == "" || sub.GroupID == group) {
			fmt.Fprintf(&b, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
		}
	}
	return b.String()
}

// wordCompletion puts the command that the library adds, which prints scripts
// for shells, into the reader's language.
func (a *app) wordCompletion(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		a.group(c)
		c.Short, c.Long = a.t("help.completion"), a.t("help.completion")
		for _, shell := range c.Commands() {
			shell.Short, shell.Long = a.t("help.completion.shell", shell.Name()), a.t("help.completion.long", shell.Name())
			if f := shell.Flags().Lookup("no-descriptions"); f != nil {
				f.Usage = a.t("help.completion.plain")
			}
		}
	}
}
