package mailbox

import (
	"encoding/binary"
	"unicode/utf8"
)

// Most of a letter is ASCII and Russian letters. The functions of this file pass
// over both eight bytes at a time.

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
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

// isPrintable reports whether all bytes are printable ASCII.
func isPrintable(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if eight := binary.LittleEndian.Uint64(b); below(eight, ' ')|equal(eight, 0x7f)|eight&highs != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// isUTF8 is utf8.Valid, faster for Russian.
func isUTF8(b []byte) bool {
	open := uint64(0) // 1 where the byte in front of b[i] begins a character
	for i := 0; ; {
		if i+8 > len(b) {
			return utf8.Valid(b[i-int(open):])
		}
		eight := binary.LittleEndian.Uint64(b[i:])
		starts, goesOn, simple := twoBytes(eight)
		if simple && goesOn == starts<<8|open<<7 {
			open = starts >> 63
			i += 8
			continue
		}
		end := i + 8
		for i -= int(open); i < end && i < len(b); {
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 {
				return false
			}
			i += size
		}
		open = 0
	}
}

// twoBytes marks, by their high bits, the bytes of eight with which characters of
// two bytes begin, and those that go on with one. Simple says that there are no
// characters of more bytes.
func twoBytes(eight uint64) (starts, goesOn uint64, simple bool) {
	second := eight << 1
	starts = eight & second & highs
	goesOn = eight &^ second & highs
	longer := starts & (eight << 2)
	small := below(eight&(0x1E*ones)|0x20*ones, 0x21) & starts // 0xC0 and 0xC1 begin none
	return starts, goesOn, longer|small == 0
}

// lettersOfEight marks the letters that begin in eight bytes, if those are ASCII and
// Russian ones, or others of the same rows, and the characters that begin there with
// a byte above ASCII.
func lettersOfEight(eight uint64) (letters, starts uint64, sure bool) {
	starts, _, simple := twoBytes(eight)
	small := (eight | 0x20*ones) &^ highs
	latin := (small + (0x80-'a')*ones) &^ (small + (0x7F-'z')*ones) &^ eight & highs
	return latin | starts, starts, simple && starts&^equal(eight&(0xFE*ones), 0xD0) == 0
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
