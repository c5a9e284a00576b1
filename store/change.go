package store

// Change is one act on one request, for one transaction: what the request becomes, what else
// happens with that, and the event that says so.
type Change struct {
	Number   string
	Revision int64 // the request as the actor saw it; another revision is ErrStale. 0: any

	// Is is the request as it stands after the act, made from the one that the actor
	// saw; nil: it stays as it is. Written are the fields that Request.columns names, the
	// terms, the outcome and the sender. The event has the values before and after of
	// each that differs.
	Is   *Request
	Note string

	Unlink []Change     // the changes of the requests that have its letters by a link: they lose them
	More   []NewRequest // further requests from the same letters (confirm with two kinds)
	Prefix string       // of their numbers
	Ack    *NewMail     // to be queued with it, about all of them
	Drop   int64        // a letter of ours that must not go out any more, if it is still held or queued; 0: none
	Answer *NewMail     // to be queued with it, about this request alone

	Suppress []string // SHA-256 of normalised addresses that marketing must leave out from now on

	// Event names the act: Actor and Code are the caller's, the rest is filled by the store.
	Event Event
	Says  *More // what its detail says beside before and after; nil: nothing
}

// StepDone records a closing step of the kind.
type StepDone struct {
	ID   string `json:"id"`
	Done bool   `json:"done"` // false: not applicable
}

// column is a column of a request that a change may write.
type column struct {
	name string
	kept any                     // as the row keeps it: nil, a number or a text
	tell func(*Values, *Request) // for the event; nil: Outcome tells it
}

// columns are those of the row of a request that an act can change.
func (r Request) columns() []column {
	return []column{
		{"status", string(r.Status), func(v *Values, r *Request) { v.Status = r.Status }},
		{"kind", string(r.Kind), func(v *Values, r *Request) { v.Kind = &r.Kind }},
		{"candidates", jsonOrNull(r.Candidates), func(v *Values, r *Request) { v.Candidates = &r.Candidates }},
		{"assignee", r.Assignee, func(v *Values, r *Request) { v.Assignee = &r.Assignee }},
		{"consumer", boolOrNull(r.Consumer), func(v *Values, r *Request) { v.Consumer = &r.Consumer }},
		{"documents", dateOrNull(r.Documents), func(v *Values, r *Request) { v.Documents = &r.Documents }},
		{"waits", jsonOrNull(r.Waits), func(v *Values, r *Request) { v.Waits = &r.Waits }},
		{"received_on", dateOrNull(r.ReceivedOn), func(v *Values, r *Request) { v.ReceivedOn = &r.ReceivedOn }},
		{"act_by", dateOrNull(r.ActBy), func(v *Values, r *Request) { v.ActBy = &r.ActBy }},
		{"steps", jsonOrNull(r.Steps), func(v *Values, r *Request) { v.Steps = &r.Steps }},
		{"outcome_code", textOrNull(r.Outcome.Code), nil},
	}
}
