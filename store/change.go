package store

import (
	"time"

	"license.kz/pometka/rules"
)

// Change is one act of a person on one request, for one transaction: what
// becomes different, and the event that says so. Nil and zero fields leave
// the request as it is.
type Change struct {
	Number   string
	Revision int64    // the request as the actor saw it; another revision is ErrStale. 0: any
	From     []Status // the statuses from which the act is allowed; another is ErrStatus

	Status     Status
	Kind       *rules.Kind
	Candidates []rules.Kind // replaces, when Kind is set
	Assignee   *string
	Consumer   *bool
	Documents  *rules.Date
	Waits      []rules.Wait // replaces, when not nil
	ReceivedOn *rules.Date
	Terms      []Term // replaces, when not nil; with ActBy
	ActBy      rules.Date
	Outcome    *rules.Reason
	Steps      []StepDone
	Note       string

	More   []NewRequest // further requests from the same letter (confirm with two kinds)
	Prefix string       // of their numbers
	Ack    *NewMail     // to be queued with it

	Suppress string // SHA-256 of a normalised address that marketing must leave out from now on

	Event Event // At, Seq and digests are filled by the store
}

// StepDone records a closing step of the kind.
type StepDone struct {
	ID   string `json:"id"`
	Done bool   `json:"done"` // false: not applicable
}

// Event is one line of the append-only history.
type Event struct {
	Seq    int64
	At     time.Time
	Actor  string // login of the person, or "pometka"
	Code   string // registered, joined, taken, confirmed, dismissed, closed, reopened, noted, sent, …
	Number string // of the request, "" if of none
	Detail string // JSON with before and after; personal, gone after a purge
	Digest string // hex
}
