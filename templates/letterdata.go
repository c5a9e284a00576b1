package templates

import "time"

// What the letters are given. Every text is already in the letter's language;
// every time is in the operator's zone, and where it stands for a date only
// its day counts. Texts are brought to one line before they are used, except
// where a field says that it may hold several.

// Acknowledgement answers one letter, whatever number of requests it holds.
type Acknowledgement struct {
	Operator string // «ТОО «I-License»»
	Contact  string // whom to turn to; "" leaves the line out
	Number   string // the first number, for the subject

	Received        time.Time // when the letter arrived; the terms run from this day
	DayOnly         bool      // only the day is known, or staff corrected it: Received has no time
	Registered      time.Time // told only if RegisteredLater: on another day
	RegisteredLater bool

	Requests []AckRequest
	SHA256   string // of the letter as received, in hexadecimal; the last line; "": it came on paper or by telephone, or is not here whole

	// Short is how far the letter is shortened, 0 to 4. Set.Letter raises it
	// until the letter keeps within MostWords. What the sender must be told, the
	// dates of each request above all, stays at every value.
	Short int
}

// AckRequest is one request of an acknowledgement.
type AckRequest struct {
	Number string
	What   string // in the policy's own terms: «отзыв согласия на обработку персональных данных»
	Will   string // what we will do or answer, a clause: «прекратим обработку … или направим мотивированный отказ»

	Dates []AckDate // in the order in which they are told; none: no date is named

	Claim     bool // adds that registration is no recognition of the claim
	Documents bool // adds the term that runs from the documents which prove the new data
	PassedOn  bool // adds that the request was passed on to the person responsible

	// DocumentDays is the length of that term; 0 is read as the one day of law 94-V
	// art. 25(2)(8).
	DocumentDays int
	ProofWorking bool // they are working days, else calendar days
}

// ProofDays is DocumentDays with its default.
func (r AckRequest) ProofDays() int { return max(r.DocumentDays, 1) }

// AckDate is the last day of one term.
type AckDate struct {
	Source  string // "policy", "law", or "consumer": the law's term for a consumer
	Days    int
	Working bool   // Days are working days, else calendar days
	Basis   string // the clause; "" names none, and the law is then just «закон»
	Due     time.Time
	Earlier bool // of this and the policy's date the earlier: the one we work by
	Passed  bool // Due lies before the day on which the letter is written

	Provisional bool // the calendar of Due's year is not published: Due can move
}

// Policy, Law and Consumer tell the sources apart for the templates, which
// cannot compare.
func (d AckDate) Policy() bool { return d.Source == "policy" }

// Law reports a term of the law that runs whoever the sender is.
func (d AckDate) Law() bool { return d.Source == "law" }

// Consumer reports the term of the law that runs if the sender is a consumer.
func (d AckDate) Consumer() bool { return d.Source == "consumer" }

// WorkedBy reports that the letter says of d that we work by it. Of a
// consumer's term it does not: the sender may be none; nor of one that is over.
func (d AckDate) WorkedBy() bool { return d.Earlier && !d.Consumer() && !d.Passed }

func (a Acknowledgement) required() map[string]bool {
	r := map[string]bool{
		"Operator": a.Operator != "", "Number": a.Number != "", "Requests": len(a.Requests) > 0,
	}
	for _, q := range a.Requests {
		if q.Number == "" || q.What == "" || q.Will == "" {
			r["Number, What or Will of a request"] = false
		}
		for _, d := range q.Dates {
			if !d.Policy() && !d.Law() && !d.Consumer() || d.Days < 1 {
				r["Source or Days of a date"] = false
			}
		}
	}
	return r
}

// MostWords is how many words a letter to the public has at most in a language:
// what a person reads to its end.
const MostWords = 120

// shortest is the highest value of Acknowledgement.Short.
const shortest = 4

// shorter is a, leaving out more; false when there is nothing left to leave out.
func (a Acknowledgement) shorter() (any, bool) {
	if a.Short++; a.Short == shortest {
		a.Contact = "" // an answer to the letter reaches the operator as well
	}
	return a, a.Short <= shortest
}

// Brief reports that the letter leaves out what is only helpful.
func (a Acknowledgement) Brief() bool { return a.Short > 0 }

// Terse reports that it says what is no term in as few words as are a sentence.
func (a Acknowledgement) Terse() bool { return a.Short > 1 }

// Curt reports that it leaves out even the greeting.
func (a Acknowledgement) Curt() bool { return a.Short > 2 }

// Names reports whether the letter names the clause of d: the policy's always,
// since both sides have the policy in hand, an article of the law where there
// is room for its full title.
func (a Acknowledgement) Names(d AckDate) bool {
	return d.Basis != "" && (d.Policy() || !a.Brief())
}

// Provisional is the year of the last days that the letter names and that can
// still move, since the calendar of the year is not published; else 0. Of more
// than one year it is the last.
func (a Acknowledgement) Provisional() int {
	_, last := a.provisional()
	return last
}

// ProvisionalFrom is the first of the years with such days where there is more
// than one: a letter that names only the last calls the days of the first firm.
func (a Acknowledgement) ProvisionalFrom() int {
	if first, last := a.provisional(); first < last {
		return first
	}
	return 0
}

func (a Acknowledgement) provisional() (first, last int) {
	for _, r := range a.Requests {
		for _, d := range r.Dates {
			if y := d.Due.Year(); d.Provisional && !d.Passed {
				if first == 0 || y < first {
					first = y
				}
				last = max(last, y)
			}
		}
	}
	return first, last
}

// Receipt confirms a letter about which a person decides first. It names no
// kind, and no term but the day by which that person reads it.
type Receipt struct {
	Operator, Contact string
	Number            string
	Received          time.Time
	DecideBy          time.Time
	SHA256            string // as of an acknowledgement

	DayOnly      bool // staff corrected the day of receipt: Received has no time
	Provisional  int  // the year of DecideBy, if its calendar is not published; else 0
	DecidePassed bool // DecideBy lies before the day on which the letter is written: it is not named
}

func (r Receipt) required() map[string]bool {
	return map[string]bool{"Operator": r.Operator != "", "Number": r.Number != ""}
}
