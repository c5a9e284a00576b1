package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// unit is one word that the policy names, in any of its forms.
type unit int32

// lexicon holds all words of a policy so that the units behind a word of a
// letter are found by a few look-ups. It does not change after it is built.
type lexicon struct {
	exact    map[string][]unit // folded whole words
	prefix   map[string][]unit // folded beginnings
	prefixes []int             // lengths in letters of what prefix holds, ascending
	ru       map[string][]stemmed
	kk       map[string][]unit
	en       map[string][]unit
	heads    map[string]bool       // beginnings of all stems, see mayBeKnown
	near     map[string][]spelling // by sound, one letter left out or none: for misspelt words
	nearby   map[string]bool       // three letters in a row of what near holds, see mayBeNear

	language []int8 // by unit: 0 ru, 1 kk, 2 en
	plain    wordCache
	misspelt wordCache

	units   map[string]unit   // by language and stem
	phrases map[unit][]phrase // by first word
	groups  []string          // names, by number
	lines   []int             // of the policy file, by group
	numbers map[string]int    // and back
}

// stemmed is a word of the policy under its Russian stem. Short stems meet by
// chance («данные» and «дано»), so the beginnings must agree too.
type stemmed struct {
	unit   unit
	folded string
}

// spelling is a word of the policy in the form in which misspellings of it
// are looked for.
type spelling struct {
	unit  unit
	sound string
}

// phrase is an entry of a group: one or more units side by side.
type phrase struct {
	group int
	units []unit
}

func newLexicon() *lexicon {
	return &lexicon{
		exact: map[string][]unit{}, prefix: map[string][]unit{}, ru: map[string][]stemmed{}, kk: map[string][]unit{}, en: map[string][]unit{},
		heads: map[string]bool{}, near: map[string][]spelling{}, nearby: map[string]bool{}, units: map[string]unit{}, phrases: map[unit][]phrase{}, numbers: map[string]int{},
	}
}

// add puts an entry into the group: words in the language l; "слово*" stands
// for every word that begins so, "=слово" for this form alone.
func (x *lexicon) add(group int, l Lang, entry string) {
	ph := phrase{group: group}
	for _, field := range strings.Fields(entry) {
		plain, only := strings.CutPrefix(field, "=")
		plain, open := strings.CutSuffix(plain, "*")
		words := strings.Fields(spaced(normalise(plain))) // "e-mail" is two
		for i, w := range words {
			switch {
			case only:
				w = "=" + w
			case open && i == len(words)-1:
				w += "*"
			}
			ph.units = append(ph.units, x.unit(l, w))
		}
	}
	if len(ph.units) == 0 || slices.ContainsFunc(x.phrases[ph.units[0]], func(o phrase) bool { return o.group == group && slices.Equal(o.units, ph.units) }) {
		return // another form of a word the group has
	}
	x.phrases[ph.units[0]] = append(x.phrases[ph.units[0]], ph)
}

// unit returns the unit of a word as the policy spells it. Words that share
// their stem share the unit.
func (x *lexicon) unit(l Lang, spelled string) unit {
	if w, ok := strings.CutPrefix(spelled, "="); ok {
		u := x.unitOf(l, spelled)
		put(x.exact, fold(w), u)
		if utf8.RuneCountInString(w) >= longWord {
			x.addNear(fold(w), u)
		}
		return u
	}
	if w, ok := strings.CutSuffix(spelled, "*"); ok {
		u := x.unitOf(l, spelled)
		w = fold(w)
		put(x.prefix, w, u)
		if n := utf8.RuneCountInString(w); !slices.Contains(x.prefixes, n) {
			x.prefixes = append(x.prefixes, n)
			slices.Sort(x.prefixes)
		}
		return u
	}
	folded := fold(spelled)
	var u unit
	switch l {
	case EN:
		stem := stemEN(spelled)
		x.heads[firstLetters(stem, headLetters)] = true
		u = x.unitOf(EN, stem)
		put(x.en, stem, u)
		x.addNear(stem, u)
	case KK:
		u = x.unitOf(KK, folded)
		put(x.kk, folded, u)
		x.addNear(folded, u)
	default:
		stem := stemRU(spelled)
		u = x.unitOf(RU, stem+"/"+firstLetters(folded, sharedLetters))
		if !slices.ContainsFunc(x.ru[stem], func(o stemmed) bool { return o.unit == u }) {
			x.ru[stem] = append(x.ru[stem], stemmed{u, folded})
		}
		x.heads[firstLetters(stem, headLetters)] = true
		x.addNear(stem, u)
		x.addNear(folded, u) // endings are misspelt too, and «дан» is too short
	}
	put(x.exact, folded, u)
	x.heads[firstLetters(folded, headLetters)] = true
	return u
}

// unitOf returns the unit filed under the key, a new one the first time.
func (x *lexicon) unitOf(l Lang, key string) unit {
	key = string(l) + " " + key
	u, ok := x.units[key]
	if !ok {
		u = unit(len(x.units))
		x.units[key] = u
		x.language = append(x.language, map[Lang]int8{RU: 0, KK: 1, EN: 2}[l])
	}
	return u
}

func put(m map[string][]unit, key string, u unit) {
	if !slices.Contains(m[key], u) {
		m[key] = append(m[key], u)
	}
}

// shortestNear is the length in letters below which a word is only found
// where it sounds alike: too many ordinary words would be near.
const shortestNear = 5

// longWord is the length from which even a form that stands alone («=слово»)
// is found misspelt.
const longWord = 7

// addNear files a form by its sound, whole and with each letter left out.
// Two words one typing mistake apart share at least one of these keys.
func (x *lexicon) addNear(form string, u unit) {
	n := utf8.RuneCountInString(form)
	if n < shortestNear-1 {
		return
	}
	s := spelling{u, sound(form)}
	if slices.Contains(x.near[s.sound], s) {
		return
	}
	x.near[s.sound] = append(x.near[s.sound], s)
	rest := s.sound
	for i := range 5 {
		if i != 1 {
			x.nearby[firstLetters(rest, 3)] = true
		}
		rest = rest[runeLen(rest):]
	}
	if n >= shortestNear {
		leaveOut(s.sound, func(key string) { x.near[key] = append(x.near[key], s) })
	}
}

// leaveOut calls yield with s without its first letter, without its second,
// and so on.
func leaveOut(s string, yield func(string)) {
	var buf [128]byte
	for i, size := 0, 0; i < len(s); i += size {
		_, size = utf8.DecodeRuneInString(s[i:])
		yield(string(append(append(buf[:0], s[:i]...), s[i+size:]...)))
	}
}

// firstLetters returns the first n letters of a folded word.
func firstLetters(w string, n int) string {
	for i := range w {
		if n == 0 {
			return w[:i]
		}
		n--
	}
	return w
}

// found is one unit behind a word of a letter.
type found struct {
	unit    unit
	negated bool // the word itself denies, by a Kazakh ending
	typo    bool
}

// longestCached is the length in bytes up to which words are remembered.
const longestCached = 48

// lookup appends the units behind the normalised word w to into. Misspelt
// words are searched only where typos asks for it.
func (x *lexicon) lookup(w string, typos bool, into []found) []found {
	cache := &x.plain
	if typos {
		cache = &x.misspelt
	}
	if f, ok := cache.get(w); ok {
		return append(into, f...)
	}
	before := len(into)
	into = x.search(w, typos, into)
	if len(w) <= longestCached {
		cache.put(w, slices.Clone(into[before:]))
	}
	return into
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

// lookupNear searches for units one typing mistake away: a letter too much,
// too few, another, or two exchanged; vowels and doubled letters are free.
func (x *lexicon) lookupNear(w, folded string, latin bool, into []found) []found {
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
		into = x.collectNear(f, f, into)
		leaveOut(f, func(key string) { into = x.collectNear(f, key, into) })
	}
	if !latin && len(into) == before {
		stemsKK(folded, func(stem string, negated bool) bool {
			if f := sound(stem); utf8.RuneCountInString(f) > shortestNear {
				n := len(into)
				into = x.collectNear(f, f, into)
				leaveOut(f, func(key string) { into = x.collectNear(f, key, into) })
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

func (x *lexicon) collectNear(form, key string, into []found) []found {
	for _, s := range x.near[key] {
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
