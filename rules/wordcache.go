package rules

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// knownWord is what a policy knows of one word of letters, as it was written.
// It does not change: letters share most of their words, and share these.
type knownWord struct {
	raw, word string // as written, and normalised
	kazakh    int32  // letters of it that Russian has not
	upper     bool   // begins with a capital
	alike     bool   // one to three Latin letters that look like Cyrillic ones
	met       int8   // language of the policy's word, as lexicon.language has it; -1: none worth counting
	denial    denial
	says      *meaning // to the policy, nil for most words
}

// meaning is what a word says to the policy.
type meaning struct {
	read     sense
	marks    []int // whose first word it is
	misspelt bool  // it is no word of the policy: read holds what it may be meant for
}

// sense is how a word is read: as it is written, or as a misspelling where it
// is no word of the policy. What is looked at for each word comes first, and lies
// side by side.
type sense struct {
	wants  uint64 // masks of the second units of begins, see maskOf
	mask   uint64 // of units
	alone  []hit  // those of begins that want no further unit
	begins []beginning
	units  []found
}

// unread is what a misspelt word says where misspellings do not count.
var unread sense

// maskOf is a bit of the unit: a set of units that lacks it lacks the unit.
func maskOf(u unit) uint64 { return 1 << (uint(u) % 64) }

// beginning is an entry of a group that may begin with a word: at once, or where
// the further units follow.
type beginning struct {
	hit
	further []unit
	wants   uint64 // the mask of the first of them
}

// sense returns what a word says, nil for nothing.
func (m *meaning) sense(typos bool) *sense {
	switch {
	case m == nil:
		return nil
	case m.misspelt && !typos:
		return &unread
	}
	return &m.read
}

// longestCached is the length in bytes up to which words are remembered, and
// mostCached the number of words: when the table is full it starts anew.
const (
	longestCached = 48
	mostCached    = 1 << 13
)

// wordCache remembers the words of letters. It is safe for concurrent use; what
// it holds never changes an answer. Words are filed by a hash that nobody who
// writes letters can foresee.
type wordCache struct {
	seed  maphash.Seed
	know  func(word string) (met int8, says *meaning)
	words atomic.Pointer[wordTable]

	numberless bool // the policy's words hold no digits: nothing is known of numbers
}

type wordTable struct {
	held  atomic.Int32
	slots []atomic.Pointer[knownWord] // filed at the hash, or at the next free place
}

func newWordTable() *wordTable {
	return &wordTable{slots: make([]atomic.Pointer[knownWord], 2*mostCached)}
}

func newWordCache(know func(word string) (int8, *meaning)) *wordCache {
	c := &wordCache{seed: maphash.MakeSeed(), know: know}
	c.words.Store(newWordTable())
	return c
}

// of returns what is known of a word of ordinary letters, or of one that is
// normalised.
func (c *wordCache) of(raw string) *knownWord {
	t := c.words.Load()
	at := maphash.String(c.seed, raw)
	for {
		k := t.slots[at%(2*mostCached)].Load()
		if k == nil {
			return c.learn(t, at, raw)
		}
		if k.raw == raw {
			return k
		}
		at++
	}
}

// number returns what is known of a number. Most letters hold some that no other
// does: they are not remembered.
func (c *wordCache) number(digits string, a *arena) *knownWord {
	if c.numberless {
		return a.word(digits, nil)
	}
	return c.of(digits)
}

// learn files a word, from the place at on.
func (c *wordCache) learn(t *wordTable, at uint64, raw string) *knownWord {
	k := c.read(strings.Clone(raw))
	if len(raw) > longestCached {
		return k
	}
	if t.held.Add(1) > mostCached {
		c.words.CompareAndSwap(t, newWordTable())
		return k
	}
	for !t.slots[at%(2*mostCached)].CompareAndSwap(nil, k) {
		at++
	}
	return k
}

func (c *wordCache) read(raw string) *knownWord {
	k := &knownWord{raw: raw, word: clean(raw)}
	alike := 0
	for _, r := range k.word {
		switch {
		case r > 'я' && isKazakh(r):
			k.kazakh++
		case strings.ContainsRune(alikeLatin, r):
			alike++
		}
	}
	k.alike = alike == len(k.word) && alike <= 3
	first, _ := utf8.DecodeRuneInString(raw)
	k.upper = unicode.IsUpper(first)
	k.denial = denialOf(k.word)
	k.met, k.says = c.know(k.word)
	return k
}
