package store

import (
	"strings"

	"license.kz/pometka/rules"
)

// bag is a set of words in the order in which they came, up to indexedWords
// bytes of them.
type bag struct {
	stems *stems
	list  []string
	have  map[string]bool
	raw   map[spelling]bool
	size  int
}

func (b *bag) add(word string) {
	if b.have == nil {
		b.have, b.raw = map[string]bool{}, map[spelling]bool{}
	}
	if b.have[word] || b.size+len(word) >= indexedWords {
		return
	}
	b.have[word] = true
	b.size += len(word) + 1
	b.list = append(b.list, word)
}

// addText adds the beginning of a text, word by word.
func (b *bag) addText(text string, lang rules.Lang) {
	for _, w := range rules.SearchWords(text[:min(len(text), indexedText)]) {
		s := spelling{w, lang}
		if b.raw[s] || b.size >= indexedWords {
			continue
		}
		for _, stem := range b.stems.of(s) {
			b.add(stem)
		}
		b.raw[s] = true
	}
}

// spelling is a word as it was written, and the language of its letter.
type spelling struct {
	word string
	lang rules.Lang
}

// mostStems is the number of spellings whose stems are remembered, and
// longestStem the length of one in bytes: fifty kilobytes in all.
const (
	mostStems   = 1 << 9
	longestStem = 32
)

// stems remembers the stems of words. To find them costs more than all else that the index
// does, and letters share most of their words. When it is full, it starts anew. It belongs
// to the writer, and only the transaction that is running uses it.
type stems struct{ known map[spelling][]string }

func (k *stems) of(s spelling) []string {
	list, ok := k.known[s]
	if ok {
		return list
	}
	list = rules.SearchStems(s.word, s.lang)
	if len(s.word) > longestStem {
		return list
	}
	if len(k.known) >= mostStems {
		clear(k.known)
	}
	if k.known == nil {
		k.known = map[spelling][]string{}
	}
	s.word = strings.Clone(s.word)
	k.known[s] = list
	return list
}
