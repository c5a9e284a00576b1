package rules

import "slices"

// Subject is a subject as a policy reads it. A letter is looked at twice, when its
// header is known and when its text is: the subject need not be read again.
type Subject struct {
	policy *Policy
	raw    string
	line   subjectLine
	part   part
}

// ReadSubject reads a subject, for Facts.Read.
func (p *Policy) ReadSubject(subject string) *Subject {
	p.recognise()
	a := newArena()
	defer a.release()
	s := &Subject{policy: p, raw: subject, line: parseSubject(subject)}
	s.part = p.readText(a, s.line.text, true)
	s.part.leaveArena()
	return s
}

// readBy reports whether it is this subject, read by this policy.
func (s *Subject) readBy(p *Policy, subject string) bool {
	return s != nil && s.policy == p && s.raw == subject
}

// leaveArena gives the sentences memory of their own.
func (t *part) leaveArena() {
	t.sentences = slices.Clone(t.sentences)
	for i := range t.sentences {
		r := &t.sentences[i]
		r.tokens, r.hits = slices.Clone(r.tokens), slices.Clone(r.hits)
		for k := range r.tokens {
			if t := &r.tokens[k]; t.raw == "" { // the arena's
				own := *t.knownWord
				t.knownWord = &own
			}
		}
	}
}
