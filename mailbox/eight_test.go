package mailbox

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What looks at eight bytes at once says what a look at each says.
func TestEightBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	some := strings.Split("а|я|П|ё|ә|Қ|x|Z|~| |\t|\n|\r\n|\r|\x00|\x1f|\x7f|\u0080|\u009f|\u00a0|«|»|–|😀|\xff|\x80|\xd0|\xd1|\xc2|слово|\r\r\n|\n\n|plain words", "|")
	for range 20000 {
		var in strings.Builder
		few := some[:1+r.IntN(len(some))]
		for range r.IntN(40) {
			in.WriteString(few[r.IntN(len(few))])
		}
		s := in.String()
		b := []byte(s)
		if got, want := isUTF8(b), utf8.Valid(b); got != want {
			t.Fatalf("%q: UTF-8 %v, want %v", s, got, want)
		}
		if got, want := isASCII(b), bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0; got != want {
			t.Fatalf("%q: ASCII %v, want %v", s, got, want)
		}
		if got, want := string(joinLineEnds(bytes.Clone(b))), strings.ReplaceAll(s, "\r\n", "\n"); got != want {
			t.Fatalf("%q: lines %q, want %q", s, got, want)
		}
		if !utf8.Valid(b) {
			continue
		}
		control := func(r rune) bool { return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' }
		if got, want := holdsControl(s), strings.ContainsFunc(s, control); got != want {
			t.Fatalf("%q: control characters %v, want %v", s, got, want)
		}
		letters := 0
		for _, r := range s {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if got := countLetters(s); got != letters {
			t.Fatalf("%q: %d letters, want %d", s, got, letters)
		}
	}
}
