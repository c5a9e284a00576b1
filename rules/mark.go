package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// markText is a mark of the policy in the forms in which it is looked for.
type markText struct {
	Mark
	line    int      // of the policy file; see findLines
	kind    int      // index of Policy.Kinds
	words   string   // " отзыв согласия на обработку персональных данных "
	tokens  []string // the same, one by one
	letters []rune   // by sound, without spaces, for marks long enough to be misspelt
	sound   string   // the same
	first   []rune   // of letters: the first word, which says what is demanded
	pieces  []string // of letters: one of them is intact wherever the mark is found loosely
	telling int      // of the tokens, those longer than a preposition
	verbEnd bool     // what is demanded is said last: «... келісімімді кері қайтарып алу»
}

// shortestLoose is the length in letters from which a mark is also found when
// a few of its letters are wrong, missing, or its words run together. Shorter
// marks are single words; the lexicon finds their misspellings.
const shortestLoose = 16

func newMarkText(m Mark, kind int) markText {
	t := markText{Mark: m, kind: kind, words: spaced(normalise(m.Text))}
	t.tokens = strings.Fields(t.words)
	t.verbEnd = strings.ContainsFunc(m.Text, isKazakh)
	for _, w := range t.tokens {
		if utf8.RuneCountInString(w) > shortestStump {
			t.telling++
		}
	}
	if l := letters(t.words); len(l) >= shortestLoose {
		t.letters, t.sound = l, string(l)
		t.first = letters(t.tokens[0])
		pieces := len(l)/faultOneIn + 1
		for i := range pieces {
			t.pieces = append(t.pieces, string(l[i*len(l)/pieces:(i+1)*len(l)/pieces]))
		}
	}
	return t
}

// faultOneIn says that one letter in so many may be wrong.
const faultOneIn = 10

// spaced returns the words of a normalised text, each between two spaces, so
// that a mark is found by words and not inside them.
func spaced(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte(' ')
	for i := 0; i < len(s); {
		n := tokenEnd(s[i:])
		if n == 0 {
			i += runeLen(s[i:])
			continue
		}
		b.WriteString(s[i : i+n])
		b.WriteByte(' ')
		i += n
	}
	return b.String()
}

// markHeads tells of which marks the first word stands among the tokens, which are
// those of the sentence read last.
func (p *Policy) markHeads(a *arena, tokens []token) []bool {
	a.begun = slices.Grow(a.begun[:0], len(p.marks))[:len(p.marks)]
	clear(a.begun)
	begun := a.begun
	for _, i := range a.telling {
		for _, k := range tokens[i].says.marks {
			begun[k] = true
		}
	}
	return begun
}

// markPieces finds of which marks a piece stands in a text.
type markPieces struct {
	finder *finder
	mark   []int // by piece, index of Policy.marks
}

func newMarkPieces(marks []markText) markPieces {
	var x markPieces
	var all []string
	for i := range marks {
		for _, piece := range marks[i].pieces {
			all, x.mark = append(all, piece), append(x.mark, i)
		}
	}
	x.finder = newFinder(all)
	return x
}

// near tells of which marks a piece stands in the letters of some tokens, run
// together by sound.
func (p *Policy) near(a *arena, tokens []token) []bool {
	a.loose = a.loose[:0]
	for _, t := range tokens {
		a.loose = appendSound(a.loose, t.word)
	}
	a.near = slices.Grow(a.near[:0], len(p.marks))[:len(p.marks)]
	clear(a.near)
	p.pieces.finder.find(a.loose, func(piece int) { a.near[p.pieces.mark[piece]] = true })
	return a.near
}

// verbatim reports whether the mark's words stand in a sentence as they are.
func (m *markText) verbatim(tokens []token) bool {
	for i := 0; i+len(m.tokens) <= len(tokens); i++ {
		k := 0
		for k < len(m.tokens) && tokens[i+k].word == m.tokens[k] {
			k++
		}
		if k == len(m.tokens) {
			return true
		}
	}
	return false
}

// begins reports whether a subject, its letters by sound run together, is the
// beginning of the mark: some programs cut what is long.
func (m *markText) begins(subject []byte) bool {
	return m.Prescribed && !m.verbEnd && len(subject) < len(m.sound) && m.sound[:len(subject)] == string(subject) && utf8.RuneCount(subject) >= shortestLoose
}

// abbreviates reports whether a subject is the mark in shortened words: «Отказ от
// увед. о нов. продуктах и усл.», «Актуализ. перс. данных». The first word begins the
// mark's first, each that follows one of those behind it, and at least three tell
// something (the first by more than «акт»); where other words follow, all but one of the
// mark's must have stood there. Without its last word a Kazakh mark demands nothing: «... өңдеуге келісім».
func (m *markText) abbreviates(tokens []token) bool {
	if len(tokens) < 3 || !stands(tokens[0].word, m.tokens[0]) || utf8.RuneCountInString(tokens[0].word) <= shortestStump || m.verbEnd && tokens[len(tokens)-1].word != m.tokens[len(m.tokens)-1] {
		return false
	}
	at, telling, short := 0, 0, false
	for i := range tokens {
		for at < len(m.tokens) && !stands(tokens[i].word, m.tokens[at]) {
			at++
		}
		if at == len(m.tokens) {
			return short && telling >= max(3, m.telling-1)
		}
		short = short || len(m.tokens[at]) > len(tokens[i].word)
		if utf8.RuneCountInString(m.tokens[at]) > shortestStump {
			telling++
		}
		at++
	}
	return short && telling >= 3
}

// stands reports whether a word is another one, or the beginning of it that is left of
// it in an abbreviation.
func stands(w, long string) bool {
	return strings.HasPrefix(long, w) && (len(w) == len(long) || utf8.RuneCountInString(w) >= shortestStump)
}

// shortestStump is the length in letters of the shortest word that may stand for a
// longer one; words of the mark that are no longer tell nothing.
const shortestStump = 3

// letters returns the letters of a text by sound, without anything between.
func letters(s string) []rune { return []rune(strings.ReplaceAll(sound(s), " ", "")) }

// within reports whether the mark stands somewhere in text, letters by sound
// run together, with at most one letter in ten wrong, too many or too few. The
// first word, by which a withdrawal differs from the consent itself, has at
// most one letter in four wrong. It is worth asking only where one of the pieces
// stands in the text.
func (m *markText) within(text []rune) bool {
	return nearly(m.letters, text, len(m.letters)/faultOneIn) && nearly(m.first, text, max(1, len(m.first)/4))
}

// nearly reports whether want stands somewhere in text with at most limit
// letters wrong, too many or too few: Sellers' approximate search, one column
// of the table at a time.
func nearly(want, text []rune, limit int) bool {
	n := len(want)
	if len(text) < n-limit {
		return false
	}
	var buf [160]uint16
	col := buf[:0]
	for i := 0; i <= n; i++ {
		col = append(col, uint16(i))
	}
	for _, r := range text {
		diagonal := col[0] // stays 0: the beginning may be anywhere
		for i, w := range want {
			above := col[i+1]
			best := diagonal
			if r != w {
				best = min(diagonal, above, col[i]) + 1
			}
			col[i+1], diagonal = best, above
		}
		if int(col[n]) <= limit {
			return true
		}
	}
	return false
}
