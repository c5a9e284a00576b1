// Package rules decides: which letter is a request and of which kind, whether
// it may be answered by a machine, which terms run from its receipt, and on
// which day they end.
//
// It is pure. It reads no clock, no file, no environment; it knows no mailbox,
// no database and no sibling package. Everything particular to one operator
// stands in the policy file (the built-in one is policy-license-kz.yaml), and
// the days of the calendar stand in calendar-kz.csv; both are data with dates
// of validity and can be replaced without touching Go.
//
// The way through the package: ParsePolicy reads the policy; Policy.Classify
// turns the Facts of a letter into a Finding; Policy.MayAnswer says whether a
// machine may acknowledge it; Policy.Deadlines applies the terms of a kind to
// a day of receipt with the help of a Calendar.
package rules

import "strings"

// Lang is a language of letters and screens.
type Lang string

// The languages in which pometka speaks; "" stands for "not known".
const (
	RU Lang = "ru"
	KK Lang = "kk"
	EN Lang = "en"
)

// Text is a short text in the three languages. RU is always filled.
type Text struct {
	RU string `yaml:"ru" json:"ru"`
	KK string `yaml:"kk" json:"kk,omitempty"`
	EN string `yaml:"en" json:"en,omitempty"`
}

// In returns the text in the language l, or in the first of Russian, Kazakh and
// English in which there is one.
func (t Text) In(l Lang) string {
	if s := t.only(l); s != "" {
		return s
	}
	return t.only(t.language())
}

// only is the text in the language l, "" where there is none.
func (t Text) only(l Lang) string {
	switch l {
	case RU:
		return t.RU
	case KK:
		return t.KK
	case EN:
		return t.EN
	}
	return ""
}

// language is the first of Russian, Kazakh and English in which there is a text, ""
// where there is none.
func (t Text) language() Lang {
	for _, l := range []Lang{RU, KK, EN} {
		if strings.TrimSpace(t.only(l)) != "" {
			return l
		}
	}
	return ""
}

// Kind names a sort of request, such as consent_withdrawal. The policy file
// defines which kinds there are.
type Kind string

// Source says where a term comes from.
type Source string

// The sources of a term. Overdue speaks of SourcePolicy and SourceLaw only; a
// target is the operator's own, internal aim and is never told to a sender.
const (
	SourcePolicy Source = "policy"
	SourceLaw    Source = "law"
	SourceTarget Source = "target"
)

// Unit says how the days of a term are counted.
type Unit string

// The units of a term.
const (
	WorkingDays  Unit = "working"
	CalendarDays Unit = "calendar"
)

// Reason is a reason as a code with arguments. It is stored in this form and
// worded in the reader's language when shown (the catalogue in templates has
// a sentence for every code). Arguments may quote a letter: they are personal
// data.
type Reason struct {
	Code string   `json:"code"`
	Args []string `json:"args,omitempty"`
}

// Address is one mail address with the name beside it, both decoded.
type Address struct {
	Name string
	Addr string // local@domain, as written; "" when the field could not be read
}

// Facts is what is known of one letter: all that Classify and MayAnswer look
// at. Texts are decoded and valid UTF-8.
type Facts struct {
	Subject    string   // one line
	Read       *Subject // the same as ReadSubject read it; nil: it is read when it is asked for
	From       []Address
	Sender     []Address
	ReplyTo    []Address
	To, Cc     []Address
	ReturnPath *string // nil: the field is missing; "": the null reverse-path <>

	// Fields holds every field of the header under its lower-case name, in
	// the order of the letter, values unfolded and decoded.
	Fields map[string][]string

	Text      string // the readable text; HTML turned into text
	Behind    int    // bytes at the end of Text that stand behind an attachment
	Cut       bool   // Text is only the beginning of the letter
	Rest      bool   // further parts of the letter may follow, which are not known
	Forwarded []Forwarded

	ContentType string   // media type of the letter, lower-case, without parameters
	Parts       []string // media types of all its parts, in order
	Attachments []string // their names
	Received    int      // number of Received fields

	// Troubles are codes of what could not be read in the letter. A letter
	// that cannot be read at all is for a person to look at.
	Troubles []string
}

// Forwarded is a letter inside a letter (message/rfc822), or the text of a file that is
// attached.
type Forwarded struct {
	Subject string
	From    []Address
	Text    string
	Behind  bool // stands behind an attachment
	File    bool // is the text of a file
}

// Own is what the operator itself looks like in mail.
type Own struct {
	Addresses []string // operator.address and aliases, lower-case
	Domain    string   // every other address of this domain is the operator's too
	Forms     []string // senders of the operator's own web forms: their Reply-To is the person
	Loop      string   // value of our loop sign X-Pometka-Loop; "" = any value is taken for ours
}
