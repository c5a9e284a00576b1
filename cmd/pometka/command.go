package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Exit codes; scripts depend on them.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2 // wrong usage or configuration
	exitNotFound = 3 // no such request
	exitWanting  = 4 // checked and found wanting
)

type streams struct {
	in       io.Reader
	out, err io.Writer
}

// app is one run of the program: its streams, the global flags, and what is
// made from them on demand.
type app struct {
	streams
	configFlag string
	langFlag   string
	asFlag     string
	json       bool

	cfg   *Config // nil until a command asks for it
	words *templates.Set
	lang  rules.Lang
	beat  *heartbeat // of the daemon; nil: this run is none

	unwritten error // why a result could not be printed
	unworded  bool  // the commands are made without their help; see mute
}

// coded is an error with the exit code it leads to.
type coded struct {
	code int
	err  error
}

func (c coded) Error() string {
	if c.err == nil {
		return ""
	}
	return c.err.Error()
}
func (c coded) Unwrap() error { return c.err }

// usage marks an error as a wrong use of the program.
//
//go:noinline
func usage(err error) error { return coded{exitUsage, err} }

// misuse says by a sentence of the catalogue what is wrong with the command line.
//
//go:noinline
func (a *app) misuse(key string, args ...any) error { return usage(errors.New(a.t(key, args...))) }

// silently ends the program with a code and no further word.
func silently(code int) error { return coded{code, nil} }

// run executes one command and returns the exit code. Results go to out,
// everything else to err.
func run(ctx context.Context, args []string, s streams) int {
	a := &app{streams: s, lang: rules.RU}
	var err error
	if a.words, err = templates.New(""); err != nil {
		fmt.Fprintln(s.err, "pometka:", err)
		return exitFailed
	}
	a.lang = languageOf(args, os.Getenv)
	if a.unworded = mute(args); a.unworded {
		go rules.BuiltIn() // which takes no longer than the configuration
	}
	root := a.rootCommand()
	a.unworded = false
	root.SetArgs(args)
	root.SetOut(noting{s.out, a})
	root.SetErr(s.err)
	err = root.ExecuteContext(ctx)
	if err == nil && a.unwritten != nil {
		err = phrased("error.write", a.unwritten)
	}
	return a.report(err)
}

// report prints an error in the reader's language where a person can mend it,
// and chooses the exit code.
func (a *app) report(err error) int {
	if err == nil {
		return exitDone
	}
	code := a.codeOf(err)
	var c coded
	if errors.As(err, &c) && c.err == nil {
		return code
	}
	a.complain("pometka: " + a.errorText(err))
	return code
}

// codeOf chooses the exit code of an error.
func (a *app) codeOf(err error) int {
	var c coded
	var cfg *ConfigError
	switch {
	case errors.As(err, &c):
		return c.code
	case errors.As(err, &cfg):
		return exitUsage
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrAmbiguous):
		return exitNotFound
	case errors.Is(err, desk.ErrReason), errors.Is(err, desk.ErrKind), errors.Is(err, desk.ErrSteps), errors.Is(err, desk.ErrWait), errors.Is(err, desk.ErrDay), errors.Is(err, desk.ErrYear), errors.Is(err, desk.ErrMoot),
		errors.Is(err, desk.ErrRecipient), errors.Is(err, desk.ErrAddress):
		return exitUsage
	}
	return exitFailed
}

// errorText words an error for the person at the terminal.
func (a *app) errorText(err error) string {
	for _, known := range []struct {
		err error
		key string
	}{
		{store.ErrNotFound, "error.not_found"},
		{store.ErrAmbiguous, "error.ambiguous"},
		{store.ErrStatus, "error.status"},
		{store.ErrStale, "error.stale"},
		{store.ErrLocked, "error.locked"},
		{desk.ErrReason, "error.reason"},
		{desk.ErrKind, "error.kind"},
		{desk.ErrSteps, "error.steps"},
		{desk.ErrWait, "error.wait"},
		{desk.ErrDay, "error.day"},
		{desk.ErrYear, "error.year"},
		{desk.ErrMoot, "error.set.moot"},
		{desk.ErrRecipient, "error.recipient"},
		{desk.ErrAddress, "error.address"},
		{desk.ErrPolicy, "error.policy"},
		{desk.ErrOutdated, "error.outdated"},
		{errInitStopped, "init.stopped"},
		{context.Canceled, "error.interrupted"},
		{errNoCalendarFile, "error.calendar.missing"},
	} {
		if errors.Is(err, known.err) {
			return a.t(known.key, a.aboutText(err))
		}
	}
	if errors.Is(err, store.ErrBusy) && a.cfg != nil {
		return templates.Safe(a.cfg.Store.Path) + ": " + a.busyText()
	}
	text, whole := inWords(err, a.lang)
	if !whole && a.lang != rules.EN {
		return a.t("error.other", text)
	}
	_, ofRegister := registerFault(err)
	if _, ofFile := errors.AsType[*fs.PathError](err); ofRegister && !ofFile && a.cfg != nil {
		text = templates.Safe(a.cfg.Store.Path) + ": " + text
	}
	return text
}

// aboutText is what an error names beside its words, "" for nothing.
func (a *app) aboutText(err error) string {
	about, ok := errors.AsType[*store.About](err)
	if !ok {
		return ""
	}
	if day, err := rules.ParseDate(about.What); err == nil {
		return a.shortDay(day)
	}
	return templates.Safe(about.What)
}

// t words a screen text in the reader's language. It is called in a thousand places.
//
//go:noinline
func (a *app) t(key string, args ...any) string {
	if a.unworded {
		return ""
	}
	return a.words.T(string(a.lang), key, args...)
}

// printf prints a result. That it could not be written is told at the end: a file
// that lacks half of it must not look like a whole one.
//
//go:noinline
func (a *app) printf(format string, args ...any) { fmt.Fprintf(noting{a.out, a}, format, args...) }

// noting keeps the first error of writing a result.
type noting struct {
	io.Writer
	a *app
}

func (n noting) Write(b []byte) (int, error) {
	written, err := n.Writer.Write(b)
	if err != nil && n.a.unwritten == nil {
		n.a.unwritten = err
	}
	return written, err
}

//go:noinline
func (a *app) errorf(format string, args ...any) { fmt.Fprintf(a.err, format, args...) }

// rootCommand builds the command tree. The ten daily verbs come first in the
// help, the rest after them.
func (a *app) rootCommand() *cobra.Command {
	root := a.group(&cobra.Command{
		Use: "pometka", Short: a.t("help.root"),
		SilenceErrors: true, SilenceUsage: true, DisableFlagsInUseLine: true,
		PersistentPreRunE: func(c *cobra.Command, args []string) error {
			if err := a.nothingEmpty(c, args); err != nil {
				return err
			}
			switch rules.Lang(a.langFlag) {
			case "", rules.RU, rules.KK, rules.EN:
				return nil
			}
			return a.misuse("error.lang", "--lang", templates.Safe(a.langFlag))
		},
	})
	root.SetFlagErrorFunc(a.flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&a.configFlag, "config", "", a.t("help.flag.config"))
	flags.StringVar(&a.langFlag, "lang", "", a.t("help.flag.lang"))
	flags.StringVar(&a.asFlag, "as", "", a.t("help.flag.as"))
	cobra.EnableCommandSorting = false // the daily verbs in the order of their use
	root.AddGroup(&cobra.Group{ID: "daily", Title: a.t("help.group.daily")}, &cobra.Group{ID: "more", Title: a.t("help.group.more")})
	add := func(group string, commands []*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
		}
		root.AddCommand(commands...)
	}
	add("daily", a.dailyCommands())
	add("more", a.moreCommands())
	a.wordHelp(root)
	a.wordArguments(root)
	return root
}

// exactly wraps cobra's argument check so that a wrong count is wrong usage.
//
//go:noinline
func exactly(n int) cobra.PositionalArgs { return asUsage(cobra.ExactArgs(n)) }

func atLeast(n int) cobra.PositionalArgs { return asUsage(cobra.MinimumNArgs(n)) }

func asUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage(argumentError{err})
		}
		return nil
	}
}

// group makes of c a command that does nothing but hold others: alone it explains
// itself, and a word that is none of them is a mistake.
func (a *app) group(c *cobra.Command) *cobra.Command {
	c.SuggestionsMinimumDistance = 2
	c.Args = cobra.ArbitraryArgs // so that an unknown command is worded here
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return a.noCommand(c, args[0])
	}
	return c
}

// noCommand says that c has no such command, and which are like it.
func (a *app) noCommand(c *cobra.Command, name string) error {
	like := strings.Join(c.SuggestionsFor(name), ", ")
	return a.misuse("error.unknown_command", templates.Safe(name), like, c.CommandPath())
}

// withJSON adds the flag --json to a command that lists something.
func (a *app) withJSON(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&a.json, "json", false, a.t("help.flag.json"))
	return c
}
