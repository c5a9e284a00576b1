package desk

import (
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// TrustOf returns how sure it is that a letter comes from the address in its
// From: what the operator's own mail server, named authservID, stated about it
// (RFC 8601). It labels the letter and can hold its acknowledgement; it never
// drops a request.
func TrustOf(m *mailbox.Message, authservID string) rules.Trust {
	switch t := rules.Trust(mailbox.TrustOf(m, authservID)); t {
	case rules.TrustVerified, rules.TrustPartial, rules.TrustFailed:
		return t
	}
	return rules.TrustNone
}
