package rules

import "slices"

// Policy is one operator's policy as data: the kinds of requests, the words
// by which they are recognised, the terms that run and the steps that close
// them. ParsePolicy makes it; it does not change afterwards and is safe for
// concurrent use.
type Policy struct {
	Name     string // "license.kz"
	Edition  Date   // the day of the policy's edition
	Digest   string // SHA-256 of the policy file, hex
	Operator Operator
	Kinds    []KindRule

	// Together lists the pairs of kinds that one letter may demand at once
	// and that become two requests; any other two demands are for review.
	Together [][2]Kind

	ReviewTarget int  // working days in which a person decides on a review case
	ReviewName   Text // what is due then
	TargetBasis  Text // the basis of targets that the config sets

	// Drafts names the languages whose texts still wait for a reader, with a
	// sentence for staff about each.
	Drafts map[Lang]Text

	*recognition
	source []byte // nil: the built-in one, which is carried packed
}

// Source returns the policy file of which Digest is the digest. A request
// keeps the terms of the edition in force at its receipt, so the text of every
// edition has to be kept as long as the request.
func (p *Policy) Source() []byte {
	if p.source == nil {
		return BuiltInSource()
	}
	return slices.Clone(p.source)
}

// Operator is the operator as its policy names it. The config can override it.
type Operator struct {
	Name    Text
	Address string
	BIN     string
	Forms   []string // senders of the site's own forms: their Reply-To is the person
}

// KindRule is one kind of request.
type KindRule struct {
	ID     Kind
	Name   Text // for screens: «отзыв согласия»
	Formal Text // in the policy's own terms, for letters: «отзыв согласия на обработку персональных данных»
	Will   Text // what the operator will do or answer, as a clause for letters: «прекратим обработку … или направим мотивированный отказ»
	Clause Text // where the policy speaks of it
	Marks  []Mark

	// Claim and PassedOn ask for a sentence in the acknowledgement (yaml keys
	// claim, passed_on): that registration is no recognition of the claim, and
	// that the demand was passed on to the person responsible.
	Claim, PassedOn bool

	// Suppress kinds, once done, keep the sender out of marketing for good
	// (yaml key suppress): the address is remembered as a digest.
	Suppress bool

	// Former kinds are of an earlier edition of the policy: nothing is recognised as
	// one of them. No policy file says so of its own.
	Former bool

	// ByPerson kinds are never registered by the machine; confirm can.
	ByPerson bool

	Terms []Term
	Steps []Step
}

// Mark is a text by which the policy lets people name a kind in the subject.
type Mark struct {
	Text string

	// Prescribed marks are the policy's own: verbatim in a subject they are
	// never filed as no request. The others are translations of them.
	Prescribed bool

	// Ordinary marks are also everyday words, as «претензия»: beside words that
	// mean something else even a verbatim one is no request.
	Ordinary bool
}

// Step is one thing to be done or found not applicable before a request of
// the kind is closed.
type Step struct {
	ID   string
	Text Text
}

// Language is the policy's own: that of the operator's name, in which every text
// stands.
func (p *Policy) Language() Lang { return p.Operator.Name.language() }

// Speaks reports whether a letter can go out in the language l: every kind of today has its
// words for the sender in it.
func (p *Policy) Speaks(l Lang) bool {
	return !slices.ContainsFunc(p.Kinds, func(k KindRule) bool { return !k.Former && (k.Formal.only(l) == "" || k.Will.only(l) == "") })
}

// Kind returns the rule of the kind k.
//
//go:noinline
func (p *Policy) Kind(k Kind) (*KindRule, bool) {
	for i := range p.Kinds {
		if p.Kinds[i].ID == k {
			return &p.Kinds[i], true
		}
	}
	return nil, false
}
