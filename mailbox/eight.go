package mailbox

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Most of a letter is ASCII and Russian letters. The functions of this file pass
// over both eight bytes at a time.

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones

	// Russian letters, and others of the same rows of Unicode, are two bytes: 0xD0
	// or 0xD1, and one of 0x80 to 0xBF.
	letterBits = 0xC0FEC0FEC0FEC0FE
	letters4   = 0x80D080D080D080D0
)

// isASCII reports whether all bytes are ASCII.
func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&highs != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// leadingASCII and leadingLetters count the bytes at the beginning of eight that
// are ASCII, and those of Russian letters.
func leadingASCII(eight uint64) int { return bits.TrailingZeros64(eight&highs) / 8 }

func leadingLetters(eight uint64) int {
	return bits.TrailingZeros64(eight&letterBits^letters4) / 16 * 2
}

// isUTF8 is utf8.Valid, faster for Russian.
func isUTF8(b []byte) bool {
	for len(b) >= 8 {
		eight := binary.LittleEndian.Uint64(b)
		n := leadingLetters(eight)
		if n == 0 {
			n = leadingASCII(eight)
		}
		if n == 0 {
			r, size := utf8.DecodeRune(b)
			if r == utf8.RuneError && size == 1 {
				return false
			}
			n = size
		}
		b = b[n:]
	}
	return utf8.Valid(b)
}

// eightBytes returns the first bytes of s, the first as the lowest.
func eightBytes(s string) uint64 {
	s = s[:8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// below marks, by a high bit, those of eight ASCII bytes that are below n, which is
// ASCII too; equal those that are n. Bytes above ASCII may be marked by equal, those
// above a marked one by both.
func below(eight uint64, n uint64) uint64 { return (eight - n*ones) &^ eight & highs }

func equal(eight uint64, n uint64) uint64 { return below(eight^n*ones, 1) }
