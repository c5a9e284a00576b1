package rules

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// unit is one word that the policy names, in any of its forms.
type unit int32

// The languages of the policy's words, by which those met in a text are counted.
const (
	metRU = iota
	metKK
	metEN
)

// lexicon holds all words of a policy so that the units behind a word of a
// letter are found by a few look-ups. It does not change after it is built.
type lexicon struct {
	exact    map[string][]unit // folded whole words
	prefix   map[string][]unit // folded beginnings
	prefixes []int             // lengths in letters of what prefix holds, ascending
	ru       map[string][]stemmed
	kk       map[string][]unit
	en       map[string][]unit
	heads    map[string]bool // beginnings of all stems, see mayBeKnown

	near      *nearWords // for misspelt words
	nearForms []spelling // as written, not filed in near yet
	nearOnce  sync.Once

	language []int8 // by unit: metRU, metKK, metEN
	words    *wordCache
	numerals bool // a word holds a digit

	units   map[string]unit // by language and stem
	phrases [][]phrase      // by first word, a unit
	groups  []string        // names, by number
	lines   []int           // of the policy file, by group; see findLines
	numbers map[string]int  // and back

	slotNot, slotModal int32    // of the groups that the program itself knows
	value              *meaning // what a token says that is one
}

// stemmed is a word of the policy under its Russian stem. Short stems meet by
// chance («данные» and «дано»), so the beginnings must agree too.
type stemmed struct {
	unit   unit
	folded string
}

// phrase is an entry of a group: one or more units side by side.
type phrase struct {
	group int
	units []unit
}

func newLexicon() *lexicon {
	return &lexicon{
		exact: map[string][]unit{}, prefix: map[string][]unit{}, ru: map[string][]stemmed{}, kk: map[string][]unit{}, en: map[string][]unit{},
		heads: map[string]bool{}, units: map[string]unit{}, numbers: map[string]int{},
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
	x.numerals = x.numerals || strings.ContainsAny(entry, "0123456789")
	for len(x.phrases) < len(x.units) {
		x.phrases = append(x.phrases, nil)
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
		x.language = append(x.language, map[Lang]int8{RU: metRU, KK: metKK, EN: metEN}[l])
	}
	return u
}

func put(m map[string][]unit, key string, u unit) {
	if !slices.Contains(m[key], u) {
		m[key] = append(m[key], u)
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
