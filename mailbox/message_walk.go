package mailbox

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// parser reads one letter into a Message, or a letter in it into a scratch one.
type parser struct {
	files   func(a Attachment, data []byte, cut, last bool) // for Files: gets what is attached; nil otherwise
	m       *Message
	src     *source
	charset *table   // of raw bytes in the header, if it was guessed
	outline *outline // for ReadBeginning; nil otherwise
	prefix  bool     // the source is the beginning of a letter
	inner   bool     // reading a letter in a letter
	behind  bool     // the front of the letter has ended
	closed  bool     // the closing boundary of the letter itself was met
	budget  *budget
	asked   parametrised
}

// budget is shared by a letter and the letters in it.
type budget struct{ raw, parts, embedded, depth int }

func newParser(m *Message, r io.Reader) *parser {
	p := new(parser)
	p.begin(m, r)
	return p
}

func (p *parser) begin(m *Message, r io.Reader) {
	p.m, p.src, p.budget = m, newSource(r, maxLetter), &budget{raw: maxRawText, parts: maxParts, embedded: maxEmbedded}
}

// letter reads the whole letter.
func (p *parser) letter() {
	if !p.prefix {
		p.src.prepare()
	}
	fields, rest := p.header(maxHeader)
	p.m.fill(fields, p)
	p.body(fields, rest)
}

// body reads what follows the header.
func (p *parser) body(fields []field, rest []byte) {
	t, _ := p.entity(fields, rest)
	p.m.Text, p.m.Cut, p.m.Front = t.text, t.cut, t.front
	p.m.Unclosed = strings.HasPrefix(p.m.ContentType, "multipart/") && !p.closed
	if p.src.err != nil {
		p.m.trouble(TroubleReading)
	}
	if p.src.left <= 0 {
		p.m.trouble(TroubleTruncated)
	}
	p.src.release()
	if p.m.isLost() {
		p.m.trouble(TroubleUnreadable)
	}
}

// isLost reports whether a letter that had something to say has come to nothing.
func (m *Message) isLost() bool {
	if m.Subject != "" || strings.TrimSpace(m.Text) != "" || m.Cut || len(m.Embedded) > 0 {
		return false
	}
	return slices.ContainsFunc(m.Troubles, func(code string) bool {
		switch code {
		case TroubleEncrypted, TroubleTooDeep, TroubleTruncated, TroubleReading, TroubleEncodingBroken, TroubleEncodingUnknown, TroubleHeaderLine, TroubleHeaderLong:
			return true
		}
		return false
	})
}

// header reads the header at hand. rest is the beginning of a body that no
// blank line divides from it.
func (p *parser) header(limit int) (fields []field, rest []byte) {
	fields, rest, _, _ = p.partHeader(limit)
	return fields, rest
}

func (p *parser) partHeader(limit int) (fields []field, rest []byte, at stop, ended bool) {
	block, long, at, ended := p.src.block(limit)
	if !ended {
		p.outline.head(block)
	}
	fields, rest, bad := splitHeader(block)
	if bad {
		p.m.trouble(TroubleHeaderLine)
	}
	if long || len(fields) == maxFields {
		p.m.trouble(TroubleHeaderLong)
	}
	return fields, rest, at, ended
}

// part is what an entity comes to: its readable text, if it has one.
type part struct {
	text    string
	front   int  // of text, before the first attachment
	letters int  // of text, counted up to mostLetters
	cut     bool // text goes on
	html    bool
	root    bool // text, not an attachment
}

// textPart makes a part of a text that has its final form.
func textPart(text string, html, cut bool) part {
	text, clipped := clip(text)
	return part{text: text, front: len(text), letters: countLetters(text), html: html, cut: cut || clipped, root: true}
}

// entity reads the body that belongs to a header.
func (p *parser) entity(fields []field, rest []byte) (part, stop) {
	kind, params := p.contentType(fields)
	if !p.inner {
		if p.m.ContentType == "" {
			p.m.ContentType = kind
		}
		p.m.Parts = append(p.m.Parts, kind)
	}
	if strings.HasPrefix(kind, "multipart/") {
		if p.budget.depth < maxDepth {
			return p.multipart(kind, params.get("boundary"))
		}
		p.m.trouble(TroubleTooDeep)
		at := p.skip()
		return p.mayGoOn(part{}, at), at
	}
	return p.leaf(fields, kind, params, rest)
}

// contentType returns the media type and its parameters, with RFC 2045's
// default for a header without one.
func (p *parser) contentType(fields []field) (kind string, params parameters) {
	for _, f := range fields {
		if f.name == "content-type" {
			kind, params = p.parameters(f.raw)
			break
		}
	}
	switch {
	case kind == "html":
		kind = "text/html"
	case strings.Contains(kind, "/"):
	case kind == "" || kind == "text" || kind == "plain" || params.get("name") == "":
		kind = "text/plain"
	default:
		kind = "application/octet-stream"
	}
	if kind == "text/plain" && params.get("boundary") != "" {
		kind = "multipart/mixed"
	}
	return kind, params
}

// multipart reads the parts up to the closing boundary, and on to the boundary
// of an outer multipart.
func (p *parser) multipart(kind, declared string) (part, stop) {
	p.budget.depth++
	level := len(p.src.open)
	p.src.open = append(p.src.open, boundary{declared: declared})
	p.outline.enter()
	defer func() {
		p.outline.leave()
		p.budget.depth--
		p.src.open = p.src.open[:level]
	}()
	if kind == "multipart/encrypted" {
		p.m.trouble(TroubleEncrypted)
	}
	var preamble []byte
	p.src.guess = true
	at := p.src.body(func(b []byte) { preamble = keep(preamble, b, TextLimit) })
	p.src.guess = false
	if declared == "" || p.src.open[level].found != "" {
		p.m.trouble(TroubleBoundary)
	}
	if at.level != level {
		p.m.Loose = p.m.Loose || at == atEnd && p.prefix // a boundary may follow, and this is no text then
		return p.noParts(preamble), at
	}
	var parts []part
	for at.level == level {
		if at.last {
			if len(parts) > 0 { // what follows is to be ignored (RFC 2046, 5.1.1), boundaries and all
				p.closed = p.closed || level == 0 && !p.inner
				p.src.open[level] = boundary{}
			}
			at = p.skip()
			continue
		}
		if p.budget.parts--; p.budget.parts < 0 {
			p.m.trouble(TroubleTooManyParts)
			p.src.give()
			return p.joined(kind, parts, atEnd), atEnd
		}
		p.outline.next()
		var t part
		behind := p.behind
		if t, at = p.child(kind, parts); behind {
			t.front = 0
		}
		parts = append(parts, t)
	}
	t := p.joined(kind, parts, at)
	if level > 0 { // of the outermost only an epilogue is left
		t = p.mayGoOn(t, at)
	}
	return t, at
}

// mayGoOn marks a part, behind which the beginning of a letter ends in what is to be
// ignored: a text may follow yet, and belongs to the front unless a file came before.
func (p *parser) mayGoOn(t part, at stop) part {
	if at == atEnd && p.prefix && !p.behind {
		t.cut, t.root = true, true
	}
	return t
}

// joined makes one text of the parts of a multipart that ended there.
func (p *parser) joined(kind string, parts []part, at stop) part {
	if kind == "multipart/alternative" {
		best, sure := bestPart(parts)
		p.m.Loose = p.m.Loose || at == atEnd && p.prefix && !sure
		return best
	}
	return joinParts(parts)
}

// noParts makes a text of a multipart in which no boundary was found.
func (p *parser) noParts(preamble []byte) part {
	p.m.trouble(TroubleBoundary)
	text, trouble := decodeCharset(preamble, "")
	p.m.notice(trouble)
	html := looksLikeHTML(text)
	if html {
		text = htmlText(text)
	}
	return textPart(cleanText(text), html, p.prefix)
}

// child reads one part of a multipart.
func (p *parser) child(kind string, before []part) (part, stop) {
	fields, rest, at, ended := p.partHeader(maxPartHeader)
	switch {
	case ended && at == atEnd && p.prefix:
		return part{cut: true, root: true}, at // it may be a text
	case ended && len(bytes.TrimSpace(rest)) == 0:
		return part{}, at
	case ended:
		text, _ := decodeCharset(rest, "")
		return textPart(cleanText(text), false, false), at
	}
	if kind == "multipart/digest" {
		if _, ok := first(fields, "content-type"); !ok {
			fields = append(fields, field{name: "content-type", raw: []byte("message/rfc822")})
		}
	}
	// The HTML beside a plain text that says something is not needed.
	if kind == "multipart/alternative" && slices.ContainsFunc(before, suffices) {
		return p.spare(fields, rest)
	}
	return p.entity(fields, rest)
}

// spare skips an alternative that is not needed, noting its type.
func (p *parser) spare(fields []field, rest []byte) (part, stop) {
	kind, _ := p.contentType(fields)
	if !isHTML(kind) && kind != "text/plain" {
		return p.entity(fields, rest)
	}
	if !p.inner {
		p.m.Parts = append(p.m.Parts, kind)
	}
	p.behind = true
	at := p.skip()
	p.outline.ends(at)
	return part{root: true, html: isHTML(kind)}, at
}

// skip passes over a body.
func (p *parser) skip() stop { return p.src.body(func([]byte) {}) }

// keep appends b to buf up to a length.
func keep(buf, b []byte, limit int) []byte {
	return append(buf, b[:max(0, min(len(b), limit-len(buf)))]...)
}

// notice is trouble for a code that may be "".
func (m *Message) notice(code string) {
	if code != "" {
		m.trouble(code)
	}
}
