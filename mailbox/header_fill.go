package mailbox

import (
	"bytes"
	"strings"
)

const maxIDs = 200

// fill sets all that the header of the letter says.
func (m *Message) fill(fields []field, p *parser) {
	p.charset = p.headerCharset(fields)
	m.charset = p.charset
	m.Fields = make(map[string][]string, len(fields))
	if len(fields) == 0 {
		m.trouble(TroubleUnreadable)
	}
	values := make([]string, len(fields)) // nearly every name comes once
	fromStrict := true
	for i, f := range fields {
		if values[i] = p.text(f.raw); m.Fields[f.name] == nil {
			m.Fields[f.name] = values[i : i+1 : i+1]
		} else {
			m.Fields[f.name] = append(m.Fields[f.name], values[i])
		}
		switch f.name {
		case "from":
			list, strict := p.addresses(f.raw)
			m.From = append(m.From, list...)
			fromStrict = fromStrict && strict
		case "sender":
			m.Sender = p.join(m.Sender, f.raw)
		case "reply-to":
			m.ReplyTo = p.join(m.ReplyTo, f.raw)
		case "to":
			m.To = p.join(m.To, f.raw)
		case "cc":
			m.Cc = p.join(m.Cc, f.raw)
		case "received":
			m.Received++
			m.trace = append(m.trace, traceField{f.name, string(unfold(f.raw))})
		case "authentication-results":
			m.trace = append(m.trace, traceField{f.name, string(unfold(f.raw))})
		}
	}
	if !fromStrict {
		m.trouble(TroubleSender)
	}
	m.single(fields)
}

// single sets what one field of the header says.
func (m *Message) single(fields []field) {
	if v := m.Fields["subject"]; len(v) > 0 {
		m.Subject = v[0]
	}
	if v, ok := first(fields, "message-id"); ok {
		m.MessageID = parseID(v)
	}
	if v, ok := first(fields, "in-reply-to"); ok {
		m.InReplyTo = parseID(v)
	}
	for _, f := range fields {
		if f.name == "references" {
			m.References = append(m.References, parseIDs(unfold(f.raw), maxIDs-len(m.References))...)
		}
	}
	if v, ok := first(fields, "return-path"); ok {
		v = strings.Trim(oneLine(v), "<> ")
		m.ReturnPath = &v
	}
	if v, ok := first(fields, "date"); ok {
		m.Date = parseDate(v)
	}
	m.ReceivedAt = m.Date
	if v, ok := first(fields, "received"); ok {
		if n := strings.LastIndexByte(v, ';'); n >= 0 {
			if t := parseDate(v[n+1:]); !t.IsZero() {
				m.ReceivedAt, m.Stamped = t, true
			}
		}
	}
}

// text decodes an unstructured value.
func (p *parser) text(raw []byte) string {
	value := unfold(raw)
	if isPrintable(value) && !bytes.Contains(value, []byte("=?")) {
		return string(value) // most fields
	}
	return oneLine(p.words(value))
}

func (p *parser) join(list []Address, raw []byte) []Address {
	more, _ := p.addresses(raw)
	return append(list, more...)
}

// plain decodes header bytes outside of encoded words. RFC 6532 makes them
// UTF-8; older programs wrote the charset of the text.
func (p *parser) plain(b []byte) string {
	if isASCII(b) {
		return string(b)
	}
	if s, ok := readUTF8(b); ok {
		return s
	}
	if p.charset != nil {
		return p.charset.decode(b)
	}
	p.m.trouble(TroubleCharsetGuessed)
	return likeliest(b, nil).decode(b)
}

// headerCharset returns the charset of the bytes of a header that are neither
// ASCII nor UTF-8: nil if there are none. All of them are judged together,
// with the charset that the letter declares for its text as a hint.
func (p *parser) headerCharset(fields []field) *table {
	var raw []byte
	var hint *table
	for _, f := range fields {
		if f.name == "content-type" && hint == nil {
			_, params := p.parameters(f.raw)
			hint = tables[charsetKey(params.get("charset"))]
		}
		if len(raw) < 4<<10 && !isASCII(f.raw) {
			if _, ok := readUTF8(f.raw); !ok {
				raw = append(append(raw, f.raw...), ' ')
			}
		}
	}
	if raw == nil {
		return nil
	}
	t := likeliest(raw, hint)
	if t != hint {
		p.m.trouble(TroubleCharsetGuessed)
	}
	return t
}

// fillInner sets what is kept of a letter in a letter.
func (m *Message) fillInner(fields []field, p *parser) {
	p.charset = p.headerCharset(fields)
	for _, f := range fields {
		switch {
		case f.name == "from" && len(m.From) == 0:
			m.From, _ = p.addresses(f.raw)
		case f.name == "subject" && m.Subject == "":
			m.Subject = p.text(f.raw)
		}
	}
	if v, ok := first(fields, "message-id"); ok {
		m.MessageID = parseID(v)
	}
}

// parseID returns the first message identifier in v with its angle brackets,
// or v itself, made safe, where it holds none.
func parseID(v string) string {
	if ids := parseIDs([]byte(v), 1); len(ids) > 0 {
		return ids[0]
	}
	v = strings.Join(strings.Fields(oneLine(v)), " ")
	return strings.ToValidUTF8(v[:min(len(v), 998)], "")
}

// parseIDs returns at most limit identifiers. What folding put into one is
// taken out again.
func parseIDs(v []byte, limit int) []string {
	var ids []string
	for len(ids) < limit {
		a := bytes.IndexByte(v, '<')
		if a < 0 {
			break
		}
		b := bytes.IndexByte(v[a:], '>')
		if b < 0 {
			break
		}
		id := strings.Join(strings.Fields(oneLine(string(v[a+1:a+b]))), "")
		if id != "" && len(id) <= 996 {
			ids = append(ids, "<"+id+">")
		}
		v = v[a+b+1:]
	}
	return ids
}
