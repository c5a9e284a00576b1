package rules

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// AddressKey is the form in which mail addresses are compared, whoever wrote
// them: small letters, no outer space, and of a domain outside ASCII what the
// name servers know it by (RFC 5890), so that ivan@почта.рф and
// ivan@xn--80a1acny.xn--p1ai are one.
func AddressKey(addr string) string {
	addr = strings.ToLower(strings.TrimSpace(addr))
	if asciiOnly(addr) {
		return addr
	}
	return SentAddress(norm.NFC.String(addr))
}

// SentAddress is an address as it goes into a letter and its envelope: with a
// domain that every mail server understands.
func SentAddress(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return addr
	}
	return addr[:at+1] + SentDomain(addr[at+1:])
}

// AddressSpellings are all forms in which an address, or a part of one, may have
// been written down: AddressKey first, where it is a whole address.
func AddressSpellings(addr string) []string {
	addr = strings.ToLower(strings.TrimSpace(addr))
	if asciiOnly(addr) && !strings.Contains(addr, acePrefix) {
		return []string{addr}
	}
	at := strings.LastIndexByte(addr, '@') + 1
	local, domain := norm.NFC.String(addr[:at]), addr[at:]
	list := []string{local + SentDomain(domain)}
	for _, s := range []string{addr, local + domainWith(domain, readableLabel)} {
		if s != list[0] && s != list[len(list)-1] {
			list = append(list, s)
		}
	}
	return list
}

func asciiOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

const acePrefix = "xn--" // of a label in Punycode

// SentDomain is a domain as name servers and mail servers know it (RFC 5890).
func SentDomain(domain string) string {
	if asciiOnly(domain) {
		return domain
	}
	// What UTS 46 maps, as nearly as matters for names that people register.
	domain = norm.NFKC.String(strings.ToLower(strings.ReplaceAll(domain, "。", ".")))
	return domainWith(domain, func(label string) string {
		if asciiOnly(label) {
			return label
		}
		if short, ok := punycode(label); ok && len(acePrefix)+len(short) <= 63 {
			return acePrefix + short
		}
		return label
	})
}

func readableLabel(label string) string {
	if short, ok := strings.CutPrefix(label, acePrefix); ok {
		if long, ok := unpunycode(short); ok {
			return long
		}
	}
	return label
}

func domainWith(domain string, change func(label string) string) string {
	labels := strings.Split(domain, ".")
	for i, l := range labels {
		labels[i] = change(l)
	}
	return strings.Join(labels, ".")
}
