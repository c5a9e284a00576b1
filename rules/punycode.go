package rules

import (
	"strings"
	"unicode/utf8"
)

// Punycode, RFC 3492, with the parameters of its section 5 and the names of its
// section 6.
const (
	punyBase, punyTMin, punyTMax = 36, 1, 26
	punySkew, punyDamp           = 38, 700
	punyBias, punyN              = 72, 0x80

	punyLongest = 1 << 10 // bytes; no label is as long, and nothing overflows
)

const punyDigits = "abcdefghijklmnopqrstuvwxyz0123456789"

// punycode encodes a label; false where it is too long or no text.
func punycode(label string) (string, bool) {
	if len(label) > punyLongest || !utf8.ValidString(label) {
		return "", false
	}
	var out []byte
	for i := 0; i < len(label); i++ {
		if label[i] < punyN {
			out = append(out, label[i])
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(punyN), 0, punyBias
	for done := basic; done < utf8.RuneCountInString(label); {
		next := rune(utf8.MaxRune)
		for _, r := range label {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			out = appendPuny(out, delta, bias)
			bias = punyAdapt(delta, done+1, done == basic)
			delta = 0
			done++
		}
		delta, n = delta+1, n+1
	}
	return string(out), true
}

// appendPuny writes a delta as a number of variable length.
func appendPuny(out []byte, q, bias int) []byte {
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyTMin), punyTMax)
		if q < t {
			return append(out, punyDigits[q])
		}
		out = append(out, punyDigits[t+(q-t)%(punyBase-t)])
		q = (q - t) / (punyBase - t)
	}
}

// unpunycode decodes a label in small letters; false where it is none.
func unpunycode(short string) (string, bool) {
	if len(short) > punyLongest || !asciiOnly(short) {
		return "", false
	}
	var out []rune
	if dash := strings.LastIndexByte(short, '-'); dash >= 0 {
		out, short = []rune(short[:dash]), short[dash+1:]
	}
	n, i, bias := punyN, 0, punyBias
	for short != "" {
		before, w := i, 1
		for k := punyBase; ; k += punyBase {
			if short == "" {
				return "", false
			}
			digit := strings.IndexByte(punyDigits, short[0])
			if short = short[1:]; digit < 0 {
				return "", false
			}
			if i += digit * w; i > utf8.MaxRune*punyLongest {
				return "", false
			}
			t := min(max(k-bias, punyTMin), punyTMax)
			if digit < t {
				break
			}
			w *= punyBase - t
		}
		size := len(out) + 1
		bias = punyAdapt(i-before, size, before == 0)
		n, i = n+i/size, i%size
		if !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
			return "", false
		}
		out = append(out, 0)
		copy(out[i+1:], out[i:])
		out[i] = rune(n)
		i++
	}
	return string(out), true
}

// punyAdapt is called, not copied to each place that calls it.
//
//go:noinline
func punyAdapt(delta, size int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / size
	k := 0
	for ; delta > (punyBase-punyTMin)*punyTMax/2; k += punyBase {
		delta /= punyBase - punyTMin
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}
