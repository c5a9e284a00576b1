package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// flagLines lists flags as pflag does, but counts columns, not bytes. What a flag
// takes is named by its text, in backquotes.
func (a *app) flagLines(flags *pflag.FlagSet) string {
	var names, texts []string
	widest := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		value, text := pflag.UnquoteUsage(f)
		if value == "int" {
			value = "N"
		}
		if value != "" {
			name += " " + value
		}
		widest = max(widest, columns(name))
		names, texts = append(names, name), append(texts, text)
	})
	var b strings.Builder
	for i, name := range names {
		for j, line := range wrap(texts[i], max(narrow-widest-3, narrow/3)) {
			if j > 0 {
				name = ""
			}
			b.WriteString(strings.TrimRight(pad(name, widest)+"   "+line, " ") + "\n")
		}
	}
	return b.String()
}
