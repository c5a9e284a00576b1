package templates

import (
	"strings"
	"unicode/utf8"
)

// lineWidth keeps lines readable in every mail program, also once quoted
// (RFC 3676 section 4.2 advises against more than 78).
const lineWidth = 76

// glue stands for a space at which no line is broken. It becomes an ordinary
// space in the end, so that whoever searches the letter finds what they type.
const glue = "\u00a0"

var numberSigns = strings.NewReplacer("№ ", "№"+glue, "No. ", "No."+glue, "п. ", "п."+glue, "ст. ", "ст."+glue, "art. ", "art."+glue)

func glued(s string) string { return strings.ReplaceAll(s, " ", glue) }

func unglued(s string) string { return strings.ReplaceAll(s, glue, " ") }

// wrap brings a rendered body into its final form: each line is a paragraph,
// broken at spaces so that none is longer than lineWidth (a single longer word
// stays whole), with its indent kept; no space at a line's end, never two empty
// lines together, none at the start, one line feed at the end.
func wrap(body string) string {
	var out []string
	for line := range strings.SplitSeq(numberSigns.Replace(body), "\n") {
		line = strings.TrimRight(line, " ")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, wrapLine(line)...)
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return unglued(strings.Join(out, "\n")) + "\n"
}

func wrapLine(line string) []string {
	words := strings.Split(strings.TrimLeft(line, " "), " ")
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var lines []string
	current, width := indent, utf8.RuneCountInString(indent)
	for i, w := range words {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
			current, width = current+w, width+n
		case width+1+n <= lineWidth:
			current, width = current+" "+w, width+1+n
		default:
			lines = append(lines, current)
			current, width = indent+w, utf8.RuneCountInString(indent)+n
		}
	}
	return append(lines, current)
}
