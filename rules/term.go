package rules

// Term is a number of days within which something is due, as the policy file
// states it.
type Term struct {
	ID     string // "policy", "law", "consumer" or "target"; unique within a kind
	Name   Text   // what is due, for screens
	Source Source
	Days   int
	Unit   Unit
	Basis  Text // the clause

	// ValidFrom and ValidTo bound the day of receipt, both included; zero
	// means no bound. A request keeps the terms in force when it was received.
	ValidFrom, ValidTo Date

	// Condition is "" or the circumstance under which the term runs:
	// "consumer" (holds until staff sets consumer=no) or "documents" (runs
	// from the day the proving documents are on file).
	Condition string

	// Until names a condition that ends the term: the target of one day to
	// ask for documents stands only until the documents are there.
	Until string

	// Waiting says what happens while the request waits for the requester:
	// "runs" (on), "stops" (whole days of waiting are not counted) or
	// "restarts" (the count starts anew on the day after).
	Waiting string

	// Named says whether a letter to the sender may name this term at all.
	Named bool

	// Checked is the day on which, and CheckedBy the person by whom, the
	// clause was last compared with the text in force; zero means never. A
	// statutory article is named in a letter only where it is filled.
	Checked   Date
	CheckedBy string
}

// Wait is a span of whole days during which a request waited for the
// requester: From is the day of the question, To the day of the reply, zero
// while there is none. The days after From up to and with To are those of
// waiting: a period begins on the day after its event (Civil Code, art. 173),
// so the day of the question still counts and the day after the reply counts
// again.
type Wait struct {
	From Date `json:"from"`
	To   Date `json:"to,omitzero"`
}
