package store

import (
	"fmt"
	"runtime"
	"strings"
)

// apart runs f on a goroutine of its own; wait returns when it is done. A panic of f, which
// would end the process whatever its caller guards against, becomes one of whoever waits.
func apart(f func()) (wait func()) {
	var v any
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v = recover(); v != nil {
				v = raised(v)
			}
		}()
		f()
	}()
	return func() {
		if <-done; v != nil {
			panic(v)
		}
	}
}

// mistake is a panic that is raised anew, with the place where it was first. It has the
// words of the runtime, but no others: they may quote a letter.
type mistake string

func (m mistake) Error() string { return string(m) }
func (mistake) RuntimeError()   {}

// raised makes a mistake of what a deferred function recovered.
func raised(v any) mistake {
	what := "panic"
	if err, ok := v.(runtime.Error); ok {
		what = err.Error()
	}
	var at [40]uintptr
	frames := runtime.CallersFrames(at[:runtime.Callers(1, at[:])])
	for more := true; more; {
		var f runtime.Frame
		if f, more = frames.Next(); strings.Contains(f.Function, "/pometka/") {
			what += fmt.Sprintf(" %s:%d", f.Function[strings.LastIndexByte(f.Function, '/')+1:], f.Line)
		}
	}
	return mistake(what)
}
