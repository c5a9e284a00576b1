package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"license.kz/pometka/templates"
)

// Where words go: results to stdout, everything else to stderr; no colour is
// ever the only sign of anything; what comes out of a letter passes
// templates.Safe before it is printed, and every screen fits 80 columns.

// narrow is the width that every screen fits.
const narrow = 80

// width is the number of columns of the terminal, 80 where there is none.
func (a *app) width() int {
	f, ok := a.out.(*os.File)
	if !ok {
		return narrow
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return narrow
	}
	return max(w, narrow)
}

// printJSON writes a result for programs.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// labelWidth is the column at which values begin in a list of labels.
const labelWidth = 20

// labelled prints "label  value", the value wrapped beside its label.
func labelled(label, value string, width int) string {
	var b strings.Builder
	for i, line := range wrap(value, width-labelWidth-2) {
		if i == 0 {
			b.WriteString("  " + pad(label, labelWidth-1) + " ")
		} else {
			b.WriteString(strings.Repeat(" ", labelWidth+2))
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// wrap breaks a text into lines of at most width characters, at spaces where
// there are any.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for {
			room := width - utf8.RuneCountInString(line)
			if line != "" {
				room--
			}
			n := utf8.RuneCountInString(word)
			switch {
			case n <= room:
				if line != "" {
					line += " "
				}
				line += word
			case line != "":
				lines, line = append(lines, line), ""
				continue
			default: // one word longer than a line
				r := []rune(word)
				lines = append(lines, string(r[:width]))
				word = string(r[width:])
				continue
			}
			break
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// pad fills a text up to width characters and cuts what is longer, with a
// sign that it was cut.
func pad(s string, width int) string {
	n := utf8.RuneCountInString(s)
	if n <= width {
		return s + strings.Repeat(" ", width-n)
	}
	return clip(s, width)
}

// clip cuts a text to width characters.
func clip(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:width-1]) + "…"
}

// safeLines makes a text of several lines harmless, line by line.
func safeLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = templates.Safe(l)
	}
	return strings.Join(lines, "\n")
}

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
