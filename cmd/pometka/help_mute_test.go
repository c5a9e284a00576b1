package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shape is all of a command but its help.
func shape(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString(c.Use + "|" + c.GroupID + "|" + strings.Join(c.Aliases, ","))
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		b.WriteString(" --" + f.Name + "/" + f.Shorthand + "=" + f.DefValue + f.NoOptDefVal + f.Value.Type())
	})
	for _, sub := range c.Commands() {
		b.WriteString("\n" + shape(sub))
	}
	return b.String()
}

// run is made without its help, and is otherwise the same command; whoever asks for
// help gets it.
func TestMute(t *testing.T) {
	a := &app{lang: "ru", words: mustWords(t)}
	full := a.rootCommand()
	a.unworded = true
	bare := a.rootCommand()
	if shape(full) != shape(bare) || bare.Short != "" || full.Short == "" {
		t.Errorf("without help the commands are others:\n%s\n%s", shape(bare), shape(full))
	}
	for args, want := range map[string]bool{
		"run": true, "run --once": true, "run --once --config /home/h": true, "run --config=/home/h": true,
		"run -h": false, "run --help": false, "run --once --help=true": false, "help run": false, "": false, "list": false, "completion bash": false,
	} {
		if got := mute(strings.Fields(args)); got != want {
			t.Errorf("%q: %v", args, got)
		}
	}
}
