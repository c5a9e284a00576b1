package rules

import "unicode/utf8"

// How much of a letter counts. It must not depend on how much of it happens to
// be known: over IMAP a letter is read no further than its verdict needs, and
// that verdict is the one of the whole letter.
const (
	// decisive is the number of visible characters of new words that are read:
	// about a page. Whoever demands something has said so by then.
	decisive = 1800

	// enough is the number from which nothing more is asked for. It exceeds
	// decisive by the lines that it takes to tell new words from a quotation, a
	// signature or a footer.
	enough = 2000

	// brief is the number below which a letter has left it to what is attached
	// to say what it wants. What stands behind the first attachment counts only
	// then: names of files, letters passed on, further text.
	brief = 200
)

// counting decides how much of the text counts, and takes it apart.
func (c *letterCase) counting() letterText {
	front := c.parts
	if c.f.Behind > 0 {
		front = separate(c.f.Text[:len(c.f.Text)-c.f.Behind], c.line.forward)
	}
	page := 0
	if c.visible, page = measure(front.fresh, decisive); c.countsBehind() {
		front = c.parts
		_, page = measure(front.fresh, decisive)
	}
	c.read, c.tail = withoutTail(front.fresh[:page])
	return front
}

// countsBehind reports whether what stands behind the first attachment counts.
// The operator's own staff attaches what it passes on to long letters, too.
func (c *letterCase) countsBehind() bool { return c.visible < brief || c.own.Is(c.from) }

// Unsettled says what more of a letter must be read before the verdict none of
// a Finding holds, where the facts are those of its beginning.
func (p *Policy) Unsettled(f Facts, found Finding, own Own) Need {
	p.recognise()
	switch {
	case found.visible >= enough && !own.Is(f.sender()):
		return NeedNothing
	case f.Cut:
		return NeedText
	case !f.Rest:
		return NeedNothing
	case found.visible < brief, own.Is(f.sender()):
		return NeedLetter
	}
	for _, fw := range f.Forwarded {
		if !fw.Behind { // the prefix may end in it
			return NeedLetter
		}
	}
	return NeedNothing
}

// Short reports whether so little of a text is known that it is not worth
// judging yet.
func (f *Facts) Short() bool { return f.Cut && visible(f.Text) < enough }

// visible counts the characters of a text that are no spaces, up to enough.
func visible(text string) int {
	n, _ := measure(text, enough)
	return n
}

// measure counts the characters of a text that are no spaces, up to enough, and
// says where the first page of them ends.
func measure(text string, page int) (n, end int) {
	end = len(text)
	for i := 0; i < len(text) && n < enough; {
		if stop := nextStop(n, page); i+measured <= len(text) && n+measured < stop {
			n += visibleIn(text[i : i+measured])
			i += measured
			continue
		} else if i+8 <= len(text) && n+8 < stop {
			n += int(sumOfBytes(visibleOf8(eightBytes(text, i))))
			i += 8
			continue
		}
		if c := text[i]; c > ' ' && utf8.RuneStart(c) {
			if n == page {
				end = i
			}
			n++
		}
		i++
	}
	return n, end
}

// nextStop is the number up to which characters are counted without a look at
// each.
func nextStop(n, page int) int {
	switch {
	case n < page:
		return page
	case n == page:
		return 0
	}
	return enough
}

// measured is how many bytes visibleIn looks at.
const measured = 128

func visibleIn(s string) int {
	sum := uint64(0)
	for i := 0; i < measured; i += 8 {
		sum += visibleOf8(eightBytes(s, i))
	}
	return int(sumOfBytes(sum))
}

// visibleOf8 marks, of eight bytes at once, those with which a visible character
// begins, by a 1 in their place: the ASCII ones above the space, and of the others
// those above 0xBF.
func visibleOf8(b uint64) uint64 {
	const ones, lows = 0x0101010101010101, 0x7F7F7F7F7F7F7F7F
	const aboveSpace = 0x5F5F5F5F5F5F5F5F // carries 0x21 and more into the high bit
	ascii := (b&lows + aboveSpace) &^ b
	begins := b & (b << 1)
	return (ascii | begins) >> 7 & ones
}

// sumOfBytes adds up eight bytes, of which the sum is below 256.
func sumOfBytes(b uint64) uint64 { return b * 0x0101010101010101 >> 56 }

// eightBytes returns the bytes of s from i on, the first as the lowest.
func eightBytes(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
