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
// A field of the sender's own must not count (RFC 8601 5). So only fields that
// stand above the first Received of a foreign host are looked at; the topmost
// of ours decides, since a server writes above what it was given; one below
// the topmost Received, and below another one of ours, can take trust away but
// not give it; and where two contradict each other nothing is known.
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
		value := string(unfold(f.raw))
		if f.name == "received" {
			by := receivedBy(value)
			if received == 0 {
				firstBy = by
			} else if !isOwnHost(by, id, firstBy) {
				break
			}
			received++
			continue
		}
		a, err := ParseAuthResults(value)
		switch {
		case err != nil && namesServer(value, id):
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

// namesServer says whether a field that cannot be read begins with our name.
func namesServer(value, want string) bool {
	s := authScanner{rest: value}
	s.blank()
	id, ok := s.value()
	return ok && matchesID(id, want)
}

func isMicrosoft(want string) bool {
	return strings.HasPrefix(want, "*.") && strings.HasSuffix(want, ".outlook.com")
}

// isOwnHost says whether a Received was added behind the operator's border: by
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

// receivedBy returns the host of the by clause of a Received (RFC 5321 4.4),
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
// plain address: DMARC knows no other case (RFC 7489 6.6.1).
func senderDomain(m *Message) string {
	if len(m.From) != 1 {
		return ""
	}
	_, domain, _ := strings.Cut(m.From[0].Addr, "@")
	if n := strings.LastIndexByte(m.From[0].Addr, '@'); n >= 0 {
		domain = m.From[0].Addr[n+1:]
	}
	return strings.ToLower(domain)
}

// summary is what one or more fields come to. Each method is "" (not stated),
// "pass", "fail" or "other".
type summary struct {
	dmarc    string
	aligned  string // DKIM and SPF for the domain in From, taken together
	dkim     string // DKIM for the domain in From
	passed   bool   // anything
	conflict bool
}

func summarise(a AuthResults, from string) summary {
	var s summary
	for _, r := range a.Results {
		passed := r.Result == "pass"
		switch r.Method {
		case "dmarc":
			s.dmarc = s.both(s.dmarc, dmarcOutcome(r, from), true)
			s.passed = s.passed || passed || r.Result == "bestguesspass"
		case "dkim":
			s.passed = s.passed || passed
			if isAligned(dkimDomain(r), from) {
				s.dkim = s.both(s.dkim, outcome(r.Result), false)
				s.aligned = s.both(s.aligned, outcome(r.Result), false)
			}
		case "spf":
			s.passed = s.passed || passed
			if isAligned(spfDomain(r), from) {
				s.aligned = s.both(s.aligned, outcome(r.Result), false)
			}
		}
	}
	return s
}

func outcome(result string) string {
	switch result {
	case "pass", "fail":
		return result
	}
	return "other"
}

// dmarcOutcome is that of a result for the domain in From; a pass for another
// domain says nothing of this letter.
func dmarcOutcome(r AuthResult, from string) string {
	if r.Result == "pass" {
		of := strings.ToLower(r.Properties["header.from"])
		if n := strings.LastIndexByte(of, '@'); n >= 0 {
			of = of[n+1:]
		}
		if from == "" || of != "" && of != from {
			return "other"
		}
	}
	return outcome(r.Result)
}

// both joins two outcomes of one method. Where only one can be true, a pass
// beside a failure is a conflict; of several signatures one pass is enough.
func (s *summary) both(a, b string, exclusive bool) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	case exclusive:
		s.conflict = true
		return "other"
	case a == "pass" || b == "pass":
		return "pass"
	case a == "other" || b == "other":
		return "other"
	}
	return "fail"
}

// merge takes in what another field says. believed is false for a field that
// may be the sender's own.
func (s *summary) merge(t summary, believed bool) {
	s.conflict = s.conflict || t.conflict ||
		s.dmarc != "" && t.dmarc != "" && s.dmarc != t.dmarc ||
		s.dkim != "" && t.dkim != "" && s.dkim != t.dkim
	if s.dmarc == "" && (believed || t.dmarc == "fail") {
		s.dmarc = t.dmarc
	}
	if s.dkim == "" && believed {
		s.dkim = t.dkim
	}
	if believed {
		s.passed = s.passed || t.passed
		s.aligned = s.both(s.aligned, t.aligned, false)
	}
}

func (s *summary) level() string {
	switch {
	case s.conflict:
		return TrustNone
	case s.dmarc == "fail":
		return TrustFailed
	case s.dmarc == "pass", s.dkim == "pass":
		return TrustVerified
	case s.aligned == "fail":
		return TrustFailed
	case s.passed:
		return TrustPartial
	}
	return TrustNone
}

// dkimDomain is the domain that signed.
func dkimDomain(r AuthResult) string {
	if d := r.Properties["header.d"]; d != "" {
		return d
	}
	return afterAt(r.Properties["header.i"])
}

func spfDomain(r AuthResult) string {
	for _, name := range []string{"smtp.mailfrom", "smtp.mail", "smtp.from"} {
		if v := r.Properties[name]; v != "" {
			return afterAt(v)
		}
	}
	return ""
}

func afterAt(v string) string { return v[strings.LastIndexByte(v, '@')+1:] }

// isAligned says whether a domain may speak for the one in From: it is the
// same, or one is below the other. (DMARC also allows two below a third, which
// takes the list of public suffixes; they count as not aligned here.)
func isAligned(domain, from string) bool {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if from == "" || strings.Count(domain, ".") == 0 || domain == publicSuffix(domain) {
		return false
	}
	return domain == from || strings.HasSuffix(from, "."+domain) || strings.HasSuffix(domain, "."+from)
}

// publicSuffix returns domain if it is one like com.kz, under which everybody
// may register.
func publicSuffix(domain string) string {
	if first, _, ok := strings.Cut(domain, "."); ok && strings.Count(domain, ".") == 1 && site("x."+domain) != domain && first != "" {
		return domain
	}
	return ""
}
