package mailbox

import (
	"bytes"
	"slices"
	"strings"
)

// PartHeads are the heads of the parts of a letter: of its first parts, then of
// those of its first part. An empty one says that there is no such part.
type PartHeads [outerParts + innerParts][]byte

const outerParts, innerParts = 8, 6

// partIndex is the place of a part among PartHeads, by its number as IMAP counts;
// negative where its head is not asked for.
func partIndex(at []int) int {
	switch {
	case len(at) == 1 && at[0] <= outerParts:
		return at[0] - 1
	case len(at) == 2 && at[0] == 1 && at[1] <= innerParts:
		return outerParts + at[1] - 1
	}
	return -1
}

// Beginning is a letter of which so much is known that only the heads of the
// parts behind can add something, if those are files that are attached: their
// names.
type Beginning struct{ p *parser }

// outline notes the parts of a letter while its beginning is read.
type outline struct {
	at    []int // the part at hand
	heads PartHeads
	open  []int // the part in which the beginning ends
}

// ReadBeginning reads, as Continue does, what is known of a letter; nil where that
// does not end in a file that is attached, or in an alternative that is not
// needed, so near to the outside that PartHeads tell of all that follows.
func ReadBeginning(header []byte, text ...[]byte) *Beginning {
	p := &parser{outline: new(outline)}
	m := ParseHeader(header).proceed(p, header, text)
	if partIndex(p.outline.open) < 0 || m.Cut || slices.Contains(m.Troubles, TroubleBoundary) || slices.Contains(m.Troubles, TroubleUnreadable) {
		return nil
	}
	return &Beginning{p}
}

// With adds the parts that follow, of which the server sent the heads. It returns
// nil where something else than files may follow, or where the server counts parts
// otherwise than we do: then the whole letter must be read. It may be called once.
func (b *Beginning) With(heads *PartHeads) (m *Message) {
	defer b.p.m.survive()
	o := b.p.outline
	for i, head := range o.heads {
		if head != nil && !bytes.Equal(bytes.TrimSpace(heads[i]), bytes.TrimSpace(head)) {
			return nil
		}
	}
	for at := o.open; len(at) > 0; at = at[:len(at)-1] {
		for {
			at[len(at)-1]++
			i := partIndex(at)
			if i >= 0 && len(heads[i]) == 0 {
				break
			}
			if i < 0 || !b.p.attachHead(heads[i]) { // there may be more than was asked for
				return nil
			}
		}
	}
	b.p.m.Rest = false
	return b.p.m
}

// attachHead notes the file whose head that is; false where it may be something
// else.
func (p *parser) attachHead(head []byte) bool {
	fields, rest, bad := splitHeader(head)
	if _, typed := first(fields, "content-type"); !typed || bad || len(rest) > 0 || len(head) > maxPartHeader {
		return false
	}
	kind, params := p.contentType(fields)
	a, _ := p.described(fields, kind, params)
	if strings.HasPrefix(kind, "multipart/") || textKind(kind, a.Name) != "" || p.isLetter(kind, a.Name) || isReport(kind) || isCMS(kind) {
		return false
	}
	p.m.Parts = append(p.m.Parts, kind)
	p.attach(a)
	return true
}

// enter, next and leave follow the way through the multiparts.
func (o *outline) enter() {
	if o != nil {
		o.at = append(o.at, 0)
	}
}

func (o *outline) next() {
	if o != nil {
		o.at[len(o.at)-1]++
	}
}

func (o *outline) leave() {
	if o != nil {
		o.at = o.at[:len(o.at)-1]
	}
}

// head notes the head of the part at hand.
func (o *outline) head(block []byte) {
	if o == nil {
		return
	}
	if i := partIndex(o.at); i >= 0 {
		o.heads[i] = append([]byte{}, block...)
	}
}

// ends notes that what is known of the letter ends in the part at hand.
func (o *outline) ends(at stop) {
	if o != nil && at == atEnd {
		o.open = slices.Clone(o.at)
	}
}
