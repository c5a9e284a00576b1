package rules

import (
	"math"
	"slices"
	"unicode/utf8"
)

// found is one unit behind a word of a letter.
type found struct {
	unit    unit
	negated bool // the word itself denies, by a Kazakh ending
	typo    bool
}

// know tells what a normalised word says: the language of the policy's word that
// it is, -1 for none, and its meaning, nil for none.
func (c *recognition) know(word string) (met int8, says *meaning) {
	x := c.lexicon
	m := &meaning{read: x.sense(x.search(word, true, nil)), marks: c.markAt[word]}
	met = -1
	switch units := m.read.units; {
	case len(units) == 0 && len(m.marks) == 0:
		return met, nil
	case len(units) == 0:
	case units[0].typo:
		m.misspelt = true
	case len(word) > 2:
		met = x.language[units[0].unit]
	}
	return met, m
}

// sense finds the entries that may begin with a word behind which there are
// these units.
func (x *lexicon) sense(units []found) sense {
	s := sense{units: units}
	alone := map[hit]bool{}
	for _, f := range units {
		s.mask |= maskOf(f.unit)
		for n := x.first[f.unit]; n > 0; n = x.phrases[n-1].next {
			ph := &x.phrases[n-1]
			b := beginning{hit: hit{slot: 2 * ph.group, end: 1 + ph.end - ph.at, typo: f.typo}, further: x.behind(ph)}
			if f.negated {
				b.slot++
			}
			switch {
			case len(b.further) > 0:
				b.wants = maskOf(b.further[0])
				s.wants |= b.wants
				s.begins = append(s.begins, b)
			case !alone[b.hit]:
				b.wants = math.MaxUint64 // none in particular
				s.begins, s.alone = append(s.begins, b), append(s.alone, b.hit)
				alone[b.hit] = true
			}
		}
	}
	return s
}

// search finds the units behind a normalised word; misspelt ones only where it is
// asked, and nothing else is found.
func (x *lexicon) search(w string, typos bool, into []found) []found {
	before := len(into)
	folded := fold(w)
	into = x.exact.find(folded, into)
	into = x.lookupPrefix(folded, into)
	latin := w[0] < utf8.RuneSelf
	switch {
	case latin && (w[0] < 'a' || !x.mayBeKnown(folded)):
	case latin:
		into = x.en.find(stemEN(w), into)
	case x.mayBeKnown(folded):
		into = x.lookupStem(w, folded, into)
	}
	if len(into) == before && typos && utf8.RuneCountInString(folded) >= shortestNear-1 && !likeSurname(folded) {
		into = x.lookupNear(w, folded, latin, into)
	}
	return into
}

// headLetters is the number of letters with which most words are told to be
// strangers before they are stemmed.
const headLetters = 4

// mayBeKnown reports whether some stem of the policy begins as the word does.
func (x *lexicon) mayBeKnown(folded string) bool {
	return x.heads.has(firstLetters(folded, headLetters)) || x.heads.has(firstLetters(folded, 3))
}

func (x *lexicon) lookupPrefix(folded string, into []found) []found {
	letters, next := 0, 0
	for i := range folded {
		if next == len(x.prefixes) {
			return into
		}
		if letters == x.prefixes[next] {
			into = x.prefix.find(folded[:i], into)
			next++
		}
		letters++
	}
	if next < len(x.prefixes) && letters == x.prefixes[next] {
		into = x.prefix.find(folded, into)
	}
	return into
}

func (x *lexicon) lookupStem(w, folded string, into []found) []found {
	var room [16]unit
	begins := firstFourOf(folded)
	for _, u := range x.ru.appendTo(room[:0], stemRU(w)) {
		if begins.agree(x.begins[u]) {
			into = append(into, found{unit: u})
		}
	}
	before := len(into)
	stemsKK(folded, func(stem string, negated bool) bool {
		for _, u := range x.kk.appendTo(room[:0], stem) {
			if !slices.ContainsFunc(into[before:], func(f found) bool { return f.unit == u }) {
				into = append(into, found{unit: u, negated: negated})
			}
		}
		return false
	})
	return into
}

// sharedLetters is the number of letters with which two words of one short
// stem must begin alike.
const sharedLetters = len(firstFour{})

func firstFourOf(folded string) (f firstFour) {
	n := 0
	for _, r := range folded {
		if n == len(f) {
			break
		}
		f[n] = r
		n++
	}
	return f
}

// agree reports whether two words share their first four letters, or all of the
// shorter one.
func (f firstFour) agree(o firstFour) bool {
	for i := range f {
		if f[i] == 0 || o[i] == 0 {
			return true
		}
		if f[i] != o[i] {
			return false
		}
	}
	return true
}
