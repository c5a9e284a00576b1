package rules

import (
	"regexp"
	"sync"
)

// lazy is a regular expression that is compiled when it is first asked: most
// commands read no letter, and must not wait for what reads one.
type lazy struct{ compiled func() *regexp.Regexp }

// lazily panics at the first use where the expression is none. Written out in its place,
// each would bring 700 bytes of code.
//
//go:noinline
func lazily(expression string) lazy {
	return lazy{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })}
}

func (l lazy) MatchString(s string) bool            { return l.compiled().MatchString(s) }
func (l lazy) FindStringSubmatch(s string) []string { return l.compiled().FindStringSubmatch(s) }
func (l lazy) FindStringIndex(s string) []int       { return l.compiled().FindStringIndex(s) }
