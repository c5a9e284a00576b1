package mailbox

import "bytes"

const (
	// leadIn is within how many bytes the header of a body's first part ends.
	leadIn = 1 << 10
	// lastBytes are those that tell in which encoding a text goes on.
	lastBytes = 1536
	// base64Page and quotedPage are the bytes that a page of Cyrillic letters
	// takes in each encoding, less a little.
	base64Page = 6 << 10
	quotedPage = 12 << 10
)

// Meagre reports whether the beginning of a body, in pieces, looks as if it held
// no page of text yet, so that there is no use in decoding it: it is in the
// middle of its first part, in an encoding that takes several bytes for a
// letter. It is a guess that costs time or bytes if it is wrong, not a verdict.
func Meagre(pieces ...[]byte) bool {
	size := 0
	for _, b := range pieces {
		size += len(b)
	}
	if size == 0 || size >= quotedPage {
		return false
	}
	last := pieces[len(pieces)-1]
	last = last[max(0, len(last)-lastBytes):]
	escapes := bytes.Count(last, []byte{'='})
	quoted := escapes*5 > len(last) // two in six bytes, but for spaces
	if !quoted && (size >= base64Page || escapes > 2 || bytes.IndexByte(last, ' ') >= 0) {
		return false
	}
	for i, b := range pieces {
		if i == 0 {
			b = b[min(len(b), leadIn):]
		}
		if bytes.Contains(b, []byte("\n--")) {
			return false // a further part
		}
	}
	return true
}
