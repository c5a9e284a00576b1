package store

import (
	"encoding/json"
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
	HeaderDigest string // see docs/developer.md; "" when the header could not be read
	Verdict      rules.Verdict
	ReasonCode   string

	// Again: the ledger has the letter in another place, since it was moved or copied or
	// its folder numbered anew. Its row is not written otherwise, but counts as no letter.
	Again bool
}

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
	// registers what was filed as no request, or what could not be read then. The ledger row stays as it was
	// written.
	Anew bool

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

// NewMail is a letter of ours to be queued.
type NewMail struct {
	Purpose  Purpose
	State    MailState // MailQueued or MailHeld
	Reason   rules.Reason
	To       string
	Language string
	LetterID int64 // the letter it answers; 0: that which made the first request, where it goes to the sender

	// MessageID makes the Message-ID from the first number, inside the
	// transaction, since the number is taken there. It must be pure.
	MessageID func(number string) string

	Keys MailKeys // what the caps count it under

	// Data is what the letter is rendered from where the requests do not say
	// it all (a reminder's lines); JSON, personal, "" if none.
	Data string

	// Raw is the letter itself where a person wrote it: it is complete when
	// that person sends it off (RFC 5322, 3.6.1), and goes out byte for byte as
	// confirmed. nil: it is rendered at its first claim.
	Raw []byte
}

// Admitted is what Admit did.
type Admitted struct {
	LetterID int64
	Numbers  []string // of the requests it made, then of those it joined
	MailID   int64    // 0: none
	Known    bool     // it is there already: nothing was done
}

// MailKeys are the address in small letters and its domain. Of both the outbox
// keeps HMAC-SHA-256 under the key of the register: the columns that the caps
// count by outlive a purge, and nobody tells an address by its digest.
type MailKeys struct{ Address, Domain string }

// AckQuery asks how many acknowledgements were queued or sent lately (held
// and dropped ones do not count).
type AckQuery struct {
	Address, Domain     string // as in MailKeys
	Kinds               []rules.Kind
	DaySince, HourSince time.Time
	Mutes               string // reason code of what mutes the address
	MutesDomain         string // and of what mutes every address of the domain
}

// AckCounts is the answer: to the address about one of the kinds (of a request
// or among its candidates) and about anything since DaySince, to the domain
// and to anybody since HourSince.
type AckCounts struct {
	AddressKindDay, AddressDay, DomainHour, TotalHour int

	// Muted says that one to the address, or to the domain, was held since
	// DaySince for the reason that AckQuery.Mutes, or MutesDomain, names.
	Muted bool
}
