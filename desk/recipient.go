package desk

import (
	"slices"
	"strings"
	"unicode"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// recipient returns the one address an acknowledgement goes to, and whether a
// machine may write to it. RFC 3834 section 4 names the Return-Path; people
// expect From. From is taken when it is the Return-Path, when there is none to
// compare, or when the operator's server vouches for it; otherwise the
// Return-Path. Behind a form of the operator's own, Reply-To is the person.
func recipient(f rules.Facts, own rules.Own, t rules.Trust) (addr string, plain bool) {
	for _, a := range f.From {
		if own.IsForm(a.Addr) && len(f.ReplyTo) > 0 {
			return f.ReplyTo[0].Addr, plainAddress(f.ReplyTo[0].Addr)
		}
	}
	for _, a := range f.From {
		if addr = a.Addr; addr != "" {
			break
		}
	}
	if f.ReturnPath != nil && t != rules.TrustVerified {
		if path := strings.Trim(*f.ReturnPath, "<> "); path != "" && fold(path) != fold(addr) {
			addr = path
		}
	}
	return addr, plainAddress(addr)
}

// severalSenders reports whether a From field that is not as RFC 5322 wants it
// names more than one address: then nobody knows which one is the sender.
func severalSenders(f rules.Facts) bool {
	if !slices.Contains(f.Troubles, mailbox.TroubleSender) {
		return false
	}
	first := ""
	for _, v := range f.Fields["from"] {
		for w := range strings.FieldsFuncSeq(v, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>()[],;:\\\"'", r) }) {
			if w = fold(w); !strings.Contains(w, "@") {
				continue
			}
			if first != "" && w != first {
				return true
			}
			first = w
		}
	}
	return false
}

// plainAddress reports whether a program may write to an address without being told to:
// it is a mailbox, and holds nothing that has a meaning to old servers, which route by
// % and !, or to a shell behind one.
func plainAddress(a string) bool {
	return isMailbox(a) && a[0] != '-' && !strings.ContainsAny(a, "%!|`")
}

// isMailbox reports whether a letter can go to an address: it is local@domain and
// holds nothing that has a meaning in a header or in SMTP.
func isMailbox(a string) bool {
	local, domain, ok := strings.Cut(a, "@")
	return ok && local != "" && strings.Contains(domain, ".") && len(local) <= 64 && len(a) <= 254 &&
		!strings.ContainsFunc(a, func(r rune) bool {
			return !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune("<>()[],;:\\\"", r) || r == unicode.ReplacementChar
		}) && !strings.Contains(domain, "@")
}
