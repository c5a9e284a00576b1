package main

import "os"

// A paint is how a word stands out on a terminal (ECMA-48 8.3.117). It is
// never the only sign of anything.
type paint string

const (
	plain  paint = ""
	bold   paint = "1"
	red    paint = "1;31"
	yellow paint = "33"
	dim    paint = "2"
)

// painted reports whether the screen may be coloured: a terminal that can, and
// a reader who has not asked for none (https://no-color.org).
func (a *app) painted() bool {
	if w, ok := a.out.(waiting); ok {
		return w.painted
	}
	f, ok := a.outFile()
	return ok && isTerminal(f) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// paint makes a text stand out where the screen may be coloured. Count columns
// before: the signs of colour take none.
//
//go:noinline
func (a *app) paint(p paint, s string) string {
	if p == plain || s == "" || !a.painted() {
		return s
	}
	return "\x1b[" + string(p) + "m" + s + "\x1b[0m"
}
