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
	exact    wordIndex // folded whole words
	prefix   wordIndex // folded beginnings
	prefixes []int     // lengths in letters of what prefix holds, ascending
	ru       wordIndex // stems; see firstFour
	kk       wordIndex // folded whole words
	en       wordIndex // stems
	heads    wordIndex // beginnings of all stems, see mayBeKnown

	near      *nearWords // for misspelt words
	nearForms []spelling // as written, not filed in near yet
	nearOnce  sync.Once

	language []int8 // by unit: metRU, metKK, metEN
	words    *wordCache
	numerals bool // a word holds a digit

	units   map[string]unit // by language and stem, while the words are read
	spelt   map[string]unit // by language and word as the policy spells it, as long
	phrases []phrase
	first   []int32        // by unit: the first of the phrases that begin with it, counted from 1; 0: none does
	further []unit         // of all phrases
	begins  []firstFour    // by unit, of the Russian ones
	groups  []string       // names, by number
	lines   []int          // of the policy file, by group; see findLines
	numbers map[string]int // and back

	deeds groupSet // of the words that alone are a demand of some kind: «удалите»

	slotNot, slotModal int32    // of the groups that the program itself knows
	value              *meaning // what a token says that is one
}

// firstFour are the first letters of a Russian word of the policy, folded; zeros behind
// a shorter one. Short stems meet by chance («данные» and «дано»), so these must agree
// too.
type firstFour [4]rune

// phrase is an entry of a group: one or more units side by side.
type phrase struct {
	group   int32
	at, end int32 // of the units behind the first, in further
	next    int32 // phrase that begins with the same unit, counted from 1; 0: it is the last
}

func newLexicon() *lexicon {
	return &lexicon{units: map[string]unit{}, spelt: map[string]unit{}, numbers: map[string]int{}}
}

// add puts an entry into the group: words in the language l; "слово*" stands
// for every word that begins so, "=слово" for this form alone.
func (x *lexicon) add(group int, l Lang, entry string) {
	var units []unit
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
			as := string(l) + w
			u, known := x.spelt[as] // half of them: a word stands in many groups
			if !known {
				u = x.unit(l, w)
				x.spelt[as] = u
			}
			units = append(units, u)
		}
	}
	x.numerals = x.numerals || strings.ContainsAny(entry, "0123456789")
	if len(units) > 0 {
		x.addPhrase(int32(group), units)
	}
}

// addPhrase files the units behind one another as an entry of the group, once: words
// have many forms.
func (x *lexicon) addPhrase(group int32, units []unit) {
	last := &x.first[units[0]]
	for *last > 0 {
		old := &x.phrases[*last-1]
		if old.group == group && slices.Equal(x.behind(old), units[1:]) {
			return
		}
		last = &old.next
	}
	*last = int32(len(x.phrases) + 1)
	at := len(x.further)
	x.further = append(x.further, units[1:]...)
	x.phrases = append(x.phrases, phrase{group: group, at: int32(at), end: int32(len(x.further))})
}

// behind returns the units of a phrase behind its first.
func (x *lexicon) behind(p *phrase) []unit { return x.further[p.at:p.end:p.end] }

// unit returns the unit of a word as the policy spells it. Words that share
// their stem share the unit.
func (x *lexicon) unit(l Lang, spelled string) unit {
	if w, ok := strings.CutPrefix(spelled, "="); ok {
		u := x.unitOf(l, spelled)
		x.exact.add(fold(w), u)
		if utf8.RuneCountInString(w) >= longWord {
			x.addNear(fold(w), u)
		}
		return u
	}
	if w, ok := strings.CutSuffix(spelled, "*"); ok {
		u := x.unitOf(l, spelled)
		w = fold(w)
		x.prefix.add(w, u)
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
		x.heads.add(firstLetters(stem, headLetters), 0)
		u = x.unitOf(EN, stem)
		x.en.add(stem, u)
		x.addNear(stem, u)
	case KK:
		u = x.unitOf(KK, folded)
		x.kk.add(folded, u)
		x.addNear(folded, u)
	default:
		stem := stemRU(spelled)
		u = x.unitOf(RU, stem+"/"+firstLetters(folded, sharedLetters))
		x.ru.add(stem, u)
		x.begins[u] = firstFourOf(folded)
		x.heads.add(firstLetters(stem, headLetters), 0)
		x.addNear(stem, u)
		x.addNear(folded, u) // endings are misspelt too, and «дан» is too short
	}
	x.exact.add(folded, u)
	x.heads.add(firstLetters(folded, headLetters), 0)
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
		x.first, x.begins = append(x.first, 0), append(x.begins, firstFour{})
	}
	return u
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
