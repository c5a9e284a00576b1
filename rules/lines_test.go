package rules

import (
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// instance writes a text that an expression finds, as its tree says, in letters
// of either case.
func instance(r *rand.Rand, e *syntax.Regexp) string {
	var b strings.Builder
	repeat := func(least, most int) {
		for range least + r.IntN(most-least+1) {
			b.WriteString(instance(r, e.Sub[0]))
		}
	}
	switch e.Op {
	case syntax.OpLiteral:
		for _, c := range e.Rune {
			if e.Flags&syntax.FoldCase != 0 && r.IntN(4) == 0 {
				c = unicode.ToUpper(c)
			}
			b.WriteRune(c)
		}
	case syntax.OpCharClass:
		k := 2 * r.IntN(len(e.Rune)/2)
		b.WriteRune(e.Rune[k] + rune(r.IntN(1+int(min(e.Rune[k+1]-e.Rune[k], 80)))))
	case syntax.OpAnyCharNotNL:
		b.WriteString(pick(r, "а", " ", "x", "7", ","))
	case syntax.OpAlternate:
		return instance(r, e.Sub[r.IntN(len(e.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, s := range e.Sub {
			b.WriteString(instance(r, s))
		}
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpStar, syntax.OpPlus:
		repeat(1, 3)
	case syntax.OpRepeat:
		most := e.Max
		if most < 0 {
			most = e.Min + 2
		}
		repeat(e.Min, min(most, e.Min+20))
	}
	return b.String()
}

// What the expressions find of lines, the looks before them let through: texts
// written after their alternatives, in capitals and small letters.
func TestLooksBeforeExpressions(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 8))
	for _, c := range []struct {
		name string
		lazy lazy
		pass func(string) bool
	}{
		{"footer", footers, func(s string) bool { return slices.ContainsFunc(strings.Split(s, "\n"), mayOpenFooter) }},
		{"forward", reForwardMark, forwardMark},
		{"on", reOn, func(s string) bool {
			return mayBeOn(s) && (signs(s)&^signQuote != 0 || !strings.ContainsAny(s, "0123456789-_:*"))
		}},
		{"header", reHeaderLine, func(s string) bool { return signs(s)&signRule != 0 }},
		{"loop field", reLoopField, mayBeLoopField},
		{"robot", reRobotLocal, mayBeRobot},
		{"signature", reSignatureMark, func(s string) bool { return signs(s)&signRule != 0 }},
	} {
		e := c.lazy.compiled()
		tree, err := syntax.Parse(e.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for range 4000 {
			s := instance(r, tree)
			if c.name == "footer" { // nobody writes one in capitals
				s = strings.ToLower(s)
			}
			if !e.MatchString(s) || c.name != "footer" && strings.Contains(s, "\n") {
				continue // a word must end where this one goes on, or it is two lines
			}
			tried++
			if !c.pass(s) {
				t.Fatalf("%s: %q is not looked at", c.name, s)
			}
		}
		if tried < 1000 {
			t.Errorf("%s: only %d texts tried", c.name, tried)
		}
	}
}

// Eight bytes at once are counted as one by one.
func TestMeasure(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 9))
	for range 3000 {
		var b strings.Builder
		for range r.IntN(900) {
			b.WriteString(pick(r, "а", "я", "x", "~", " ", "\n", "\x00", "!", "–", "\u00a0", "ө", "😀", "\x7f", "\xff", "\x80"))
		}
		s := b.String()
		page := r.IntN(enough + 10)
		n, end := 0, len(s)
		for i := range len(s) {
			if c := s[i]; n < enough && c > ' ' && (c < 0x80 || c >= 0xC0) {
				if n == page {
					end = i
				}
				n++
			}
		}
		if gotN, gotEnd := measure(s, page); gotN != n || gotEnd != end {
			t.Fatalf("page %d of %q: %d characters, end %d; want %d, %d", page, s, gotN, gotEnd, n, end)
		}
	}
}

// Signs are found wherever they stand, and nothing else is taken for one.
func TestSigns(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	for range 5000 {
		b := []byte(heap(r, 1+r.IntN(4)))
		for range r.IntN(3) {
			b[r.IntN(len(b))] = byte(r.IntN(256))
		}
		want := uint8(0)
		for _, c := range b {
			want |= signOf[c]
		}
		if got := signs(string(b)); got != want {
			t.Fatalf("%q holds the signs %b, want %b", b, got, want)
		}
	}
}
