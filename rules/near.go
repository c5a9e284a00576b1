package rules

import (
	"slices"
	"unicode/utf8"
)

// spelling is a word of the policy in the form in which misspellings of it
// are looked for.
type spelling struct {
	unit  unit
	sound string
}

// nearWords finds words one typing mistake away from another. Each word is filed
// by its sound, whole and with each letter left out: two words one mistake apart
// share at least one of these keys. Of a key the hash alone is kept, since what
// is found is compared anyway; thousands of short strings in a map would cost
// megabytes and every collection of garbage the time to walk over them.
type nearWords struct {
	words  []spelling
	keys   []int                   // hash, and in the low half the number of the word; ascending
	starts [1<<startBits + 1]int32 // of keys, by bucketOf the hash
	triple [1 << 16 / 64]uint64    // hashes of three letters in a row, see mayHold
}

const startBits = 12

// fileNear files words, given as written and folded.
func fileNear(forms []spelling) *nearWords {
	x := new(nearWords)
	filed := make(map[spelling]bool, len(forms))
	for _, f := range forms {
		n := utf8.RuneCountInString(f.sound)
		s := spelling{f.unit, sound(f.sound)}
		if n < shortestNear-1 || filed[s] {
			continue
		}
		filed[s] = true
		x.file(s, n >= shortestNear)
	}
	slices.Sort(x.keys)
	for _, k := range x.keys {
		x.starts[bucketOf(uint32(k>>32))+1]++
	}
	for i := range x.starts[1:] {
		x.starts[i+1] += x.starts[i]
	}
	return x
}

// file files a word by its sound, and without each letter where that is asked.
func (x *nearWords) file(s spelling, without bool) {
	number := len(x.words)
	x.words = append(x.words, s)
	rest := s.sound
	for i := range 5 {
		if i != 1 {
			h := tripleOf(firstLetters(rest, 3), "")
			x.triple[h/64] |= 1 << (h % 64)
		}
		rest = rest[runeLen(rest):]
	}
	whole, fewer := keysOf(s.sound, nil)
	x.keys = append(x.keys, int(int32(whole))<<32|number)
	if !without {
		return
	}
	for _, h := range fewer {
		x.keys = append(x.keys, int(int32(h))<<32|number)
	}
}

// each calls yield with the words that share a key with a form, by sound: first
// those of the whole form, then those of the form without its first letter, and
// so on.
func (x *nearWords) each(form string, yield func(*spelling)) {
	var room [48]uint32
	whole, fewer := keysOf(form, room[:0])
	x.at(whole, yield)
	for _, h := range fewer {
		x.at(h, yield)
	}
}

func (x *nearWords) at(h uint32, yield func(*spelling)) {
	bucket := bucketOf(h)
	for _, k := range x.keys[x.starts[bucket]:x.starts[bucket+1]] {
		if uint32(k>>32) == h {
			yield(&x.words[uint32(k)])
		}
	}
}

// bucketOf is the highest bits of a hash, in the order of the keys, which have a sign: to sort
// unsigned numbers would take code that nothing else needs.
func bucketOf(h uint32) uint32 { return (h ^ 1<<31) >> (32 - startBits) }

// mayHold spares most words the search: where one mistake parts a word from
// another, either its first three letters or the three after them are those
// of the other, in the same place or one beside it; or the third and the fourth
// are exchanged.
func (x *nearWords) mayHold(s string) bool {
	head := firstLetters(s, 3)
	rest := s[len(head):]
	return x.holds(head, "") || x.holds(firstLetters(rest, 3), "") || x.holds(firstLetters(s, 2), firstLetters(rest, 1))
}

// holds reports whether some word has the three letters, given in one piece or
// in two, where mayHold looks for them.
func (x *nearWords) holds(letters, more string) bool {
	h := tripleOf(letters, more)
	return x.triple[h/64]&(1<<(h%64)) != 0
}

func tripleOf(letters, more string) uint32 {
	h := hashOn(hashOn(hashStart, letters), more)
	return (h ^ h>>16) & 0xFFFF
}

// keysOf returns the hash of a word, and those of it without its first letter,
// without its second, and so on, in room.
func keysOf(s string, room []uint32) (whole uint32, fewer []uint32) {
	fewer = room
	before := uint32(hashStart)
	for i, size := 0, 0; i < len(s); i += size {
		_, size = utf8.DecodeRuneInString(s[i:])
		fewer = append(fewer, hashOn(before, s[i+size:]))
		before = hashOn(before, s[i:i+size])
	}
	return before, fewer
}

// hashStart and hashOn are FNV-1a.
const hashStart = 2166136261

func hashOn(h uint32, s string) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}
