package rules

import (
	"slices"
	"unicode/utf8"
)

// found is one unit behind a word of a letter.
type found struct {
	unit    unit
	negated bool // the word itself denies, by a Kazakh ending
	typo    bool
}

// longestCached is the length in bytes up to which words are remembered.
const longestCached = 48

// lookup calls yield with the units behind each token, a normalised word, in
// turn. Misspelt words are searched only where typos asks for it.
func (x *lexicon) lookup(tokens []token, typos bool, yield func(i int, units []found)) {
	cache := &x.plain
	if typos {
		cache = &x.misspelt
	}
	cache.mu.RLock()
	defer cache.mu.RUnlock()
	for i := range tokens {
		w := tokens[i].word
		units, ok := cache.words[w]
		if !ok {
			cache.mu.RUnlock()
			units = x.search(w, typos, nil)
			if len(w) <= longestCached {
				cache.put(w, units)
			}
			cache.mu.RLock()
		}
		yield(i, units)
	}
}

func (x *lexicon) search(w string, typos bool, into []found) []found {
	before := len(into)
	folded := fold(w)
	for _, u := range x.exact[folded] {
		into = append(into, found{unit: u})
	}
	into = x.lookupPrefix(folded, into)
	latin := w[0] < utf8.RuneSelf
	switch {
	case latin && (w[0] < 'a' || !x.mayBeKnown(folded)):
	case latin:
		for _, u := range x.en[stemEN(w)] {
			into = append(into, found{unit: u})
		}
	case x.mayBeKnown(folded):
		into = x.lookupStem(w, folded, into)
	}
	if len(into) == before && typos && utf8.RuneCountInString(folded) >= shortestNear-1 {
		into = x.lookupNear(w, folded, latin, into)
	}
	return into
}

// headLetters is the number of letters with which most words are told to be
// strangers before they are stemmed.
const headLetters = 4

// mayBeKnown reports whether some stem of the policy begins as the word does.
func (x *lexicon) mayBeKnown(folded string) bool {
	return x.heads[firstLetters(folded, headLetters)] || x.heads[firstLetters(folded, 3)]
}

func (x *lexicon) lookupPrefix(folded string, into []found) []found {
	letters, next := 0, 0
	for i := range folded {
		if next == len(x.prefixes) {
			return into
		}
		if letters == x.prefixes[next] {
			for _, u := range x.prefix[folded[:i]] {
				into = append(into, found{unit: u})
			}
			next++
		}
		letters++
	}
	if next < len(x.prefixes) && letters == x.prefixes[next] {
		for _, u := range x.prefix[folded] {
			into = append(into, found{unit: u})
		}
	}
	return into
}

func (x *lexicon) lookupStem(w, folded string, into []found) []found {
	for _, s := range x.ru[stemRU(w)] {
		if sameBeginning(folded, s.folded) {
			into = append(into, found{unit: s.unit})
		}
	}
	before := len(into)
	stemsKK(folded, func(stem string, negated bool) bool {
		for _, u := range x.kk[stem] {
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
const sharedLetters = 4

// sameBeginning reports whether two folded words share their first four
// letters, or all of the shorter one.
func sameBeginning(a, b string) bool {
	n := min(utf8.RuneCountInString(a), utf8.RuneCountInString(b), sharedLetters)
	return firstLetters(a, n) == firstLetters(b, n)
}
