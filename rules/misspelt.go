package rules

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// shortestNear is the length in letters below which a word is only found
// where it sounds alike: too many ordinary words would be near.
const shortestNear = 5

// longWord is the length from which even a form that stands alone («=слово»)
// is found misspelt.
const longWord = 7

// nearForm is a word that waits to be filed in near.
type nearForm struct {
	form string
	unit unit
}

// addNear notes a form that may be met misspelt. The forms are filed when the
// first word is looked for among them: most commands read no letter, and filing
// is a quarter of the time that a policy takes to read.
func (x *lexicon) addNear(form string, u unit) { x.nearForms = append(x.nearForms, nearForm{form, u}) }

// nearKey is one of the keys by which a word is found misspelt. A policy has
// some ten thousand: their digests, in one piece of memory, take a tenth of a map
// of strings. Two keys with one digest do no harm, since misspelt has the last word.
type nearKey struct {
	digest uint32
	word   int32 // of lexicon.spellings
}

// spelling is a word of the policy in the form in which misspellings of it
// are looked for.
type spelling struct {
	unit  unit
	sound string
}

// fileNear files all forms that were noted.
func (x *lexicon) fileNear() {
	filed := map[spelling]bool{}
	for _, f := range x.nearForms {
		x.fileForm(f.form, f.unit, filed)
	}
	slices.SortStableFunc(x.near, func(a, b nearKey) int { return cmp.Compare(a.digest, b.digest) })
	x.near, x.spellings = slices.Clip(x.near), slices.Clip(x.spellings)
	x.nearForms = nil
}

// fileForm files a form by its sound, whole and with each letter left out.
// Two words one typing mistake apart share at least one of these keys.
func (x *lexicon) fileForm(form string, u unit, filed map[spelling]bool) {
	n := utf8.RuneCountInString(form)
	if n < shortestNear-1 {
		return
	}
	s := spelling{u, sound(form)}
	if filed[s] {
		return
	}
	filed[s] = true
	word := int32(len(x.spellings))
	x.spellings = append(x.spellings, s)
	x.near = append(x.near, nearKey{digestOf(s.sound, ""), word})
	rest := s.sound
	for i := range 5 {
		if i != 1 {
			x.nearby[firstLetters(rest, 3)] = true
		}
		rest = rest[runeLen(rest):]
	}
	if n >= shortestNear {
		leaveOut(s.sound, func(digest uint32) { x.near = append(x.near, nearKey{digest, word}) })
	}
}

// digestOf is FNV-1a over two pieces of a word.
func digestOf(head, tail string) uint32 {
	h := uint32(2166136261)
	for _, s := range [2]string{head, tail} {
		for i := range len(s) {
			h = (h ^ uint32(s[i])) * 16777619
		}
	}
	return h
}

// leaveOut calls yield with the digest of s without its first letter, without
// its second, and so on.
func leaveOut(s string, yield func(digest uint32)) {
	for i, size := 0, 0; i < len(s); i += size {
		size = runeLen(s[i:])
		yield(digestOf(s[:i], s[i+size:]))
	}
}

// lookupNear searches for units one typing mistake away: a letter too much,
// too few, another, or two exchanged; vowels and doubled letters are free.
func (x *lexicon) lookupNear(w, folded string, latin bool, into []found) []found {
	x.nearOnce.Do(x.fileNear)
	if !x.mayBeNear(sound(folded)) {
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
		into = x.collectNear(f, digestOf(f, ""), into)
		leaveOut(f, func(key uint32) { into = x.collectNear(f, key, into) })
	}
	if !latin && len(into) == before {
		stemsKK(folded, func(stem string, negated bool) bool {
			if f := sound(stem); utf8.RuneCountInString(f) > shortestNear {
				n := len(into)
				into = x.collectNear(f, digestOf(f, ""), into)
				leaveOut(f, func(key uint32) { into = x.collectNear(f, key, into) })
				for i := range into[n:] {
					into[n+i].negated = negated
				}
			}
			return len(into) > before
		})
	}
	return into
}

// mayBeNear spares most words the search: where one mistake parts a word from
// another, either its first three letters or the three after them are those
// of the other, in the same place or one beside it.
func (x *lexicon) mayBeNear(s string) bool {
	head := firstLetters(s, 3)
	return x.nearby[head] || x.nearby[firstLetters(s[len(head):], 3)]
}

func (x *lexicon) collectNear(form string, digest uint32, into []found) []found {
	i, _ := slices.BinarySearchFunc(x.near, digest, func(k nearKey, d uint32) int { return cmp.Compare(k.digest, d) })
	for ; i < len(x.near) && x.near[i].digest == digest; i++ {
		s := &x.spellings[x.near[i].word]
		if misspelt(form, s.sound) && !slices.ContainsFunc(into, func(f found) bool { return f.unit == s.unit }) {
			into = append(into, found{unit: s.unit, typo: true})
		}
	}
	return into
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
