package mailbox

import "strings"

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
		of := strings.ToLower(afterAt(r.Properties["header.from"]))
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
// may be the sender's own: it lifts nothing, not even a failure into doubt.
func (s *summary) merge(t summary, believed bool) {
	if !believed && s.level() == TrustFailed {
		return
	}
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

// afterAt is the domain of an address; what has no @ is one itself.
func afterAt(v string) string { return v[strings.LastIndexByte(v, '@')+1:] }

// isAligned reports whether a domain may speak for the one in From: it is the
// same, or one is below the other. (DMARC also allows two below a third, which
// takes the list of public suffixes; they count as not aligned here.)
func isAligned(domain, from string) bool {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if anybodys(domain) || anybodys(from) {
		return false
	}
	return domain == from || strings.HasSuffix(from, "."+domain) || strings.HasSuffix(domain, "."+from)
}

// anybodys reports whether a domain is one under which everybody may register: kz,
// or one like com.kz. What speaks for it speaks for nobody, and whoever writes
// from it would be vouched for by all below.
func anybodys(domain string) bool {
	first, _, ok := strings.Cut(domain, ".")
	return !ok || first == "" || strings.Count(domain, ".") == 1 && site("x."+domain) != domain
}
