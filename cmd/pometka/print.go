package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/term"

	"license.kz/pometka/templates"
)

// Where words go: results to stdout, everything else to stderr; no colour is
// ever the only sign of anything; what comes out of a letter passes
// templates.Safe before it is printed, and every screen fits 80 columns.

// narrow is the width that every screen fits.
const narrow = 80

// widest bounds what COLUMNS can ask for.
const widest = 1000

// width is the number of columns to write in: those of the terminal, or those
// that COLUMNS names, and 80 where neither is known. It is never less than 80:
// a narrower terminal breaks the lines itself and loses nothing.
func (a *app) width() int {
	if f, ok := a.outFile(); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return max(w, narrow)
		}
	}
	w, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil {
		return narrow
	}
	return min(max(w, narrow), widest)
}

// waiting is where a screen of many lines is written: a write for each of them
// would take longer than making them.
type waiting struct {
	*bufio.Writer
	to      io.Writer
	painted bool // what the app answered for to
}

// buffered lets what is printed from now on wait until the function that it
// returns is called, which says whether it could be written.
func (a *app) buffered() (end func() error) {
	to := a.out
	b := waiting{bufio.NewWriterSize(to, 64<<10), to, a.painted()}
	a.out = b
	return func() error {
		a.out = to
		if err := b.Flush(); err != nil {
			return phrased("error.write", err)
		}
		return nil
	}
}

// outFile is the file that results go to, if it is one.
func (a *app) outFile() (*os.File, bool) {
	to := a.out
	if w, ok := to.(waiting); ok {
		to = w.to
	}
	f, ok := to.(*os.File)
	return f, ok
}

// complain prints a text to stderr: on a terminal in lines that fit it, else as
// it is, since programs look for sentences there.
func (a *app) complain(text string) {
	f, ok := a.err.(*os.File)
	if !ok || !isTerminal(f) {
		a.errorf("%s\n", text)
		return
	}
	width := narrow
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		width = max(w, narrow)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if columns(line) <= width {
			a.errorf("%s\n", line)
			continue
		}
		in := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " ")))
		for _, part := range wrap(line, width-len(in)) {
			a.errorf("%s\n", in+part)
		}
	}
}

// printJSON writes a result for programs. What could harm a terminal stands
// escaped in it, as JSON allows for any character of a string.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(escaping{a.out})
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		return phrased("error.write", err)
	}
	return nil
}

// escaping is where an encoder of JSON writes, a value at a time.
type escaping struct{ io.Writer }

func (e escaping) Write(b []byte) (int, error) {
	if _, err := e.Writer.Write(escapeHarmful(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// mostMarks is how many combining marks may stand on a letter in JSON: more of
// them climb over the lines around.
const mostMarks = 3

// escapeHarmful writes the characters that no screen should get, controls, those
// that are invisible or turn the direction, and the rest of a heap of combining
// marks, as escapes of JSON. They can only stand inside strings.
func escapeHarmful(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/16)
	marks := 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if marks++; r < 0x300 || templates.Cyrillic(r) || !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if r < 0x7f || templates.Cyrillic(r) || marks <= mostMarks && templates.Safe(string(r)) == string(r) {
			out = append(out, b[:n]...)
		} else if r1, r2 := utf16.EncodeRune(r); r1 != unicode.ReplacementChar {
			out = fmt.Appendf(out, `\u%04x\u%04x`, r1, r2)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
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

// say prints a sentence in as many lines as it needs.
func (a *app) say(text string) { a.printf("%s\n", strings.Join(wrap(text, a.width()), "\n")) }

// sayAside is say on stderr, for what is no result.
func (a *app) sayAside(text string) { a.errorf("%s\n", strings.Join(wrap(text, a.width()), "\n")) }
