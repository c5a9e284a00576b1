package rules

import "sync"

// arena is the memory in which one letter is read. It is used again for the
// next one: a catch-up would spend more on collecting such memory than on
// reading. What is taken from it is valid until it is released; nothing of a
// Finding lies in it.
type arena struct {
	slowly bool // without shortcuts, for the test that they change nothing

	tokens   []token
	words    []knownWord // that no other letter shares
	cuts     []cutting
	all      []sentence
	readings []sentenceReading
	hits     []hit
	letter   letterCase

	// What reading one sentence needs.
	telling []int32 // which tokens of the sentence read last say something
	roles   []uint8
	begun   []bool
	near    []bool
	loose   []byte

	bothTokens []token
	bothHits   []hit
}

// mostTokensKept is the number of tokens up to which an arena is kept.
const mostTokensKept = 4096

var arenas = sync.Pool{New: func() any { return new(arena) }}

func newArena() *arena { return arenas.Get().(*arena) }

// release gives the memory back. What lay in it lets go of the letter's text.
func (a *arena) release() {
	if cap(a.tokens) > mostTokensKept {
		return
	}
	clear(a.tokens)
	clear(a.words)
	clear(a.all)
	clear(a.readings)
	clear(a.bothTokens)
	a.letter = letterCase{}
	a.tokens, a.words, a.cuts, a.all, a.readings, a.hits = a.tokens[:0], a.words[:0], a.cuts[:0], a.all[:0], a.readings[:0], a.hits[:0]
	arenas.Put(a)
}

// word returns a place for a word of which nothing is known but what it says.
func (a *arena) word(as string, says *meaning) *knownWord {
	if len(a.words) == cap(a.words) {
		a.words = make([]knownWord, 0, 16+2*cap(a.words))
	}
	a.words = a.words[:len(a.words)+1]
	k := &a.words[len(a.words)-1]
	k.word, k.says, k.met = as, says, -1
	return k
}

// rest returns the unused room of a slice of the arena, to append to.
func rest[T any](s []T) []T { return s[len(s):] }

// with returns the slice with what was appended to its rest. Where that had to
// move, what was taken before stays where it is, and the arena goes on where there
// is room for twice as much: the next letters need no more.
func with[T any](s, more []T) []T {
	switch {
	case cap(more) == cap(s)-len(s):
		return s[:len(s)+len(more)]
	case cap(more)-len(more) >= len(s):
		return more
	}
	return make([]T, 0, 2*len(s)+cap(more))
}
