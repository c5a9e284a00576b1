package rules

import (
	"math"
	"strings"
	"unicode/utf8"
)

// longestAddress is the length in bytes up to which addressEnd looks for one.
const longestAddress = 200

// address is addressEnd before normalising: the position behind the address
// that begins at i, or i. It is not sure where normalising changes what it looks
// at.
func (c *scanner) address(i int) (end int, sure bool) {
	if c.at < i {
		c.at = c.next(i, "@")
	}
	if c.scheme < i {
		c.scheme = c.next(i, "://")
	}
	if c.at-i >= longestAddress && c.scheme-i >= longestAddress && (c.s[i]|0x20 != 'w' || !beginsWeb(c.s[i:])) {
		return i, true // at most places
	}
	at, ended, j := false, false, i
	for ; j < len(c.s) && j-i < longestAddress; j++ {
		b := c.s[j]
		if b >= utf8.RuneSelf || endsAddress[b] || b == '\'' || b == '`' || b == 0x7F || ended && b >= 'A' && b <= 'Z' && j > i {
			break
		}
		ended = !c.line && (b == '.' || ended && b == '-')
		at = at || b == '@' && j > i || b == ':' && strings.HasPrefix(c.s[j:], "://") || j == i && beginsWeb(c.s[i:])
	}
	if !at {
		return i, true
	}
	if j < len(c.s) && c.s[j] >= utf8.RuneSelf {
		r := c.after(j)
		return j, r >= utf8.RuneSelf || r == ' ' || r == '"'
	}
	return j, true
}

func beginsWeb(s string) bool { return len(s) >= 4 && strings.EqualFold(s[:4], "www.") }

// next returns where the sign stands next, from i on: far away for nowhere.
func (c *scanner) next(i int, sign string) int {
	if n := strings.Index(c.s[i:], sign); n >= 0 {
		return i + n
	}
	return math.MaxInt / 2
}

// addressWord takes the address from i to end as one word. It gives up where one
// of the words in it might not stay, or might go on behind it.
func (c *scanner) addressWord(i, end int) int {
	address := c.s[i:end]
	if len(address) >= longestAddress || isWordRune(rune(address[len(address)-1])) && isWordRune(c.after(end)) {
		return i
	}
	k := c.words.of(address)
	first := strings.TrimLeftFunc(k.word, func(r rune) bool { return !isWordRune(r) })
	if n := wordEnd(first); c.cyrillic && n < 4 && strings.Trim(first[:n], alikeLatin) == "" {
		return i
	}
	c.begin(k)
	c.tokens[len(c.tokens)-1].value = strings.Contains(address, "@")
	for _, b := range []byte(address) {
		if sortOf[b] == byteLatin {
			c.letters.latin++
		}
	}
	c.cyrillic = false
	c.ended = !c.line && strings.HasSuffix(strings.TrimRight(address, "-"), ".")
	return end
}
