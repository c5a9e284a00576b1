package desk

import (
	"slices"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Next is what a person has to do next about a request. It says what, not how: the
// catalogue has the commands, for a screen under "next.CODE", for a letter to staff under
// "digest.next.CODE". Of a closed request it is the status.
type Next string

const (
	NextDecide    Next = "review"       // what the letter is
	NextTake      Next = "take"         // nobody is responsible yet
	NextTakeClaim Next = "take.claim"   // as NextTake, and the answer needs words of its own
	NextAnswer    Next = "answer"       // the template says it all
	NextClaim     Next = "answer.claim" // the answer needs words of its own
	NextPaper     Next = "paper"        // to answer without a letter of ours: no address is known
	NextDocuments Next = "documents"    // to ask for the proving documents, or to note that they are here
	NextWait      Next = "waiting"      // for the person
	NextClose     Next = "answered"     // the person has the answer
)

// NextOf decides what is next about a request. It reads what Store.Lines tells, and
// Request.Answered, which Lines does not.
func (d *Desk) NextOf(r *store.Request) Next {
	switch r.Status {
	case store.StatusReview:
		return NextDecide
	case store.StatusOpen, store.StatusInProgress:
		return d.nextAtWork(r)
	}
	return Next(r.Status)
}

// nextAtWork never names what SendAnswer would refuse.
func (d *Desk) nextAtWork(r *store.Request) Next {
	rule, known := d.Policy.Kind(r.Kind)
	claim := known && rule.Claim
	switch {
	case r.Answered:
		return NextClose
	case d.personOf(*r) == "":
		return NextPaper
	case known && r.Documents.IsZero() && slices.ContainsFunc(rule.Terms, func(t rules.Term) bool { return t.Condition == rules.ConditionDocuments }):
		return NextDocuments
	case r.Assignee == "" && claim:
		return NextTakeClaim
	case r.Assignee == "":
		return NextTake
	case claim:
		return NextClaim
	}
	return NextAnswer
}
