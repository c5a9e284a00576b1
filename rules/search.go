package rules

import (
	"cmp"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"
)

// SearchWords gives the words of a text, letters and digits in one run, with
// the byte at which each begins. What has no width of its own inside a word
// (combining marks, soft hyphens, zero-width characters) belongs to the word.
func SearchWords(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		start := -1
		for i, r := range text {
			switch {
			case isWordRune(r):
				if start < 0 {
					start = i
				}
				continue
			case start >= 0 && (unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r)):
				continue
			case start >= 0 && !yield(start, text[start:i]):
				return
			}
			start = -1
		}
		if start >= 0 {
			yield(start, text[start:])
		}
	}
}

// SearchStems gives the forms under which a word is filed and found: its stem
// in the language of its letters, so that «согласия» finds «согласие», and, of
// a word that is or may be Kazakh, its root behind a қ, a letter that no stem
// holds. A word may be Kazakh where lang is KK or a letter of it is Kazakh.
// Letter case, ё and е, and look-alike letters of another alphabet make no
// difference. The forms consist of letters and digits only; a word of nothing
// else has none.
func SearchStems(word string, lang Lang) []string {
	w := strings.TrimFunc(normalise(word), func(r rune) bool { return !isWordRune(r) })
	if w == "" || strings.ContainsFunc(w, func(r rune) bool { return !isWordRune(r) }) {
		return nil
	}
	if !strings.ContainsFunc(w, isCyrillic) {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			return []string{w}
		}
		return []string{english.Stem(w, true)}
	}
	stems := []string{rootRU(w)}
	if lang == KK || strings.ContainsAny(w, "әіңғүұқөһ") {
		stems = append(stems, "қ"+rootKK(fold(w)))
	}
	return stems
}

// rootRU takes endings off until none is left: once is not enough for «Иванов»
// and «Ивановой» to meet.
func rootRU(w string) string {
	for {
		shorter := russian.Stem(w, true)
		if shorter == w || shorter == "" {
			return cmp.Or(fold(w), w) // of «ъ» nothing is left folded
		}
		w = shorter
	}
}

// rootKK takes all endings off a folded Kazakh word, the longest first, as long
// as three letters stay. It is coarser than stemsKK, which has a lexicon to ask:
// all that matters here is that the forms of one word come to the same root.
func rootKK(w string) string {
	for {
		last, _ := utf8.DecodeLastRuneInString(w)
		longest := ""
		for _, suffix := range suffixesByLast[last] {
			desire := suffix == "гим" || suffix == "ким" // дерегім: the stem ends in a г of its own
			if !desire && len(suffix) > len(longest) && len(w)-len(suffix) >= shortestKK && strings.HasSuffix(w, suffix) {
				longest = suffix
			}
		}
		switch {
		case longest != "":
			w = w[:len(w)-len(longest)]
		case last == 'г': // дерек, дерегі
			w = strings.TrimSuffix(w, "г") + "к"
		case last == 'б': // талап, талабы
			w = strings.TrimSuffix(w, "б") + "п"
		default:
			return w
		}
	}
}
