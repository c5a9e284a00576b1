package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// digitRun is a stretch of digits in groups, as people write long numbers.
var digitRun = lazily(`\+?\(?\p{Nd}(?:[ \x{a0}().‑–-]{0,3}\p{Nd})*`)

var digitGroup = lazily(`\p{Nd}+`)

// MaskPII hides identification numbers (ИИН, БИН), bank card numbers and
// telephone numbers in a text for staff: a dot for every digit, but the last
// two of a telephone number stay, so that people can tell two of them apart.
// It goes by form alone and would rather hide too much. Request numbers,
// dates and digests in hexadecimal are left alone. Law 94-V art. 7(9) bars
// excess collection; a mail to staff is a copy that nobody needs.
func MaskPII(s string) string {
	var b strings.Builder
	end := 0
	for _, run := range digitRun().FindAllStringIndex(s, -1) {
		b.WriteString(s[end:run[0]])
		b.WriteString(maskRun(s[run[0]:run[1]], touches(s, run)))
		end = run[1]
	}
	b.WriteString(s[end:])
	return b.String()
}

// touches reports whether the run stands inside a word: a digest, an encoded
// token or a number already masked.
func touches(s string, run []int) (sides [2]bool) {
	inWord := func(r rune) bool {
		return r == '•' || r == '_' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
	}
	before, _ := utf8.DecodeLastRuneInString(s[:run[0]])
	after, _ := utf8.DecodeRuneInString(s[run[1]:])
	return [2]bool{inWord(before), inWord(after)}
}

func maskRun(run string, inWord [2]bool) string {
	groups := digitGroup().FindAllStringIndex(run, -1)
	sizes := make([]int, len(groups))
	for i, g := range groups {
		sizes[i] = utf8.RuneCountInString(run[g[0]:g[1]])
	}
	first, last := 0, len(groups)
	if inWord[0] {
		first++
	}
	if inWord[1] {
		last--
	}
	var b strings.Builder
	done := 0
	for i := first; i < last; {
		plus := i == 0 && run[0] == '+'
		n, keep := secret(run[groups[i][0]:], sizes[i:last], plus)
		if n == 0 {
			i++
			continue
		}
		from, to := groups[i][0], groups[i+n-1][1]
		b.WriteString(run[done:from])
		b.WriteString(dots(run[from:to], keep))
		done, i = to, i+n
	}
	b.WriteString(run[done:])
	return b.String()
}

// shapes are the groups in which the numbers are written that can be told by
// their groups alone: identification numbers and cards, then local telephones.
var shapes = []struct {
	sizes []int
	keep  int
}{
	{[]int{16}, 0}, {[]int{4, 4, 4, 4}, 0},
	{[]int{12}, 0}, {[]int{6, 6}, 0}, {[]int{4, 4, 4}, 0}, {[]int{3, 3, 3, 3}, 0}, {[]int{2, 2, 2, 6}, 0},
	{[]int{3, 2, 2}, 2},
}

// secret says how many groups, from the first on, make a number to be hidden,
// and how many of its digits may stay.
func secret(digits string, sizes []int, plus bool) (groups, keep int) {
	if n := telephone(digits, sizes, plus); n > 0 {
		return n, 2
	}
	for _, shape := range shapes {
		if startsWith(sizes, shape.sizes) {
			return len(shape.sizes), shape.keep
		}
	}
	return 0, 0
}

// telephone finds +, then 8 to 15 digits (E.164); 7 or 8, then ten digits; or
// ten digits from 7 on, the national number of Kazakhstan.
func telephone(digits string, sizes []int, plus bool) int {
	sum, best := 0, 0
	for i, size := range sizes {
		sum += size
		switch {
		case plus && sum >= 8 && sum <= 15:
			best = i + 1
		case sum == 11 && (digits[0] == '7' || digits[0] == '8'):
			return i + 1
		case sum == 10 && digits[0] == '7' && sizes[0] != 1 && sizes[0] != 4:
			best = i + 1
		}
	}
	return best
}

func startsWith(sizes, shape []int) bool {
	if len(sizes) < len(shape) {
		return false
	}
	for i, n := range shape {
		if sizes[i] != n {
			return false
		}
	}
	return true
}

// dots replaces all digits of number but the last keep.
func dots(number string, keep int) string {
	left := 0
	for _, r := range number {
		if unicode.IsDigit(r) {
			left++
		}
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return r
		}
		if left--; left >= keep {
			return '•'
		}
		return r
	}, number)
}
