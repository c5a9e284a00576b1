package mailbox

import (
	"bytes"
	"unicode/utf16"
)

// readUTF16 reads bytes that are UTF-16, whatever was declared: editors call it
// "Unicode", and nobody tells the mail program.
func readUTF16(b []byte) (string, bool) {
	if len(b) < 4 {
		return "", false
	}
	head := b[:min(len(b), 64)&^1]
	low := 0 // where the low byte of each letter stands
	switch mark := string(head[:2]); {
	case mark == "\xff\xfe":
		b = b[2:]
	case mark == "\xfe\xff":
		b, low = b[2:], 1
	case bytes.IndexByte(head, 0) < 0 && bytes.IndexByte(head, 4) < 0 && !hidesZeros(head):
		return "", false
	case rows(head[1:]) >= len(head)*3/8:
	case rows(head) >= len(head)*3/8:
		low = 1
	default:
		return "", false
	}
	marked := bytes.IndexByte(b, 0) < 0
	if s, ok := unspaced(b, low == 1, marked); ok {
		return s, true
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 1; b = b[2:] {
		high := b[1-low]
		if marked && high == noZero {
			high = 0
		}
		units = append(units, uint16(b[low])|uint16(high)<<8)
	}
	return string(utf16.Decode(units)), true
}

// noZero is what Dovecot puts in place of a zero, which IMAP does not carry (RFC 9051,
// 4.3). The carriage returns that it adds are gone by then.
const noZero = 0x80

// hidesZeros reports whether noZero may stand for zeros in a text that has neither zeros nor
// Cyrillic letters in UTF-16. A few words in CP866, whose А it is, are left what they are.
func hidesZeros(head []byte) bool {
	if bytes.IndexByte(head, noZero) < 0 {
		return false
	}
	letters := bytes.ReplaceAll(head, []byte{noZero}, nil)
	return (len(head) >= 16 || isASCII(letters)) && !isUTF8(trimTail(head))
}

// unspaced reads UTF-8 with a zero behind, or before, each of its bytes: it was taken for
// Latin, and that became UTF-16. The ends of lines may have none.
func unspaced(b []byte, before, marked bool) (string, bool) {
	zero := byte(0)
	if marked {
		zero = noZero
	}
	out, alone := make([]byte, 0, len(b)/2+1), 0
	for i := 0; i < len(b); i++ {
		spaced := before && b[i] == zero
		if spaced {
			if i++; i == len(b) {
				break
			}
		}
		out = append(out, b[i])
		if !before && i+1 < len(b) && b[i+1] == zero {
			spaced = true
			i++
		}
		if !spaced {
			if alone++; 8*alone > len(b)/2+8 {
				return "", false
			}
		}
	}
	if out = trimTail(out); isASCII(out) || !isUTF8(out) {
		return "", false
	}
	return string(out), true
}

// rows counts, among every second byte, those that are the high byte of an ASCII or a
// Cyrillic letter in UTF-16.
func rows(b []byte) (n int) {
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 || b[i] == 4 || b[i] == noZero {
			n++
		}
	}
	return n
}
