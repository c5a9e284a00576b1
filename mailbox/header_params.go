package mailbox

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
)

const maxParams = 100

// parameters takes apart a Content-Type or Content-Disposition (RFC 2045, 5.1,
// RFC 2231): the value in lower case and its parameters under their lower-case
// names. It forgives what mime.ParseMediaType refuses: missing quotes, blanks,
// raw 8-bit bytes, names in any charset.
func (p *parser) parameters(raw []byte) (value string, params parameters) {
	if len(raw) > 0 && len(raw) == len(p.asked.raw) && &raw[0] == &p.asked.raw[0] && p.charset == p.asked.charset {
		return p.asked.value, p.asked.params
	}
	value, params = p.readParameters(raw)
	p.asked = parametrised{raw, p.charset, value, params}
	return value, params
}

// parametrised is the field that was taken apart last: several ask for that of
// the letter's type. Nobody changes what they get.
type parametrised struct {
	raw     []byte
	charset *table // that raw bytes were taken to be in
	value   string
	params  parameters
}

// parameters are those of one field, each name once.
type parameters []parameter

type parameter struct{ name, value string }

// get returns the value of a parameter, "" where there is none.
func (l parameters) get(name string) string {
	for _, p := range l {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

func (p *parser) readParameters(raw []byte) (value string, params parameters) {
	b := unfold(raw)
	head, rest, _ := bytes.Cut(b, []byte(";"))
	if n := bytes.IndexByte(head, '('); n >= 0 {
		head = head[:n] // a comment
	}
	value = strings.ToLower(strings.Trim(oneLine(string(head)), `"'<> `))
	if n := strings.IndexAny(value, " \t,<>\""); n > 0 {
		value = value[:n]
	}
	var room [4]section
	parts := room[:0]
	for len(rest) > 0 && len(parts) < maxParams {
		var s section
		var ok bool
		if s, rest, ok = cutParam(rest); ok {
			parts = append(parts, s)
		}
	}
	return value, p.joinParams(parts)
}

// section is a parameter as written, or one numbered section of it (RFC 2231, 3).
type section struct {
	name     string
	number   int
	extended bool // charset'language'percent-encoded, RFC 2231, 4
	value    []byte
}

// cutParam reads one parameter.
func cutParam(b []byte) (s section, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, "; \t")
	n := bytes.IndexAny(b, "=;")
	if n < 0 || b[n] == ';' {
		if n < 0 {
			n = len(b)
		}
		return s, b[n:], false
	}
	name := strings.ToLower(strings.TrimSpace(string(b[:n])))
	b = bytes.TrimLeft(b[n+1:], " \t")
	if len(b) > 0 && b[0] == '"' {
		s.value, rest = cutQuoted(b)
	} else {
		n = bytes.IndexByte(b, ';')
		if n < 0 {
			n = len(b)
		}
		s.value, rest = bytes.TrimSpace(b[:n]), b[n:]
	}
	name, s.extended = strings.CutSuffix(name, "*")
	base, number, numbered := strings.Cut(name, "*")
	if numbered {
		k, err := strconv.Atoi(number)
		if err != nil || k < 0 || k >= maxParams {
			return s, rest, false
		}
		s.number = k
	}
	s.name = base
	return s, rest, base != ""
}

// cutQuoted reads a quoted string and skips to the next semicolon. A backslash
// quotes a quote or a backslash only: in front of anything else it is part of
// a Windows path.
func cutQuoted(b []byte) (value, rest []byte) {
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '\\' && i+1 < len(b) && (b[i+1] == '"' || b[i+1] == '\\'):
			i++
			value = append(value, b[i])
		case b[i] == '"':
			rest = b[i+1:]
			if n := bytes.IndexByte(rest, ';'); n >= 0 {
				return value, rest[n:]
			}
			return value, nil
		default:
			value = append(value, b[i])
		}
	}
	return value, nil
}

// joinParams puts the sections of each parameter together and decodes them. A
// parameter that is there in both forms is taken in the extended one.
func (p *parser) joinParams(parts []section) parameters {
	sort.SliceStable(parts, func(i, j int) bool {
		a, b := parts[i], parts[j]
		if a.name != b.name {
			return a.name < b.name
		}
		if a.number != b.number {
			return a.number < b.number
		}
		return a.extended && !b.extended
	})
	params := make(parameters, 0, len(parts))
	for i := 0; i < len(parts); {
		k := i + 1
		for k < len(parts) && parts[k].name == parts[i].name {
			k++
		}
		params = append(params, parameter{parts[i].name, p.joinSections(parts[i:k])})
		i = k
	}
	return params
}

// joinSections decodes the sections of one parameter, sorted by number.
func (p *parser) joinSections(parts []section) string {
	if !parts[0].extended && (len(parts) == 1 || parts[1].number == parts[0].number) {
		return oneLine(p.words(parts[0].value))
	}
	var b []byte
	label, declared := "", false
	for i, s := range parts {
		if i > 0 && s.number == parts[i-1].number {
			continue // said twice
		}
		v := s.value
		if s.extended && i == 0 {
			if q := bytes.SplitN(v, []byte("'"), 3); len(q) == 3 {
				label, declared, v = string(q[0]), true, q[2]
			}
		}
		if s.extended {
			v = percentDecode(v)
		}
		b = append(b, v...)
	}
	if !declared && bytes.Contains(b, []byte("=?")) {
		return oneLine(p.words(b))
	}
	text, trouble := decodeCharset(b, label)
	if declared {
		p.m.notice(trouble)
	}
	return oneLine(text)
}

func percentDecode(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) && isHex(b[i+1]) && isHex(b[i+2]) {
			out = append(out, unhex(b[i+1])<<4|unhex(b[i+2]))
			i += 2
			continue
		}
		out = append(out, b[i])
	}
	return out
}
