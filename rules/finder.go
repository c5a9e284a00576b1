package rules

// finder finds which of some words, of four bytes and more, stand in a text, in
// one pass whatever their number.
type finder struct {
	words []string
	heads [1 << 16 / 64]uint64 // hashes of their first four bytes
}

func newFinder(words []string) *finder {
	f := &finder{words: words}
	for _, w := range words {
		h := headHash(uint32(w[0])<<24 | uint32(w[1])<<16 | uint32(w[2])<<8 | uint32(w[3]))
		f.heads[h/64] |= 1 << (h % 64)
	}
	return f
}

func headHash(four uint32) uint32 { return four * 0x9E3779B1 >> 16 }

// find calls yield with the number of each word, as often as it is met, until
// yield wants no more.
func find[T string | []byte](f *finder, text T, yield func(word int) (more bool)) {
	var four uint32
	for i := range len(text) {
		four = four<<8 | uint32(text[i])
		h := headHash(four)
		if f.heads[h/64]&(1<<(h%64)) == 0 || i < 3 {
			continue
		}
		for k, w := range f.words {
			if at := i - 3; len(w) <= len(text)-at && string(text[at:at+len(w)]) == w && !yield(k) {
				return
			}
		}
	}
}
