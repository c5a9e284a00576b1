package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is what Classify makes of a letter.
type Verdict string

// The verdicts. None is no request; Review means that a person must look.
const (
	Request Verdict = "request"
	Review  Verdict = "review"
	None    Verdict = "none"
)

// Confidence says how sure a verdict of request or review is.
type Confidence string

// The confidences: Exact is a mark verbatim after normalisation, Close the
// mark with small faults or the same demand in other words, Possible a trace
// that only a person can judge. It is "" for None.
const (
	Exact    Confidence = "exact"
	Close    Confidence = "close"
	Possible Confidence = "possible"
)

// Finding is the result of Classify.
type Finding struct {
	Verdict    Verdict
	Kinds      []Kind // for Request one kind or a pair of Policy.Together; for Review the candidates
	Confidence Confidence
	Marker     string // the mark of the policy, or the words of the letter, that decided
	Reason     Reason // which words matched which mark, and what spoke against
	Language   Lang   // of the letter

	// Prescribed says that the subject holds a mark of the policy verbatim:
	// a review letter then gets a neutral receipt.
	Prescribed bool

	NewText string // what the person wrote now, if only in a file: no quotes, signatures or footers
	Removed string // what normalisation took away from the subject, for classify

	visible int // characters of the new words in front of any attachment, see extent.go
}

// finding turns the decision into what the caller sees.
func (c *letterCase) finding(d decision) Finding {
	out := Finding{
		Verdict: d.verdict, Marker: d.marker, Reason: d.reason, Prescribed: d.prescribed,
		NewText: c.parts.fresh, Removed: c.removed(), visible: c.visible,
	}
	if out.NewText == "" {
		out.NewText = c.attached
	}
	for _, k := range d.kinds {
		out.Kinds = append(out.Kinds, c.p.Kinds[k].ID)
	}
	switch {
	case d.verdict == None:
	case d.level == exact:
		out.Confidence = Exact
	case d.level == close:
		out.Confidence = Close
	default:
		out.Confidence = Possible
	}
	out.Language = c.language()
	return out
}

// removed tells what was taken away from the subject before it was compared.
func (c *letterCase) removed() string {
	out := []string{}
	if c.line.prefixes != "" {
		out = append(out, c.line.prefixes)
	}
	for _, r := range c.line.text {
		if cleanRune(r) < 0 {
			out = append(out, codePoint(r))
		}
	}
	if c.subject.retyped != "" {
		out = append(out, c.subject.retyped)
	}
	return strings.Join(slices.Compact(out), " ")
}

func codePoint(r rune) string { return fmt.Sprintf("U+%04X", r) }

// Need says what else must be read of a letter before its verdict is final.
type Need int

// What Triage can ask for.
const (
	NeedNothing Need = iota // the header settles it: Classify on the header alone is final
	NeedText                // the beginning of the text decides
	NeedLetter              // a candidate: the whole letter must be stored anyway
)

// Answer says whether a machine may acknowledge a letter.
type Answer string

// The answers of MayAnswer.
const (
	AnswerSend  Answer = "send"  // may be sent
	AnswerHold  Answer = "held"  // waits for a person
	AnswerNever Answer = "never" // a robot, a bounce, ourselves
)

// Trust is how sure it is that the letter comes from the address in From, as
// the operator's own mail server stated it (RFC 8601).
type Trust string

// The levels of trust. Only TrustFailed holds an acknowledgement.
const (
	TrustVerified Trust = "verified" // DMARC pass or aligned DKIM pass
	TrustPartial  Trust = "partial"  // something passed, not aligned
	TrustNone     Trust = "none"     // nothing stated
	TrustFailed   Trust = "failed"
)
