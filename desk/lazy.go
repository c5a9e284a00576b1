package desk

import (
	"regexp"
	"sync"
)

// lazily gives a regular expression that is compiled when it is first asked for: most
// commands need few of them, and none should wait for the others. Written out in its
// place, each would bring 700 bytes of code.
//
//go:noinline
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
