package main

import (
	"strings"

	"license.kz/pometka/templates"
)

// input is a text that is being typed: a reason, or a letter of several lines.
type input struct {
	text  []rune
	lines bool // Enter begins a new line, Ctrl-D ends the text
}

// maxInput bounds a typed text, in characters.
const maxInput = 20_000

// press takes a key; done: the text is complete, gone: it was given up.
func (in *input) press(k key) (done, gone bool) {
	switch {
	case k.name == "esc":
		return false, true
	case k.name == "enter" && in.lines:
		in.add("\n")
	case k.name == "enter", k.name == "ctrl-d" && in.lines:
		return in.String() != "", false
	case k.name == "backspace":
		in.text = in.text[:max(len(in.text)-1, 0)]
	case k.name == "ctrl-u":
		in.text = in.text[:0]
	case k.name == "ctrl-w":
		s := strings.TrimRight(string(in.text), " \n")
		in.text = []rune(s[:strings.LastIndexAny(s, " \n")+1])
	case k.name == "paste":
		in.add(k.text)
	case k.r != 0:
		in.add(string(k.r))
	}
	return false, false
}

// add appends a text: of one line, or with its lines.
func (in *input) add(s string) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	parts := strings.Split(s, "\n")
	for i := range parts {
		parts[i] = templates.Safe(strings.ReplaceAll(parts[i], "\t", " "))
	}
	between := " "
	if in.lines {
		between = "\n"
	}
	in.text = append(in.text, []rune(strings.Join(parts, between))...)
	in.text = in.text[:min(len(in.text), maxInput)]
}

// String is the text without the space around it.
func (in *input) String() string { return strings.TrimSpace(string(in.text)) }

// shown are the lines of the text, with a mark where the next letter comes.
func (in *input) shown(width int) []string {
	var lines []string
	for line := range strings.SplitSeq(string(in.text)+"▏", "\n") {
		lines = append(lines, wrap(line, width)...)
	}
	return lines
}
