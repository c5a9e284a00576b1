package mailbox

import (
	"bytes"
	"strings"
)

const (
	maxAddresses = 1000 // of one field
	maxPieces    = 100  // of one name
	maxDangling  = 8    // quotes and parentheses of one field that nothing closes
)

// addresses reads the address list of a header field (RFC 5322, 3.4), with the
// forms that programs really send. strict says that the field was as it
// should be; otherwise the addresses are those that a reader would see in it.
// An entry whose address cannot be read keeps its name and has Addr "".
func (p *parser) addresses(raw []byte) (list []Address, strict bool) {
	value := unfold(raw)
	if !isASCII(value) {
		value = []byte(p.plain(value))
	}
	list, strict = p.addressList(value)
	for _, a := range list {
		if a.Addr != "" {
			return list, strict
		}
	}
	// Some programs encode the whole field, the address with the name. An
	// encoded address alone is a name that pretends to be one.
	if bytes.Contains(value, []byte("=?")) {
		if inner := p.words(value); strings.Contains(inner, "<") && !strings.Contains(inner, "=?") {
			list, _ = p.addressList([]byte(inner))
		}
	}
	return list, false
}

// addressList reads a list of which the bytes are UTF-8.
func (p *parser) addressList(value []byte) (list []Address, strict bool) {
	s := addressScanner{rest: value, strict: true}
	for len(list) < maxAddresses && s.next() {
		if s.empty() {
			continue
		}
		a, ok := s.address()
		a.Name = oneLine(p.words([]byte(a.Name)))
		s.strict = s.strict && ok
		if a.Addr != "" || a.Name != "" {
			list = append(list, a)
		}
	}
	return list, s.strict && len(list) > 0
}

// repair finds the address in something that nearly is one, or "".
func repair(v string) string {
	v = strings.TrimPrefix(v, "mailto:")
	v = strings.Trim(v, `<>'".,;`)
	if isAddress(v) {
		return v
	}
	return ""
}

// isAddress reports whether v has the form of an address: one at sign, a local
// part, and a domain without blanks or further signs.
func isAddress(v string) bool {
	at := strings.LastIndexByte(v, '@')
	if at < 1 || at == len(v)-1 || len(v) > 320 {
		return false
	}
	local, domain := v[:at], v[at+1:]
	if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
		local = "quoted"
	}
	if strings.ContainsAny(local, "@ \t\"(),:;<>[]\\") || strings.Contains(v, "=?") || hasControl(v) {
		return false
	}
	if strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") {
		return !strings.ContainsAny(domain[1:len(domain)-1], "[] \t")
	}
	return !strings.ContainsAny(domain, " \t\"(),:;<>[]\\/?=&") &&
		domain[0] != '.' && domain[len(domain)-1] != '.' && !strings.Contains(domain, "..")
}

func hasControl(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < ' ' || v[i] == 0x7f {
			return true
		}
	}
	return false
}
