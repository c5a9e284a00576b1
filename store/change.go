package store

import "license.kz/pometka/rules"

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
	Sender     *string // the person's address
	Documents  *rules.Date
	Waits      []rules.Wait // replaces, when not nil
	ReceivedOn *rules.Date
	Terms      []Term // replaces, when not nil; with ActBy
	ActBy      rules.Date
	Outcome    *rules.Reason
	Steps      []StepDone
	Note       string

	Unlink []string     // numbers of the requests that have its letters by a link, and no longer do
	More   []NewRequest // further requests from the same letter (confirm with two kinds)
	Prefix string       // of their numbers
	Ack    *NewMail     // to be queued with it, about all of them
	Drop   int64        // a letter of ours that is not to go out any more, if it is still held or queued; 0: none
	Answer *NewMail     // to be queued with it, about this request alone

	Suppress []string // SHA-256 of normalised addresses that marketing must leave out from now on

	// Event names the act: Actor and Code are the caller's, and Detail is what
	// the caller adds to the before and after that the store writes down
	// (JSON, or "" for nothing). The rest is filled by the store.
	Event Event
}

// StepDone records a closing step of the kind.
type StepDone struct {
	ID   string `json:"id"`
	Done bool   `json:"done"` // false: not applicable
}
