package templates

import "time"

// Documents asks the person for documents.
type Documents struct {
	Operator, Contact string
	Number            string
	What              string // in the policy's own terms: «актуализация персональных данных»
	Received          time.Time
	Text              string `lines:"many"` // which documents, in the words of staff; "" asks for those that prove new data

	// Days are the days from the documents that prove new data to the change; 0 where no
	// term waits for such documents: then the letter promises none, and needs Text.
	Days    int
	Working bool // they are working days, else calendar days
}

// Done tells that a request has been met, or a claim answered.
type Done struct {
	Operator, Contact string
	Number            string
	What              string
	Received          time.Time
	Steps             []string // what was done, each a clause: «обработка прекращена»
	Text              string   `lines:"many"` // the answer in the words of staff
	Claim             bool     // an answer to a claim: it must have Text, no form can replace it
	Signed            string   // who answers; "" leaves the operator alone
}

// Bare reports that there is nothing to tell but that the request is met.
func (d Done) Bare() bool { return len(d.Steps) == 0 && d.Text == "" }

// Refusal tells that a request is not met, and why: a refusal without a
// reason does not exist (law 94-V art. 8(7) and 25(2)(7)).
type Refusal struct {
	Operator, Contact string
	Number            string
	What              string
	Received          time.Time
	Why               string `lines:"many"`
	Basis             string // the clause, «пункт 2 статьи 8 Закона»; "" names none
	Signed            string
}

func (d Documents) required() map[string]bool {
	return map[string]bool{
		"Operator": d.Operator != "", "Number": d.Number != "", "What": d.What != "",
		"Text (which documents)": d.Text != "" || d.Days > 0,
	}
}

func (d Done) required() map[string]bool {
	return map[string]bool{
		"Operator": d.Operator != "", "Number": d.Number != "", "What": d.What != "",
		"Text (the answer to the claim)": d.Text != "" || !d.Claim,
	}
}

func (r Refusal) required() map[string]bool {
	return map[string]bool{"Operator": r.Operator != "", "Number": r.Number != "", "What": r.What != "", "Why": r.Why != ""}
}
