package rules

// finder finds which of some words, of headBytes and more, stand in a text, in
// one pass whatever their number.
type finder struct {
	words []string
	heads []uint64             // of the words
	seen  [1 << 16 / 64]uint64 // hashes of the heads
}

// headBytes is the length of a head: three Cyrillic letters, which are rarer than
// two.
const headBytes = 6

func newFinder(words []string) *finder {
	f := &finder{words: words}
	for _, w := range words {
		head := uint64(0)
		for i := range headBytes {
			head = head<<8 | uint64(w[i])
		}
		f.heads = append(f.heads, head)
		h := headHash(head)
		f.seen[h/64] |= 1 << (h % 64)
	}
	return f
}

func headHash(head uint64) uint64 { return head * 0x9E3779B97F4A7C15 >> 48 }

// find calls yield with the number of each word, as often as it is met.
func (f *finder) find(text []byte, yield func(word int)) {
	head := uint64(0)
	for i := range len(text) {
		head = (head<<8 | uint64(text[i])) & (1<<(8*headBytes) - 1)
		h := headHash(head)
		if f.seen[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for k, w := range f.words {
			at := i - headBytes + 1
			if f.heads[k] == head && at >= 0 && len(w) <= len(text)-at && string(text[at:at+len(w)]) == w {
				yield(k)
			}
		}
	}
}
