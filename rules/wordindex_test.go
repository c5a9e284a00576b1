package rules

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The index is the map of slices whose room it spares.
func TestWordIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("абвгә")), 0, 4, -1), 1, 400).Draw(t, "words")
		want := map[string][]unit{}
		var x wordIndex
		for i, w := range words {
			if u := unit(i % 7); !slices.Contains(want[w], u) {
				want[w] = append(want[w], u)
			}
			x.add(w, unit(i%7))
		}
		for _, w := range append(words, "жоқ", "абвгәа") {
			if got := x.appendTo(nil, w); !slices.Equal(got, want[w]) || x.has(w) != (len(want[w]) > 0) {
				t.Fatalf("%q: %v, has %v; want %v", w, got, x.has(w), want[w])
			}
		}
	})
	var none wordIndex
	if none.has("") || none.appendTo(nil, "а") != nil {
		t.Error("something is filed in an empty index")
	}
}
