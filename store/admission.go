package store

import (
	"encoding/json"

	"license.kz/pometka/rules"
)

// Admission is one letter with everything that its registration changes, for
// one transaction.
type Admission struct {
	Place  Place
	Seen   Seen // its ledger row; Seen.UID equals Place.UID
	Letter Letter
	Raw    *Spool // the letter's bytes; nil only when the server could not deliver them
	Actor  string // "pometka" for the daemon

	Prefix     string       // of the number, "LK"
	Requests   []NewRequest // one or two; none when the letter only joins
	Joins      []Change     // what becomes of the requests that it joins
	Possibly   []string     // numbers it may belong to
	Policy     PolicyRef
	PolicyText func() []byte // the text of Policy, kept once for all requests that name it; nil: not at hand

	// Anew takes the letter in although its place is in the ledger: a person
	// registers what was filed as no request, or what could not be read then. The ledger
	// row stays as it was written.
	Anew bool

	// Whole is Anew for the whole of a letter, of which only the beginning was taken in then.
	Whole bool

	// Once: a letter with the same bytes is this one. Where somebody registered it since
	// it was looked for, the error is ErrStale.
	Once bool

	// Apart makes requests of a letter that has only joined others: a person found that it
	// demands something else. The letter stays where it is.
	Apart bool

	ByHand *ByHand // a person took the letter in; nil: the daemon did

	Ack *NewMail // nil: nothing is sent, nor held

	// Unsynced does not wait for the disk: the next change does that for both. It is
	// for a letter that still lies in the mailbox, and behind the cursor, until its
	// chunk is recorded: a loss of power before has it read again.
	Unsynced bool
}

// ByHand is what the history keeps of a registration by a person.
type ByHand struct {
	Via Via    `json:"via,omitempty"` // "": an e-mail that lies in the mailbox
	Why string `json:"why,omitempty"`

	Whole bool `json:"whole,omitempty"` // of this letter the register had only the beginning
}

// NewRequest is a request to be registered.
type NewRequest struct {
	Kind       rules.Kind // "" in review
	Candidates []rules.Kind
	Status     Status
	ReceivedOn rules.Date
	ActBy      rules.Date
	Terms      []Term
	Assignee   string
	Consumer   *bool
	Documents  rules.Date      // proving documents came with the letter
	Trace      json.RawMessage // how the terms were counted, for the history; nil: nothing is kept
}

// Admitted is what Admit did.
type Admitted struct {
	LetterID int64
	Numbers  []string // of the requests it made, then of those it joined
	MailID   int64    // 0: none
	Known    bool     // it is there already: nothing was done
}
