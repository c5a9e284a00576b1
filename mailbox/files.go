package mailbox

import (
	"io"
	"math"
)

// maxFile bounds what is held of one attached file; the rest of a larger one is
// not given.
const maxFile = 64 << 20

// Files calls f with every file attached to a letter, in the order of the
// letter, its transfer encoding undone; cut says that more of it was there than
// can be held, or that the letter ends in it where beginning says that r is only the beginning
// of one. Letters inside the letter are files, and what is in them is not
// looked at. The bytes are the sender's and may be anything. An error of f ends
// the reading and is returned; what cannot be read is left out, as in Parse.
func Files(r io.Reader, beginning bool, f func(a Attachment, data []byte, cut bool) error) (err error) {
	defer survived(&err)
	p := newParser(new(Message), r)
	p.src.limit, p.src.left = math.MaxInt64, math.MaxInt64 // what is held is bounded, not what is read
	var failed error
	p.files = func(a Attachment, data []byte, cut, last bool) {
		if failed == nil {
			failed = f(a, data, cut || beginning && last)
		}
	}
	p.letter()
	return failed
}

// file reads a part whole and hands it over, unless it is text of the letter.
func (p *parser) file(fields []field, a Attachment, rest []byte, text bool) (part, stop) {
	raw := keep(nil, rest, maxFile)
	cut := false
	at := p.src.body(func(b []byte) {
		cut = cut || len(raw)+len(b) > maxFile
		raw = keep(raw, b, maxFile)
	})
	if text {
		return part{}, at
	}
	enc, _ := transferOf(fields)
	if decoded, ok := enc.decode(raw, nil); ok || len(decoded) > 0 {
		raw = decoded
	}
	a.Size = int64(len(raw))
	p.files(a, raw, cut, at == atEnd)
	return part{}, at
}
