package rules

import (
	"slices"
	"strings"
)

// Is reports whether addr is the operator's own: one of its addresses, or any
// address of its domain.
func (o Own) Is(addr string) bool {
	addr = AddressKey(addr)
	if slices.ContainsFunc(o.Addresses, func(a string) bool { return strings.EqualFold(a, addr) }) {
		return true
	}
	_, domain, ok := strings.Cut(addr, "@")
	return ok && o.Domain != "" && strings.EqualFold(domain, o.Domain)
}

// IsForm reports whether addr is the sender of one of the operator's own forms.
func (o Own) IsForm(addr string) bool {
	addr = AddressKey(addr)
	return slices.ContainsFunc(o.Forms, func(a string) bool { return strings.EqualFold(a, addr) })
}

// Own returns the operator of the policy as it looks in mail: for commands
// that work without a config.
func (p *Policy) Own() Own { return OwnOf(p.Operator.Address, nil, p.Operator.Forms) }

// OwnOf is the operator with these addresses, the first of which is that of the
// desk, and these senders of forms.
func OwnOf(address string, aliases, forms []string) Own {
	o := Own{Addresses: addressKeys(append([]string{address}, aliases...)), Forms: addressKeys(forms)}
	_, o.Domain, _ = strings.Cut(o.Addresses[0], "@")
	return o
}

func addressKeys(list []string) []string {
	list = slices.Clone(list)
	for i, a := range list {
		list[i] = AddressKey(a)
	}
	return list
}

// field returns the first value of a header field, by lower-case name.
func (f *Facts) field(name string) string {
	if v := f.Fields[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// sender returns the bare address that the letter claims to come from.
func (f *Facts) sender() string {
	for _, a := range f.From {
		if a.Addr != "" {
			return a.Addr
		}
	}
	return ""
}

func (f *Facts) fromAny(is func(string) bool) string {
	for _, a := range f.From {
		if a.Addr != "" && is(a.Addr) {
			return a.Addr
		}
	}
	return ""
}

// hasPart returns the first of the media types that the letter or one of its parts
// has, "" for none.
func (f *Facts) hasPart(types ...string) string {
	for _, t := range types {
		if f.ContentType == t || slices.Contains(f.Parts, t) {
			return t
		}
	}
	return ""
}

// bulk reports a newsletter: mail with a way to unsubscribe that is not from a
// list to which people post (RFC 2369, RFC 8058).
func (f *Facts) bulk() bool {
	_, unsubscribe := f.Fields["list-unsubscribe"]
	_, post := f.Fields["list-post"]
	return unsubscribe && !post
}
