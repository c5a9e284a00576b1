package mailbox

import (
	"bytes"
	"net/mail"
	"strings"
	"time"
)

const maxIDs = 200

// fill sets all that the header of the letter says.
func (m *Message) fill(fields []field, p *parser) {
	p.charset = p.headerCharset(fields)
	m.Fields = make(map[string][]string, len(fields))
	if len(fields) == 0 {
		m.trouble(TroubleUnreadable)
	}
	fromStrict := true
	for _, f := range fields {
		m.Fields[f.name] = append(m.Fields[f.name], p.text(f.raw))
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
			m.trace = append(m.trace, f)
		case "authentication-results":
			m.trace = append(m.trace, f)
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
		v = strings.TrimSpace(strings.NewReplacer("<", "", ">", "").Replace(oneLine(v)))
		m.ReturnPath = &v
	}
	if v, ok := first(fields, "date"); ok {
		m.Date = parseDate(v)
	}
	m.ReceivedAt = m.Date
	if v, ok := first(fields, "received"); ok {
		if n := strings.LastIndexByte(v, ';'); n >= 0 {
			if t := parseDate(v[n+1:]); !t.IsZero() {
				m.ReceivedAt = t
			}
		}
	}
}

// text decodes an unstructured value.
func (p *parser) text(raw []byte) string { return oneLine(p.words(unfold(raw))) }

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
			hint = tables[charsetKey(params["charset"])]
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

// parseDate reads a date of RFC 5322, or returns the zero time. Zone names
// besides those of the RFC are wrongly taken for +0000 by net/mail, so the
// ones used around Kazakhstan are replaced first.
func parseDate(v string) time.Time {
	v = strings.TrimSpace(oneLine(v))
	if n := strings.IndexByte(v, '('); n > 0 {
		v = strings.TrimSpace(v[:n])
	}
	v = strings.Join(strings.Fields(v), " ")
	offset, named := "", false
	if n := strings.LastIndexByte(v, ' '); n > 0 {
		if offset, named = zones[strings.ToUpper(v[n+1:])]; named {
			v = v[:n+1] + offset
		}
	}
	t, err := mail.ParseDate(v)
	if err != nil {
		return parseOddDate(v)
	}
	if named && offset == "+0500" && t.Before(almatyMoved) {
		t = t.Add(-time.Hour)
	}
	return t.UTC()
}

// zones are offsets of zone names; +0500 stands for Almaty's and is an hour
// more before 1 March 2024.
var zones = map[string]string{
	"ALMT": "+0500", "QYZT": "+0500", "AQTT": "+0500", "ORAT": "+0500",
	"MSK": "+0300", "YEKT": "+0500", "OMST": "+0600", "NOVT": "+0700", "CET": "+0100", "CEST": "+0200",
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
	"EET": "+0200", "EEST": "+0300", "Z": "+0000", "UTC": "+0000",
}

var almatyMoved = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

// parseOddDate tries forms that are no dates of RFC 5322 but in use.
func parseOddDate(v string) time.Time {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05",
		"Mon Jan 2 15:04:05 2006 -0700", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006",
		"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon, 2 Jan 2006 15.04.05 -0700",
		"02.01.2006 15:04:05", "Mon, 02-Jan-2006 15:04:05 -0700", "Monday, 2 January 2006 15:04:05 -0700",
		"Mon, 2 Jan 2006 15:04:05 GMT-0700", "Mon, 2 Jan 2006 15:04:05 GMT-07:00", "Mon, 2 Jan 2006 15:04:05 -07:00",
	} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
