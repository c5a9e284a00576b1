package mailbox

import (
	"errors"
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

// ErrStumbled is a mistake of this program that ended a piece of its work. The log
// says where it is.
var ErrStumbled = errors.New("a mistake of this program ended it, see the log")

// Survive does a piece of work, and makes ErrStumbled of a mistake of this program
// in it, which would end the process.
func Survive(do func() error) (err error) {
	defer survived(&err)
	return do()
}

// survived, deferred, is Survive for the function that defers it.
func survived(err *error) {
	if v := recover(); v != nil {
		stumbled(v)
		*err = ErrStumbled
	}
}

// stumbled tells where the program stumbled, for whoever mends it, and nothing of
// the letter: other words than the runtime's may quote it. What panics with
// ErrStumbled hands on what was told.
var stumbled = func(v any) {
	if v == any(ErrStumbled) {
		return
	}
	what := "panic"
	if err, ok := v.(runtime.Error); ok {
		what = err.Error()
	}
	slog.Error("a mistake of this program ended a piece of its work", "error", what, "at", callers())
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
