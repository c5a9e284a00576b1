package mailbox

import (
	"bytes"
	"strings"
)

// addressScanner takes an address list apart into mailboxes.
type addressScanner struct {
	rest   []byte
	strict bool
	pieces []string // of the phrase, or of an address without brackets
	quoted []bool
	angle  string // what stood in angle brackets
	angled bool
	note   string // the last comment: before display names there were comments

	dangling int
}

func (s *addressScanner) empty() bool {
	return len(s.pieces) == 0 && !s.angled && s.note == ""
}

// next reads one mailbox, up to the comma, semicolon or end behind it. The
// name of a group is skipped: its members are mailboxes of the list.
func (s *addressScanner) next() bool {
	s.pieces, s.quoted, s.angle, s.angled, s.note = nil, nil, "", false, ""
	if len(s.rest) == 0 {
		return false
	}
	for len(s.rest) > 0 {
		switch c := s.rest[0]; c {
		case ' ', '\t', '\r', '\n':
			s.rest = s.rest[1:]
		case ',', ';':
			s.rest = s.rest[1:]
			return true
		case '"':
			s.quotedString()
		case '(':
			s.comment()
		case '<':
			s.brackets()
		case ':':
			if !s.angled && !strings.Contains(strings.Join(s.pieces, ""), "@") {
				s.pieces, s.quoted = nil, nil
			}
			s.rest = s.rest[1:]
		default:
			s.atom()
		}
	}
	return true
}

// quotedString reads a quoted string; a quote that nothing closes is no quote.
func (s *addressScanner) quotedString() {
	var out []byte
	for i := 1; i < len(s.rest) && s.dangling < maxDangling; i++ {
		switch c := s.rest[i]; c {
		case '\\':
			if i+1 < len(s.rest) {
				i++
				out = append(out, s.rest[i])
			}
		case '"':
			s.rest = s.rest[i+1:]
			// The local part of an address may be quoted.
			if len(s.rest) > 0 && s.rest[0] == '@' {
				out = append(append([]byte{'"'}, out...), '"')
			}
			s.add(string(out), true)
			return
		default:
			out = append(out, c)
		}
	}
	s.dangle()
}

// dangle passes over a sign that nothing closes. After a few of them there is
// no more looking for the end of one.
func (s *addressScanner) dangle() {
	s.dangling++
	s.strict = false
	s.rest = s.rest[1:]
}

func (s *addressScanner) comment() {
	depth := 0
	for i := 0; i < len(s.rest) && s.dangling < maxDangling; i++ {
		switch s.rest[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.note = string(s.rest[1:i])
				s.rest = s.rest[i+1:]
				return
			}
		}
	}
	s.dangle()
}

// brackets reads an address in angle brackets.
func (s *addressScanner) brackets() {
	if s.angled {
		s.strict = false
	}
	n := bytes.IndexByte(s.rest, '>')
	if n < 0 {
		s.strict = false
		n = bytes.IndexAny(s.rest, ",;")
		if n < 0 {
			n = len(s.rest)
		}
		s.setAngle(s.rest[1:n])
		s.rest = s.rest[n:]
		return
	}
	s.setAngle(s.rest[1:n])
	s.rest = s.rest[n+1:]
	for len(s.rest) > 0 && s.rest[0] == '>' {
		s.rest, s.strict = s.rest[1:], false
	}
}

// setAngle takes what stood in angle brackets; of several the last one that is
// an address counts, as readers show it.
func (s *addressScanner) setAngle(b []byte) {
	v := string(bytes.TrimSpace(b))
	if !strings.Contains(v, `"`) {
		v = strings.Join(strings.Fields(v), "")
	}
	if route, addr, ok := strings.Cut(v, ":"); ok && strings.HasPrefix(route, "@") {
		v = addr // a source route, RFC 5322, 4.4
	}
	if !s.angled || isAddress(v) {
		s.angle = v
	}
	s.angled = true
}

// atom reads a word, or a whole encoded word whatever it holds.
func (s *addressScanner) atom() {
	if bytes.HasPrefix(s.rest, []byte("=?")) {
		if _, n := parseWord(s.rest); n > 0 && bytes.HasSuffix(s.rest[:n], []byte("?=")) {
			s.add(string(s.rest[:n]), false)
			s.rest = s.rest[n:]
			return
		}
	}
	n := bytes.IndexAny(s.rest, " \t\r\n,;:<\"(")
	if n == 0 || n < 0 {
		n = len(s.rest)
	}
	// A domain in brackets may hold colons: [IPv6:…].
	if k := bytes.IndexByte(s.rest[:n], '['); k > 0 && s.rest[k-1] == '@' {
		if end := bytes.IndexByte(s.rest, ']'); end > k {
			n = end + 1
		}
	}
	s.add(string(s.rest[:n]), false)
	s.rest = s.rest[n:]
}

// add appends a piece; what follows a quoted local part without a blank
// belongs to it.
func (s *addressScanner) add(v string, quoted bool) {
	if last := len(s.pieces) - 1; last >= 0 && strings.HasPrefix(v, "@") && strings.HasSuffix(s.pieces[last], `"`) {
		s.pieces[last] += v
		s.quoted[last] = false
		return
	}
	if len(s.pieces) >= maxPieces {
		s.strict = false
		return
	}
	s.pieces = append(s.pieces, v)
	s.quoted = append(s.quoted, quoted)
}

// address makes an Address of the mailbox at hand; its name is still encoded.
func (s *addressScanner) address() (Address, bool) {
	if s.angled {
		name := strings.Join(s.pieces, " ")
		if name == "" {
			name = s.note
		}
		if isAddress(s.angle) {
			return Address{Name: name, Addr: s.angle}, true
		}
		if addr := repair(s.angle); addr != "" {
			return Address{Name: name, Addr: addr}, false
		}
		return Address{Name: name}, false
	}
	var name []string
	addr := ""
	for i, v := range s.pieces {
		if addr == "" && !s.quoted[i] && isAddress(v) {
			addr = v
		} else {
			name = append(name, v)
		}
	}
	if addr != "" {
		if len(name) == 0 {
			return Address{Name: s.note, Addr: addr}, true
		}
		return Address{Name: strings.Join(name, " "), Addr: addr}, false
	}
	if addr := repair(strings.Join(s.pieces, "")); addr != "" {
		return Address{Name: s.note, Addr: addr}, false
	}
	return Address{Name: strings.Join(s.pieces, " ")}, false
}
