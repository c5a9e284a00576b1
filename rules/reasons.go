package rules

// The reason codes of Classify, with the arguments that a sentence for people
// can use. Words are those of the letter, as normalised.
const (
	// Requests.
	ReasonMark      = "mark"       // mark: the mark of the policy stands verbatim in the subject
	ReasonMarkClose = "mark-close" // mark, words: the subject is the mark with small faults
	ReasonSubject   = "subject"    // words: the subject demands the same in other words
	ReasonText      = "text"       // words: the text demands it
	ReasonTogether  = "together"   // words, words: two demands that go together
	ReasonForwarded = "forwarded"  // words: a letter passed on demands it
	ReasonAttached  = "attached"   // words: the text of an attached file demands it

	// Review.
	ReasonTwoDemands   = "two-demands"   // words, words: two demands that do not go together
	ReasonContradicted = "contradicted"  // words, against: the mark says one thing, other words another
	ReasonAsked        = "asked"         // words: the words of a mark or a demand stand in a question
	ReasonPossible     = "possible"      // words: a trace that only a person can judge
	ReasonUnnamed      = "unnamed"       // words: a demand that the policy does not name
	ReasonEnclosed     = "enclosed"      // words: what it wants stands in a document that is attached
	ReasonAbout        = "about"         // words: it speaks of personal data, and no demand is found
	ReasonStaffForward = "staff-forward" // words: own staff passes on a person's letter
	ReasonForm         = "form"          // address: the operator's own web form
	ReasonUnreadable   = "unreadable"    // trouble: the letter cannot be read
	ReasonDisguised    = "disguised"     // words, sign: signs of automatic mail, yet the mark of the policy

	// No request.
	ReasonOrdinary  = "ordinary"  // nothing of the policy's words
	ReasonCounter   = "counter"   // words, against: words of the policy that mean something else here
	ReasonQuestion  = "question"  // words: a question about how to do it
	ReasonAutomatic = "automatic" // sign: written by a program
	ReasonList      = "list"      // sign: a newsletter
	ReasonStaff     = "staff"     // address: the operator's own staff
	ReasonOurs      = "ours"      // sign: pometka's own mail
)

// The reason codes of MayAnswer are those of RFC 3834 practice as the project
// lists them: A1 to A12 never, H1 to H9 for a person. The argument is the sign
// found: a field, an address, a value.
const (
	NeverNullPath     = "A1"  // envelope sender present and empty
	NeverNoAddress    = "A2"  // no usable single address
	NeverAuto         = "A3"  // Auto-Submitted other than no
	NeverReport       = "A4"  // a report: delivery, disposition, feedback
	NeverRobotAddress = "A5"  // a system's local part
	NeverOwn          = "A6"  // one of our own addresses
	NeverLoop         = "A7"  // our own loop sign or Message-ID
	NeverLoopField    = "A8"  // another system's loop or auto-response field
	NeverPrecedence   = "A9"  // Precedence: bulk, junk, auto_reply
	NeverBounced      = "A10" // the address bounced in the last 60 days; known to the register, not to the letter
	NeverSpam         = "A11" // virus, or spam beyond doubt
	NeverHops         = "A12" // more than 25 Received fields

	HoldList         = "H1" // a list field
	HoldSuppress     = "H2" // X-Auto-Response-Suppress asks for silence
	HoldNotAddressed = "H3" // none of our addresses among the recipients
	HoldDisagree     = "H4" // From, Reply-To, Sender and envelope disagree, or several senders
	HoldFailed       = "H5" // authentication failed, or likely spam
	HoldStaffForward = "H6" // passed on by own staff
	HoldNotPlain     = "H7" // From is not one plain address
	HoldAbsence      = "H8" // looks like an absence note
	HoldNotice       = "H9" // looks like a program's notice or a newsletter
)

// ReasonCodes returns every code that Classify and MayAnswer can give, and
// NeverBounced, which the register adds, for the tests that each has a sentence in the
// catalogue.
func ReasonCodes() []string {
	return []string{
		ReasonMark, ReasonMarkClose, ReasonSubject, ReasonText, ReasonTogether, ReasonForwarded, ReasonAttached,
		ReasonTwoDemands, ReasonContradicted, ReasonAsked, ReasonPossible, ReasonUnnamed, ReasonEnclosed, ReasonAbout, ReasonStaffForward,
		ReasonForm, ReasonUnreadable, ReasonDisguised,
		ReasonOrdinary, ReasonCounter, ReasonQuestion, ReasonAutomatic, ReasonList, ReasonStaff, ReasonOurs,
		NeverNullPath, NeverNoAddress, NeverAuto, NeverReport, NeverRobotAddress, NeverOwn, NeverLoop, NeverLoopField,
		NeverPrecedence, NeverBounced, NeverSpam, NeverHops,
		HoldList, HoldSuppress, HoldNotAddressed, HoldDisagree, HoldFailed, HoldStaffForward, HoldNotPlain, HoldAbsence, HoldNotice,
	}
}
