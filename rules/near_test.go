package rules

import (
	"slices"
	"testing"
)

// Of every word of the policy, each misspelling that counts as one is found,
// wherever in the word it is.
func TestNearWords(t *testing.T) {
	p := BuiltIn()
	p.recognise()
	x := p.lexicon
	x.nearOnce.Do(x.fileNear)
	tried := 0
	for i := range x.near.words {
		s := &x.near.words[i]
		for _, w := range misspellings([]rune(s.sound)) {
			if !misspelt(w, s.sound) {
				continue
			}
			tried++
			found := false
			x.near.each(w, func(o *spelling) { found = found || o == s })
			if !found || !x.near.mayHold(w) {
				t.Errorf("%q is not found for %q", w, s.sound)
			}
		}
	}
	if tried < 10*len(x.near.words) {
		t.Errorf("only %d misspellings of %d words", tried, len(x.near.words))
	}
}

// misspellings returns a word with each letter left out, replaced, doubled by a
// strange one before it, or exchanged with the next.
func misspellings(word []rune) []string {
	out := []string{string(word)}
	for i := range word {
		out = append(out,
			string(slices.Delete(slices.Clone(word), i, i+1)),
			string(slices.Replace(slices.Clone(word), i, i+1, 'ж')),
			string(slices.Insert(slices.Clone(word), i, 'ж')))
		if i+1 < len(word) {
			w := slices.Clone(word)
			w[i], w[i+1] = w[i+1], w[i]
			out = append(out, string(w))
		}
	}
	return out
}
