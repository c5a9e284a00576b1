package mailbox

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
)

// survive, which everything that reads a letter defers, makes a trouble of a
// mistake of this program over that letter: what has been read stays, a person
// looks at the letter, and the others go their way.
func (m *Message) survive() {
	if v := recover(); v != nil {
		stumbled(v)
		m.trouble(TroubleUnreadable)
	}
}

// Stumbled tells in the log where the program stumbled over a letter, by what
// recover gave; nothing of the letter.
func Stumbled(v any) { stumbled(v) }

// stumbled tells where the program stumbled, for whoever mends it, and nothing of
// the letter: other words than the runtime's may quote it.
var stumbled = func(v any) {
	what := "panic"
	if err, ok := v.(runtime.Error); ok {
		what = err.Error()
	}
	slog.Error("a letter could not be read: a mistake of this program", "error", what, "at", callers())
}

// callers names the functions that were at work, the innermost first.
func callers() string {
	var at [40]uintptr
	var names []string
	frames := runtime.CallersFrames(at[:runtime.Callers(1, at[:])])
	for more := true; more; {
		var f runtime.Frame
		if f, more = frames.Next(); strings.Contains(f.Function, "/pometka/") {
			names = append(names, fmt.Sprintf("%s:%d", f.Function[strings.LastIndexByte(f.Function, '/')+1:], f.Line))
		}
	}
	return strings.Join(names, " ")
}
