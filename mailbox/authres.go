package mailbox

import (
	"errors"
	"fmt"
	"strings"
)

// AuthResults is one Authentication-Results field (RFC 8601, 2.2).
type AuthResults struct {
	ServID  string // who checked; "" where the server writes none, as Microsoft 365 does
	Results []AuthResult
}

// AuthResult is the result of one method. Method and Result are in lower case.
type AuthResult struct {
	Method string // spf, dkim, dmarc, …
	Result string // pass, fail, none, …
	Reason string

	// Properties holds what was checked under names like "header.d", in lower
	// case; values as written.
	Properties map[string]string
}

// maxResults is far above what a server writes into one field.
const maxResults = 100

// ParseAuthResults reads the value of an Authentication-Results field, folded
// or not. Parts of such a field are written by the sender of the letter: his
// address may hold semicolons, equals signs, quotes and parentheses. So quoted
// strings and comments, nested ones too, are taken as RFC 5322 defines them,
// and a value that is not exactly of the form of RFC 8601 (or of Microsoft's
// deviation from it) is an error: nothing of it may be believed.
func ParseAuthResults(value string) (AuthResults, error) {
	s := authScanner{rest: value}
	a, err := s.field()
	if err != nil {
		return AuthResults{}, fmt.Errorf("parse authentication results: %w", err)
	}
	return a, nil
}

// authScanner reads a field from left to right.
type authScanner struct {
	rest string
	err  error
}

var (
	errComment = errors.New("a comment is not closed")
	errQuoted  = errors.New("a quoted string is not closed")
)

// field reads the whole value.
func (s *authScanner) field() (AuthResults, error) {
	var a AuthResults
	s.blank()
	nameless := false
	start := s.rest
	id, ok := s.value()
	s.blank()
	switch {
	case s.err != nil:
		return a, s.err
	case !ok:
		return a, errors.New("no authserv-id")
	case s.peek() == '=' || strings.Contains(id, "="):
		nameless = true
		s.rest = ";" + start
	default:
		a.ServID = id
		s.version()
	}
	for s.err == nil && s.rest != "" {
		if !s.take(';') {
			return a, fmt.Errorf("%.20q where a semicolon belongs", s.rest)
		}
		r, ok := s.result(nameless)
		if ok {
			a.Results = append(a.Results, r)
		}
		if len(a.Results) > maxResults {
			return a, errors.New("too many results")
		}
	}
	return a, s.err
}

// version reads the version of the format; there is one only.
func (s *authScanner) version() {
	n := 0
	for n < len(s.rest) && '0' <= s.rest[n] && s.rest[n] <= '9' {
		n++
	}
	if n > 0 && s.rest[:n] != "1" {
		s.fail(fmt.Errorf("version %.10s is not known", s.rest[:n]))
	}
	s.rest = s.rest[n:]
	s.blank()
}

// result reads one method with its result, reason and properties, up to the
// next semicolon. ok is false where there is none: behind a last semicolon,
// for "none", and for the lone domain names that older Microsoft servers put
// between their results.
func (s *authScanner) result(nameless bool) (r AuthResult, ok bool) {
	s.blank()
	if s.rest == "" || s.rest[0] == ';' {
		return r, false
	}
	method := strings.ToLower(s.token())
	s.blank()
	if s.take('/') { // version of the method
		s.blank()
		s.token()
		s.blank()
	}
	if !s.take('=') {
		lone := s.rest == "" || s.rest[0] == ';'
		if !lone || method != "none" && !nameless {
			s.fail(fmt.Errorf("method %.20q has no result", method))
		}
		return r, false
	}
	s.blank()
	result := strings.ToLower(s.token())
	if method == "" || result == "" || strings.Contains(method, ".") {
		s.fail(errors.New("a method or its result is empty"))
	}
	r = AuthResult{Method: method, Result: result, Properties: make(map[string]string)}
	for s.blank(); s.err == nil && s.rest != "" && s.rest[0] != ';'; s.blank() {
		s.property(&r)
	}
	return r, s.err == nil
}

// property reads the reason, or a property of a result.
func (s *authScanner) property(r *AuthResult) {
	name := strings.ToLower(s.token())
	s.blank()
	if name != "" && s.take('.') { // blanks are allowed around the dot
		s.blank()
		name += "." + strings.ToLower(s.token())
		s.blank()
	}
	if name == "" || !s.take('=') {
		s.fail(fmt.Errorf("%.20q is no property", name+s.rest))
		return
	}
	s.blank()
	v, ok := s.value()
	if !ok && s.err == nil && s.rest != "" && s.rest[0] != ';' {
		s.fail(fmt.Errorf("property %.20q has no value", name))
		return
	}
	if name == "reason" {
		r.Reason = v
		return
	}
	if old, twice := r.Properties[name]; twice && old != v {
		s.fail(fmt.Errorf("property %.20q has two values", name))
		return
	}
	r.Properties[name] = v
}

func (s *authScanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *authScanner) peek() byte {
	if s.rest == "" {
		return 0
	}
	return s.rest[0]
}

func (s *authScanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// blank passes over blanks, line ends of folding, and comments.
func (s *authScanner) blank() {
	for s.rest != "" {
		switch s.rest[0] {
		case ' ', '\t', '\r', '\n':
			s.rest = s.rest[1:]
		case '(':
			n := commentLength(s.rest)
			if n < 0 {
				s.fail(errComment)
				s.rest = ""
				return
			}
			s.rest = s.rest[n:]
		default:
			return
		}
	}
}

// commentLength returns the length of the comment at the beginning of v, or -1.
func commentLength(v string) int {
	depth := 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// token reads a keyword, or the name of a property with its dot.
func (s *authScanner) token() string {
	n := 0
	for n < len(s.rest) && isKeyword(s.rest[n]) {
		n++
	}
	v := s.rest[:n]
	s.rest = s.rest[n:]
	return v
}

func isKeyword(c byte) bool {
	return isLetterASCII(c) || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// value reads a value: a quoted string, a token, or an address whose local
// part may be quoted. Servers write slashes and equals signs unquoted.
func (s *authScanner) value() (string, bool) {
	var out strings.Builder
	read := false
	for s.rest != "" {
		c := s.rest[0]
		if c == '"' {
			n := s.quoted(&out)
			if n < 0 {
				s.fail(errQuoted)
				s.rest = ""
				return "", false
			}
			s.rest = s.rest[n:]
			read = true
			continue
		}
		if c <= ' ' || c == 0x7f || c == ';' || c == '(' {
			break
		}
		if c == ')' || c == '\\' {
			s.fail(fmt.Errorf("a stray %q", c))
			return "", false
		}
		out.WriteByte(c)
		s.rest = s.rest[1:]
		read = true
	}
	return out.String(), read
}

// quoted appends the content of the quoted string at hand and returns its
// length, or -1 if nothing closes it.
func (s *authScanner) quoted(out *strings.Builder) int {
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; c {
		case '\\':
			if i++; i < len(s.rest) {
				out.WriteByte(s.rest[i])
			}
		case '"':
			return i + 1
		default:
			out.WriteByte(c)
		}
	}
	return -1
}
