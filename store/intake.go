package store

import (
	"time"

	"license.kz/pometka/rules"
)

// Cursor is how far a folder has been read.
type Cursor struct {
	Folder      string
	UIDValidity uint32
	FirstUID    uint32 // the UID intake started from; what lies below is no gap
	LastUID     uint32 // every UID from FirstUID to here has a ledger row or was expunged
	FirstPass   bool   // the folder's first pass has not ended yet
}

// Seen is the ledger row of one message. For mail that is no request it is all
// that is kept.
type Seen struct {
	UID          uint32
	Size         int64
	InternalDate time.Time
	HeaderDigest string // rule 6 of the contract; "" when the header could not be read
	Verdict      rules.Verdict
	ReasonCode   string
}

// Admission is one letter with everything that its registration changes, for
// one transaction.
type Admission struct {
	Place  Place
	Seen   Seen // its ledger row; Seen.UID equals Place.UID
	Letter Letter
	Raw    *Spool // the letter's bytes; nil only when the server could not deliver them
	Actor  string // "pometka" for the daemon

	Prefix   string       // of the number, "LK"
	Requests []NewRequest // one or two; empty when the letter joins a request
	Join     string       // number of the request the letter belongs to; "" otherwise
	Possibly []string     // numbers it may belong to
	Policy   PolicyRef

	Ack *NewMail // nil: nothing is sent, nor held
}

// NewRequest is a request to be registered.
type NewRequest struct {
	Kind       rules.Kind // "" in review
	Candidates []rules.Kind
	Status     Status
	ReceivedOn rules.Date
	ActBy      rules.Date
	Terms      []Term
	Consumer   *bool
}

// NewMail is a letter of ours to be queued.
type NewMail struct {
	Purpose  Purpose
	State    MailState // MailQueued or MailHeld
	Reason   rules.Reason
	To       string
	Language string

	// MessageID makes the Message-ID from the first number, inside the
	// transaction, since the number is taken there. It must be pure.
	MessageID func(number string) string

	// Data is what the letter is rendered from where the requests do not say
	// it all (a reminder's lines); JSON, personal, "" if none.
	Data string
}

// Admitted is what Admit did.
type Admitted struct {
	LetterID int64
	Numbers  []string
	MailID   int64 // 0: none
	Known    bool  // the place was in the ledger already: nothing was done
}
