package mailbox

import (
	"bytes"
	"hash/crc32"
	"strings"
	"sync"
)

// leaf reads the body of a part that is no multipart.
func (p *parser) leaf(fields []field, kind string, params parameters, rest []byte) (part, stop) {
	a, disposition := p.described(fields, kind, params)
	name := a.Name
	if p.files != nil {
		return p.file(fields, a, rest, isReadable(kind) && name == "" && (disposition != "attachment" || p.budget.depth == 0))
	}
	if p.isLetter(kind, name) && p.budget.embedded > 0 {
		return p.embedded(fields, a)
	}
	if isReadable(kind) && (disposition != "attachment" || p.budget.depth == 0) {
		if name != "" {
			p.attach(a)
		}
		return p.readText(fields, kind, params, rest, nil)
	}
	if text := textKind(kind, name); text != "" && p.budget.embedded > 0 {
		return p.attached(fields, a, text, params, rest)
	}
	if isReport(kind) && !p.inner {
		p.behind = true
		return p.report(fields, a)
	}
	if isCMS(kind) && !p.inner {
		defer func() { p.behind = true }()
		return p.cms(fields, a)
	}
	p.behind = true
	t, _ := transferOf(fields)
	size := sizer{t: t}
	add := func(b []byte) {
		size.add(b)
		for line := range bytes.SplitSeq(b, []byte{'\n'}) { // which ends on its way may change
			a.Sum = crc32.Update(a.Sum, crc32.IEEETable, bytes.TrimRight(line, "\r"))
		}
	}
	add(rest)
	at := p.src.body(add)
	p.outline.ends(at)
	a.Size = size.size()
	p.attach(a)
	return part{cut: at == atEnd && p.prefix}, at
}

// described reads what a head says of the part as a file.
func (p *parser) described(fields []field, kind string, params parameters) (a Attachment, disposition string) {
	a = Attachment{Name: params.get("name"), Type: kind}
	for _, f := range fields {
		if f.name == "content-disposition" {
			d, dp := p.parameters(f.raw)
			disposition = d
			if n := dp.get("filename"); n != "" {
				a.Name = n
			}
			break
		}
	}
	return a, disposition
}

// isReadable reports whether parts of that type are text that a reader is shown.
func isReadable(kind string) bool {
	switch kind {
	case "text/plain", "text/enriched", "text/richtext", "text/markdown":
		return true
	}
	return isHTML(kind)
}

func isHTML(kind string) bool {
	return kind == "text/html" || kind == "text/x-amp-html" || kind == "application/xhtml+xml"
}

// attach records an attachment of the letter; those of letters in it are
// theirs.
func (p *parser) attach(a Attachment) {
	if !p.inner {
		p.m.Attachments = append(p.m.Attachments, a)
	}
}

// readText reads a text part, and counts its bytes where size is not nil.
func (p *parser) readText(fields []field, kind string, params parameters, rest []byte, size *sizer) (part, stop) {
	html := isHTML(kind)
	limit := p.budget.raw
	if !html {
		limit = min(limit, maxRawPlain)
	}
	room := textRooms.Get().(*textRoom)
	defer room.release()
	raw := keep(room.raw[:0], rest, limit)
	if size == nil {
		size = new(sizer)
	}
	size.add(rest)
	more := false
	at := p.src.body(func(b []byte) {
		size.add(b)
		more = more || len(raw)+len(b) > limit
		raw = keep(raw, b, limit)
	})
	p.budget.raw -= len(raw)
	room.raw = raw
	if more {
		p.m.trouble(TroubleTruncated)
	}
	cut := more || at == atEnd && p.prefix
	enc, known := transferOf(fields)
	if !known {
		p.m.trouble(TroubleEncodingUnknown)
	}
	decoded, ok := enc.decode(raw, room.decoded[:0])
	if !ok {
		p.m.trouble(TroubleEncodingBroken)
	}
	if enc == base64Body {
		room.decoded = decoded
	}
	if ok || !isBinary(decoded) { // else it was not encoded at all
		raw = decoded
	}
	label := params.get("charset")
	if label == "" && html {
		label = metaCharset(raw)
	}
	raw = joinLineEnds(raw)
	text, trouble := decodeCharset(raw, label)
	p.m.notice(trouble)
	return textPart(readable(text, kind, params), html, cut), at
}

// joinLineEnds makes one line feed of each carriage return and line feed, in
// place.
func joinLineEnds(b []byte) []byte {
	n := bytes.IndexByte(b, '\r')
	if n < 0 {
		return b
	}
	for rest := b[n:]; len(rest) > 0; {
		if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			rest = rest[1:]
		}
		end := bytes.IndexByte(rest[1:], '\r') + 1
		if end == 0 {
			end = len(rest)
		}
		n += copy(b[n:], rest[:end])
		rest = rest[end:]
	}
	return b[:n]
}

// textRoom is the memory in which a text is decoded; what comes of it is a
// string of its own.
type textRoom struct{ raw, decoded []byte }

var textRooms = sync.Pool{New: func() any { return new(textRoom) }}

// mostReused is the size in bytes up to which such memory is kept.
const mostReused = 64 << 10

func (r *textRoom) release() {
	if cap(r.raw) <= mostReused && cap(r.decoded) <= mostReused {
		textRooms.Put(r)
	}
}

// isBinary reports whether bytes cannot be a text: there are none, or a good part
// of them are control characters.
func isBinary(b []byte) bool {
	n := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			n++
		}
	}
	return n*20 >= len(b)
}

// readable turns the decoded text of a part into what a reader sees of it.
func readable(text, kind string, params parameters) string {
	switch {
	case isHTML(kind):
		return cleanText(htmlText(text))
	case kind == "text/enriched", kind == "text/richtext":
		return cleanText(enrichedText(text))
	}
	text = cleanText(text)
	if strings.EqualFold(params.get("format"), "flowed") {
		text = strings.TrimRight(flowed(text, strings.EqualFold(params.get("delsp"), "yes")), "\n")
	}
	return text
}

// isLetter reports whether a part is a letter of its own. Web mail attaches
// forwarded letters as files, without their type.
func (p *parser) isLetter(kind, name string) bool {
	switch kind {
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers", "message/rfc822-headers":
		return true
	case "application/octet-stream", "application/eml", "application/x-eml", "text/plain", "text/x-eml":
		return strings.HasSuffix(strings.ToLower(name), ".eml")
	}
	return false
}

// embedded reads a letter inside the letter.
func (p *parser) embedded(fields []field, a Attachment) (part, stop) {
	if p.budget.depth >= maxDepth {
		p.m.trouble(TroubleTooDeep)
		p.attach(a)
		return part{}, p.skip()
	}
	p.budget.depth++
	defer func() { p.budget.depth-- }()
	sub := &parser{m: new(Message), src: p.src, inner: true, prefix: p.prefix, budget: p.budget}
	enc, _ := transferOf(fields)
	if enc == identity {
		from := p.src.offset()
		t, at := sub.innerLetter(a.Type)
		a.Size = p.src.offset() - from
		p.embed(sub.m, t, a)
		return part{cut: at == atEnd && p.prefix}, at
	}
	// RFC 2046, 5.2.1, forbids to encode it; programs do.
	var raw []byte
	size := sizer{t: enc}
	at := p.src.body(func(b []byte) {
		raw = keep(raw, b, p.budget.raw)
		size.add(b)
	})
	p.budget.raw -= len(raw)
	raw, _ = enc.decode(raw, nil)
	sub.src = newSource(bytes.NewReader(raw), int64(len(raw))+1)
	t, _ := sub.innerLetter(a.Type)
	sub.src.release()
	a.Size = size.size()
	p.embed(sub.m, t, a)
	return part{cut: at == atEnd && p.prefix}, at
}

// innerLetter reads header and body of a letter inside the letter.
func (p *parser) innerLetter(kind string) (part, stop) {
	fields, rest, at, ended := p.partHeader(maxPartHeader)
	p.m.fillInner(fields, p)
	if ended {
		text, _ := decodeCharset(rest, "")
		return textPart(cleanText(text), false, false), at
	}
	if strings.Contains(kind, "-headers") {
		return part{}, p.skip()
	}
	return p.entity(fields, rest)
}

// embed records a letter inside the letter, and those inside of it.
func (p *parser) embed(m *Message, t part, a Attachment) {
	p.attach(a)
	for _, code := range m.Troubles {
		switch code {
		case TroubleTooDeep, TroubleTooManyParts, TroubleTruncated:
			p.m.trouble(code)
		}
	}
	list := append([]Embedded{{Subject: m.Subject, From: m.From, Text: t.text, MessageID: m.MessageID}}, m.Embedded...)
	for _, e := range list {
		e.Behind = e.File || p.behind
		if len(p.m.Embedded) < maxEmbedded {
			p.m.Embedded = append(p.m.Embedded, e)
		}
	}
	p.budget.embedded--
}
