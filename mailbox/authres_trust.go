package mailbox

import (
	"net/netip"
	"strings"
)

// The levels of trust that TrustOf gives.
const (
	TrustVerified = "verified" // DMARC passed, or DKIM for the domain in From
	TrustPartial  = "partial"  // something passed, not for the domain in From
	TrustNone     = "none"     // nothing is stated that may be believed
	TrustFailed   = "failed"   // DMARC failed, or all that was checked for the domain in From
)

// TrustOf says how sure it is that a letter comes from the address in From, by
// what the operator's own mail server stated. authservID is how that server
// names itself: exactly, or by suffix as "*.yandex.net" for a provider whose
// hosts take turns. For Microsoft 365, which writes no name, it is
// "*.outlook.com". An empty one gives TrustNone.
//
// A field of the sender's own must not count (RFC 8601, 5). So only fields that
// stand above the first Received of a foreign host are looked at; the topmost
// of ours decides, since a server writes above what it was given; one below
// the topmost Received, and below another one of ours, can take trust away but
// not give it, nor make a failure doubtful; and where two others contradict each
// other nothing is known. Where our server states nothing, a field under its name on top
// of what it was given cannot be told from its own: to take that off is its part
// (RFC 8601, 5), and doctor says in how many letters it stated something.
func TrustOf(m *Message, authservID string) string {
	from := senderDomain(m)
	var main, others []AuthResults
	for _, f := range m.ownResults(authservID) {
		switch {
		case f.broken && (len(main) == 0 || f.top):
			return TrustNone
		case f.broken:
		case len(main) == 0 || f.top:
			main = append(main, f.results)
		default:
			others = append(others, f.results)
		}
	}
	if len(main) == 0 {
		return TrustNone
	}
	sum := summarise(main[0], from)
	for _, a := range main[1:] {
		sum.merge(summarise(a, from), true)
	}
	for _, a := range others {
		sum.merge(summarise(a, from), false)
	}
	return sum.level()
}

// ownField is a field of ours.
type ownField struct {
	results AuthResults
	top     bool // above the first Received
	broken  bool // it cannot be read
}

// ownResults returns the fields of the operator's server, the topmost first.
func (m *Message) ownResults(authservID string) []ownField {
	id := strings.ToLower(strings.TrimSpace(authservID))
	if id == "" {
		return nil
	}
	var own []ownField
	received, firstBy := 0, ""
	for _, f := range m.trace {
		if f.name == "received" {
			by := receivedBy(f.value)
			if received == 0 {
				firstBy = by
			} else if !isOwnHost(by, id, firstBy) {
				break
			}
			received++
			continue
		}
		a, err := ParseAuthResults(f.value)
		switch {
		case err != nil && namesServer(f.value, id):
			own = append(own, ownField{broken: true})
		case err == nil && a.ServID != "" && matchesID(a.ServID, id):
			own = append(own, ownField{results: a, top: received == 0})
		case err == nil && a.ServID == "" && isMicrosoft(id):
			own = append(own, ownField{results: a, top: received == 0})
		}
	}
	return own
}

// matchesID compares an authserv-id to the configured one.
func matchesID(id, want string) bool {
	id = strings.ToLower(id)
	if suffix, ok := strings.CutPrefix(want, "*"); ok {
		return len(id) > len(suffix) && strings.HasPrefix(suffix, ".") && strings.HasSuffix(id, suffix)
	}
	return id == want
}

// namesServer reports whether a field that cannot be read begins with our name.
func namesServer(value, want string) bool {
	s := authScanner{rest: value}
	s.blank()
	id, ok := s.value()
	return ok && matchesID(id, want)
}

func isMicrosoft(want string) bool {
	return strings.HasPrefix(want, "*.") && strings.HasSuffix(want, ".outlook.com")
}

// isOwnHost reports whether a Received was added behind the operator's border: by
// a host of the same site as the server that checks, or as the one that
// delivered, or by one without a public name.
func isOwnHost(by, id, firstBy string) bool {
	id = strings.TrimPrefix(id, "*.")
	if by == "" || by == "localhost" || !strings.Contains(by, ".") {
		return true
	}
	if _, err := netip.ParseAddr(by); err == nil {
		return true
	}
	return site(by) == site(id) || site(by) == site(firstBy)
}

// site is a host name without its first labels: the domain that somebody has
// registered, as nearly as can be told without a list of all registries.
func site(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	n := 2
	if len(labels) > 2 && len(labels[len(labels)-1]) == 2 {
		switch labels[len(labels)-2] {
		case "com", "net", "org", "edu", "gov", "mil", "co", "ac":
			n = 3
		}
	}
	return strings.Join(labels[max(0, len(labels)-n):], ".")
}

// receivedBy returns the host of the by clause of a Received (RFC 5321, 4.4),
// in lower case.
func receivedBy(value string) string {
	s := authScanner{rest: value}
	for s.blank(); s.err == nil && s.rest != "" && s.rest[0] != ';'; s.blank() {
		word, ok := s.value()
		if !ok {
			break
		}
		if strings.EqualFold(word, "by") {
			s.blank()
			host, _ := s.value()
			return strings.ToLower(strings.Trim(host, "[]"))
		}
	}
	return ""
}

// senderDomain returns the domain of From, or "" unless there is exactly one
// plain address: DMARC knows no other case (RFC 7489, 6.6.1).
func senderDomain(m *Message) string {
	if len(m.From) != 1 {
		return ""
	}
	addr := m.From[0].Addr
	if !strings.Contains(addr, "@") {
		return ""
	}
	return strings.ToLower(afterAt(addr))
}
