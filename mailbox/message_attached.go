package mailbox

import "strings"

// FileText is how many bytes are read of the text of an attached file: more than a
// page. Whoever demands something has said so by then.
const FileText = 3 << 10

// maxRawFile and maxRawPage are how many bytes of such a file are read for it,
// undecoded: six for a letter as quoted-printable, while HTML may begin with a style of
// many pages.
const (
	maxRawFile = 16 << 10
	maxRawPage = 128 << 10
)

// textKind returns the type under which an attached part can be read as text; "" where
// it cannot. Web mail attaches files without their type.
func textKind(kind, name string) string {
	if isReadable(kind) {
		return kind
	}
	if kind != "application/octet-stream" {
		return ""
	}
	name = strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, ".txt"):
		return "text/plain"
	case strings.HasSuffix(name, ".htm"), strings.HasSuffix(name, ".html"):
		return "text/html"
	}
	return ""
}

// attached reads the beginning of a text that is attached as a file: some people write
// their letter there and nothing above it.
func (p *parser) attached(fields []field, a Attachment, kind string, params parameters, rest []byte) (part, stop) {
	p.behind = true
	enc, _ := transferOf(fields)
	size := sizer{t: enc}
	sub := &parser{m: new(Message), src: p.src, inner: true, prefix: p.prefix, budget: &budget{raw: maxRawFile}}
	if isHTML(kind) {
		sub.budget.raw = maxRawPage
	}
	t, at := sub.readText(fields, kind, params, rest, &size)
	a.Size = size.size()
	p.attach(a)
	text := t.text
	if len(text) >= FileText {
		text = strings.ToValidUTF8(text[:FileText], "")
		p.outline.ends(at) // what follows of it does not count
		t.cut = false
	}
	p.budget.embedded--
	p.m.Embedded = append(p.m.Embedded, Embedded{Text: text, Behind: true, File: true})
	return part{cut: t.cut && at == atEnd && p.prefix}, at
}
