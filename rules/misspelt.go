package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// shortestNear is the length in letters below which a word is only found
// where it sounds alike: too many ordinary words would be near.
const shortestNear = 5

// longWord is the length from which even a form that stands alone («=слово»)
// is found misspelt.
const longWord = 7

// addNear notes a form that may be met misspelt. The forms are filed when the
// first word is looked for among them: most commands read no letter, and filing
// is a quarter of the time that a policy takes to read.
func (x *lexicon) addNear(form string, u unit) { x.nearForms = append(x.nearForms, spelling{u, form}) }

// fileNear files all forms that were noted.
func (x *lexicon) fileNear() {
	x.near = fileNear(x.nearForms)
	x.nearForms = nil
}

// lookupNear searches for units one typing mistake away: a letter too much,
// too few, another, or two exchanged; vowels and doubled letters are free.
func (x *lexicon) lookupNear(w, folded string, latin bool, into []found) []found {
	x.nearOnce.Do(x.fileNear)
	if !x.near.mayHold(sound(folded)) {
		return into
	}
	before := len(into)
	stem := folded
	if latin {
		stem = stemEN(w)
	} else if s := stemRU(w); utf8.RuneCountInString(s) >= shortestNear {
		stem = s
	}
	forms := [2]string{sound(stem), sound(folded)}
	for i, f := range forms {
		if i > 0 && f == forms[0] {
			break
		}
		into = x.collectNear(f, into)
	}
	if !latin && len(into) == before {
		stemsKK(folded, func(stem string, negated bool) bool {
			if f := sound(stem); utf8.RuneCountInString(f) > shortestNear {
				n := len(into)
				into = x.collectNear(f, into)
				for i := range into[n:] {
					into[n+i].negated = negated
				}
			}
			return len(into) > before
		})
	}
	return into
}

// collectNear adds the units of which a form, by sound, may be a misspelling.
func (x *lexicon) collectNear(form string, into []found) []found {
	x.near.each(form, func(s *spelling) {
		if misspelt(form, s.sound) && !slices.ContainsFunc(into, func(f found) bool { return f.unit == s.unit }) {
			into = append(into, found{unit: s.unit, typo: true})
		}
	})
	return into
}

// likeSurname reports whether a word ends as most surnames do: «Абенова» is nobody's
// «обнови». What else ends so is a plural, and found as such where spelt rightly.
func likeSurname(word string) bool {
	word = strings.TrimSuffix(word, "а")
	return strings.HasSuffix(word, "ов") || strings.HasSuffix(word, "ев")
}

// misspelt reports whether a word may be a misspelling of another, both by
// sound. Short words have many ordinary neighbours, so a consonant may be
// replaced, and the first letter be wrong, only in long ones.
func misspelt(word, of string) bool {
	x, y := []rune(word), []rune(of)
	n := min(len(x), len(y))
	switch {
	case word == of:
		return true
	case n == shortestNear-1 && len(x) < len(y):
		return x[0] == y[0] && lacksVowel(x, y)
	case n < shortestNear || x[0] < utf8.RuneSelf && n <= shortestNear:
		return false
	case n < longWord && x[0] != y[0] && x[0] != y[1]:
		return false
	}
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0]
	case len(x) == 1 && len(y) == 1:
		return n >= longWord
	}
	return len(x)+len(y) == 1
}

// lacksVowel reports whether x is y without one of its vowels: «адрс».
func lacksVowel(x, y []rune) bool {
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	return (y[i] == 'а' || y[i] == 'и' || y[i] == 'у') && string(x[i:]) == string(y[i+1:])
}
