package rules

// wordIndex tells which units are filed under a word, in the order in which they were
// filed. A map of a few thousand strings and slices would do the same in thrice the
// memory, over all of which every collection of garbage walks: of this one it walks
// over nothing. The zero wordIndex is empty.
type wordIndex struct {
	places  []int32 // of a word's first entry, counted from 1, at the word's hash or the next free place; their number is a power of two
	entries []wordEntry
	letters []byte // of all words, one behind the other
}

// wordEntry is a unit under a word, which stands in letters from at to end.
type wordEntry struct {
	at, end int32
	unit    unit
	next    int32 // entry of the same word, counted from 1; 0: it is the last
}

// add files u under the word, once.
func (x *wordIndex) add(word string, u unit) {
	if 4*(len(x.entries)+1) > 3*len(x.places) {
		x.grow()
	}
	e := wordEntry{at: int32(len(x.letters)), end: int32(len(x.letters) + len(word)), unit: u}
	place := x.place(word)
	last := &x.places[place]
	for *last > 0 {
		old := &x.entries[*last-1]
		if old.unit == u {
			return
		}
		e.at, e.end, last = old.at, old.end, &old.next
	}
	if x.places[place] == 0 {
		x.letters = append(x.letters, word...)
	}
	*last = int32(len(x.entries) + 1)
	x.entries = append(x.entries, e)
}

// has reports whether anything is filed under the word.
func (x *wordIndex) has(word string) bool {
	return len(x.places) > 0 && x.places[x.place(word)] > 0
}

// appendTo appends the units of the word to list.
func (x *wordIndex) appendTo(list []unit, word string) []unit {
	if len(x.places) == 0 {
		return list
	}
	for n := x.places[x.place(word)]; n > 0; n = x.entries[n-1].next {
		list = append(list, x.entries[n-1].unit)
	}
	return list
}

// find appends the units of the word to what was found.
func (x *wordIndex) find(word string, into []found) []found {
	var room [16]unit
	for _, u := range x.appendTo(room[:0], word) {
		into = append(into, found{unit: u})
	}
	return into
}

// place returns the place of a word: where it is filed, else a free one.
func (x *wordIndex) place(word string) uint32 {
	last := uint32(len(x.places) - 1)
	for at := hashOn(hashStart, word) & last; ; at = (at + 1) & last {
		n := x.places[at]
		if n == 0 {
			return at
		}
		if e := &x.entries[n-1]; string(x.letters[e.at:e.end]) == word {
			return at
		}
	}
}

// grow makes room for twice as many words.
func (x *wordIndex) grow() {
	old := x.places
	x.places = make([]int32, max(64, 2*len(old)))
	for _, n := range old {
		if n > 0 {
			e := &x.entries[n-1]
			x.places[x.place(string(x.letters[e.at:e.end]))] = n
		}
	}
}
