package store

import (
	"encoding/json"

	"license.kz/pometka/rules"
)

// Detail is what the history keeps of an event beside its code. Its JSON is part of the chain
// for good, so in all types of this file the fields stand in the order in which their keys
// are written, a field that is nil is not written, and one that is not is, whatever it says.
//
// After, Before and More tell of an act on a request. The others tell of a letter of ours.
type Detail struct {
	ActBy      *rules.Date   `json:"act_by,omitempty"` // of what a reminder is about
	After      *Values       `json:"after,omitempty"`
	Attempt    *int          `json:"attempt,omitempty"`
	Before     *Values       `json:"before,omitempty"`
	ClockStart *rules.Date   `json:"clock_start,omitempty"`
	Code       *int          `json:"code,omitempty"` // what the server answered: 250
	Enhanced   *string       `json:"enhanced,omitempty"`
	Mail       int64         `json:"mail,omitempty"`
	More       *More         `json:"more,omitempty"`
	Purpose    Purpose       `json:"purpose,omitempty"` // not of a reminder
	Reason     *rules.Reason `json:"reason,omitempty"`
	Reply      *string       `json:"reply,omitempty"`
	SentAt     string        `json:"sent_at,omitempty"` // instant, of an answer that was sent from a mail program
	SHA256     *string       `json:"sha256,omitempty"`
	Stage      string        `json:"stage,omitempty"`
	Status     *string       `json:"status,omitempty"` // of a bounce
	To         any           `json:"to,omitempty"`     // the address of such an answer, or the two of a released letter
}

// Values are those of a request before or after an act, as far as they differ; of a new
// request, what it began with.
type Values struct {
	ActBy      *rules.Date   `json:"act_by,omitempty"`
	Assignee   *string       `json:"assignee,omitempty"`
	Candidates *[]rules.Kind `json:"candidates,omitempty"`
	Consumer   **bool        `json:"consumer,omitempty"` // a nil in it: not known
	Documents  *rules.Date   `json:"documents,omitempty"`
	Kind       *rules.Kind   `json:"kind,omitempty"`
	Letter     int64         `json:"letter,omitempty"`
	Note       string        `json:"note,omitempty"`
	Outcome    *rules.Reason `json:"outcome,omitempty"`
	ReceivedOn *rules.Date   `json:"received_on,omitempty"`
	Sender     *string       `json:"sender,omitempty"`
	State      MailState     `json:"state,omitempty"` // of a letter of ours
	Status     Status        `json:"status,omitempty"`
	Steps      *[]StepDone   `json:"steps,omitempty"`
	Terms      []TermDetail  `json:"terms,omitzero"`
	Waits      *[]rules.Wait `json:"waits,omitempty"`
}

// TermDetail is what the history keeps of a term.
type TermDetail struct {
	ID     string     `json:"id"`
	Kind   rules.Kind `json:"kind"` // differs between the candidates of a review
	From   rules.Date `json:"from"`
	DayOne rules.Date `json:"day_one"`
	Due    rules.Date `json:"due"`

	Provisional bool `json:"provisional,omitempty"`
}

// More is what who acts says beside the values that differ.
type More struct {
	After      any             `json:"after,omitempty"` // what the act decides on: an assignee, a status or kinds
	Before     any             `json:"before,omitempty"`
	ByHand     *ByHand         `json:"by_hand,omitempty"`
	Cause      string          `json:"cause,omitempty"` // why dates moved though nothing else changed
	For        string          `json:"for,omitempty"`   // what the request waits for
	From       string          `json:"from,omitempty"`  // the request that gives its letters
	Letter     int64           `json:"letter,omitempty"`
	Note       *string         `json:"note,omitempty"`
	SHA256Sums string          `json:"sha256sums,omitempty"` // digest of what a casefile holds
	Steps      *[]StepDone     `json:"steps,omitempty"`
	Template   *string         `json:"template,omitempty"` // of an answer
	To         string          `json:"to,omitempty"`       // the request that gets the letters
	Trace      json.RawMessage `json:"trace,omitempty"`    // how the dates were counted
	Why        *string         `json:"why,omitempty"`
}

// Text is the detail as the history keeps it.
func (d Detail) Text() string { return jsonText(&d) }

// ReadDetail reads the detail of an event that tells of a request or of a letter of ours.
// After, Before and More are there then, and empty where the event has none, or no detail
// (any more). Events of other kinds may have a form of their own, and are an error.
func (e Event) ReadDetail() (Detail, error) {
	d := Detail{}
	if e.Detail != "" {
		if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
			return d, err
		}
	}
	if d.More == nil {
		d.More = &More{}
	}
	d.differing()
	return d, nil
}

// differing are Before and After, to be filled.
func (d *Detail) differing() (before, after *Values) {
	if d.Before == nil {
		d.Before = &Values{}
	}
	return d.Before, d.afterwards()
}

// afterwards is After, to be filled.
func (d *Detail) afterwards() *Values {
	if d.After == nil {
		d.After = &Values{}
	}
	return d.After
}

// TermDetails are the terms as the history keeps them.
func TermDetails(terms []Term) []TermDetail {
	list := make([]TermDetail, len(terms))
	for i, t := range terms {
		list[i] = TermDetail{t.ID, t.Kind, t.From, t.DayOne, t.Due, t.Provisional}
	}
	return list
}

// registeredDetail is the detail of the event by which a request begins.
func registeredDetail(n NewRequest, letter int64, by *ByHand) string {
	is := Values{ActBy: &n.ActBy, Kind: &n.Kind, Letter: letter, ReceivedOn: &n.ReceivedOn, Status: n.Status, Terms: TermDetails(n.Terms)}
	if len(n.Candidates) > 0 {
		is.Candidates = &n.Candidates
	}
	if n.Assignee != "" {
		is.Assignee = &n.Assignee
	}
	d := Detail{After: &is}
	if n.Trace != nil || by != nil {
		d.More = &More{ByHand: by, Trace: n.Trace}
	}
	return d.Text()
}

// The details of events that tell neither of a request nor of a letter of ours, and which
// nobody reads but as text.
type (
	addressDetail struct {
		After  string `json:"after"`
		Before string `json:"before"`
	}
	cursorDetail struct {
		After  *placeDetail `json:"after"`
		Before *placeDetail `json:"before,omitempty"`
	}
	placeDetail struct {
		FirstPass   bool   `json:"first_pass"`
		FirstUID    uint32 `json:"first_uid"`
		Folder      string `json:"folder"`
		LastUID     uint32 `json:"last_uid"`
		UIDValidity uint32 `json:"uidvalidity"`
	}
	filedDetail struct {
		After struct {
			Filed       string   `json:"filed"`
			Folder      string   `json:"folder,omitempty"`
			Letters     []int64  `json:"letters"`
			UIDs        []uint32 `json:"uids,omitempty"` // there, of each letter; 0: not known
			UIDValidity uint32   `json:"uidvalidity,omitempty"`
		} `json:"after"`
	}
	purgedDetail struct {
		Before   string `json:"before"`             // instant
		Requests *int   `json:"requests,omitempty"` // of the purge as a whole
	}
	restoredDetail struct {
		Held      int    `json:"held"`
		Taken     string `json:"taken"` // instant
		Uncertain int    `json:"uncertain"`
	}
)

// detail is the cursor as the history keeps it.
func (c Cursor) detail() *placeDetail {
	return &placeDetail{c.FirstPass, c.FirstUID, c.Folder, c.LastUID, c.UIDValidity}
}
