package rules

import (
	"strings"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"
)

// stemRU returns the folded Russian stem of a normalised word.
func stemRU(w string) string { return fold(russian.Stem(w, true)) }

// stemEN returns the English stem of a normalised word.
func stemEN(w string) string { return english.Stem(w, true) }

// kazakhSuffixes are the endings of Kazakh nouns and verbs in the folded form
// (see fold: ы, і and й are и; ұ and ү are у; ғ and қ are г and к; ң is н).
// Kazakh glues endings one after the other, so they are taken off one at a
// time, and the lexicon is asked after each. Longer ones come first.
var kazakhSuffixes = []string{
	// possession and politeness: -ыңыз, -іңіз, -ымыз, -іміз
	"иниз", "имиз", "низ", "миз", "сиз", "сиздар", "лариниз", "лериниз",
	// plural
	"лар", "лер", "дар", "дер", "тар", "тер",
	// cases: genitive, dative, accusative, locative, ablative, instrumental
	"нин", "дин", "тин", "га", "ге", "ка", "ке", "на", "не", "ди", "ти", "ни", "да", "де", "та", "те",
	"дан", "ден", "тан", "тен", "нан", "нен", "мен", "бен", "пен", "нда", "нде",
	// adjectives of place and time: -дағы, -дегі
	"даги", "деги", "таги", "теги",
	// verbs: person, past, participle, gerund, the polite -шы, conditional, infinitive
	"мин", "бин", "пин", "гим", "ким", "ган", "ген", "кан", "кен", "атин", "етин", "итин", "уди", "уге", "уга", "гиниз", "киниз",
	"ип", "ши", "са", "се", "син", "у", "а", "е", "и", "п", "м", "н", "им", "ин", "си", "рга", "рге",
}

// kazakhNegations are the negative endings of verbs, folded. They stand
// before the endings of person: жібер-ме-ңіз, do not send; said to several without
// ceremony, жібер-ме-ңдер, they would be taken for a case (-мен) with a plural.
var kazakhNegations = []string{"ма", "ме", "ба", "бе", "па", "пе", "маи", "меи", "баи", "беи", "паи", "пеи", "мандар", "мендер", "бандар", "бендер", "пандар", "пендер"}

// stemsKK calls yield with the folded word and then with ever shorter stems
// of it until yield returns true; negated tells that a negative ending was
// taken off. It reports whether yield ever returned true.
func stemsKK(folded string, yield func(stem string, negated bool) bool) bool {
	return stripKK(folded, false, 0, yield)
}

// suffixesByLast indexes the table by the last letter of the ending.
var suffixesByLast = func() map[rune][]string {
	m := map[rune][]string{}
	for _, suf := range kazakhSuffixes {
		r, _ := utf8.DecodeLastRuneInString(suf)
		m[r] = append(m[r], suf)
	}
	return m
}()

const (
	shortestKK = 3 * 2 // bytes: no Kazakh stem has fewer than three letters
	deepestKK  = 5     // endings on one word
)

func stripKK(w string, negated bool, depth int, yield func(string, bool) bool) bool {
	if yield(w, negated) {
		return true
	}
	// к, қ and п at the end of a stem become г, ғ and б before a vowel: дерек, дерегім.
	if depth > 0 {
		if s, ok := strings.CutSuffix(w, "г"); ok && yield(s+"к", negated) {
			return true
		}
		if s, ok := strings.CutSuffix(w, "б"); ok && yield(s+"п", negated) {
			return true
		}
	}
	if depth == deepestKK {
		return false
	}
	for _, suf := range kazakhNegations {
		if negated {
			break
		}
		s, ok := strings.CutSuffix(w, suf)
		switch {
		case !ok || len(s) < shortestKK:
		case depth == 0: // жіберме, do not send; but деректеріме, to my data
			if yield(s, true) {
				return true
			}
		case stripKK(s, true, depth+1, yield):
			return true
		}
	}
	last, _ := utf8.DecodeLastRuneInString(w)
	for _, suf := range suffixesByLast[last] {
		if s, ok := strings.CutSuffix(w, suf); ok && len(s) >= shortestKK && stripKK(s, negated, depth+1, yield) {
			return true
		}
	}
	return false
}
