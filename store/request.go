package store

import (
	"time"

	"license.kz/pometka/rules"
)

// Status is where a request stands.
type Status string

// The statuses of a request and the ways between them: review → open or
// dismissed; open → in_progress, waiting, done, refused; in_progress →
// waiting, done, refused; waiting → open; done and refused → open by reopen;
// dismissed → review by reopen.
const (
	StatusReview     Status = "review"
	StatusOpen       Status = "open"
	StatusInProgress Status = "in_progress"
	StatusWaiting    Status = "waiting"
	StatusDone       Status = "done"
	StatusRefused    Status = "refused"
	StatusDismissed  Status = "dismissed"
)

// Closed reports whether nothing more is due in this status.
//
//go:noinline
func (s Status) Closed() bool {
	return s == StatusDone || s == StatusRefused || s == StatusDismissed
}

// The same in SQL: the closed statuses, and the conditions for requests that are closed and
// for those that are not. The latter are few of many, which the index on status finds.
const (
	closed    = `('done', 'refused', 'dismissed')`
	outOfWork = `r.status IN ` + closed
	inWork    = `r.status IN ('review', 'open', 'in_progress', 'waiting')`
)

// Via is the way by which what is no e-mail in a watched folder came.
type Via string

// The ways. A file is an e-mail of which somebody had a copy.
const (
	ViaFile    Via = "file"
	ViaPost    Via = "post"
	ViaCourier Via = "courier"
	ViaCounter Via = "counter" // handed over in the office
	ViaPhone   Via = "phone"   // written down by who took the call
)

// Paper reports whether the way is none of e-mail: what is stored as the letter
// was then put together at its registration.
func (v Via) Paper() bool { return v != "" && v != ViaFile }

// DayOnly reports whether only the day is known on which the letter was
// received, in the operator's zone: what came another way is then kept as
// received at its beginning.
func (l Letter) DayOnly(zone *time.Location) bool {
	at := l.ReceivedAt.In(zone)
	return l.Via != "" && at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 && at.Nanosecond() == 0
}

// Place is where a message lies in the mailbox. It identifies the message
// (RFC 3501 2.3.1.1); a Message-ID never does.
type Place struct {
	Folder      string
	UIDValidity uint32
	UID         uint32
}

// Request is one registered demand.
type Request struct {
	ID           int64
	Number       string     // LK-2026-000123
	Kind         rules.Kind // "" in status review
	Candidates   []rules.Kind
	Status       Status
	ReceivedAt   time.Time  // INTERNALDATE, UTC
	ReceivedOn   rules.Date // in the operator's zone; terms run from it
	RegisteredAt time.Time
	ActBy        rules.Date // the earliest term in force
	Terms        []Term
	Consumer     *bool      // nil: not known; terms under the condition hold
	Documents    rules.Date // when proving documents got on file
	Waits        []rules.Wait
	Assignee     string
	Policy       PolicyRef
	Outcome      rules.Reason // why closed or dismissed
	Sender       string       // the person's address, where staff found it out; "": that of the first letter
	Revision     int64        // grows with every change; see Change.Revision

	Letters []Letter // the first is the one that made the request; then the latest, MaxLetters in all

	LetterCount int // how many letters it has

	Possibly []string // numbers of requests it may belong to
	Ack      AckState // the acknowledgement of its first letter

	// Filled by Request only.
	Steps []StepDone // recorded when it was closed
	Notes []Note     // oldest first

	AnsweredAt time.Time // when the last answer to the person went out; zero: none has
	Answered   bool      // see DB.Answered
}

// MaxLetters is how many letters of a request are read: its first and the
// latest. A program that repeats its letter for weeks must not fill the memory
// with it; their bytes and the ledger have them all.
const MaxLetters = 100

// Note is a remark of a person on a request. Its text is personal data and
// gone after a purge.
type Note struct {
	At    time.Time
	Actor string
	Text  string
}

// PolicyRef names the policy edition in force at receipt.
type PolicyRef struct {
	Name    string
	Edition rules.Date
	Digest  string
}

// Term is a term of a request as computed at registration or recomputation.
// Name and Basis are kept in all languages: the policy may change later.
type Term struct {
	ID          string // policy, law, consumer, target
	Kind        rules.Kind
	Name, Basis rules.Text
	Source      rules.Source
	Condition   string
	Days        int
	Unit        rules.Unit
	From        rules.Date // the count starts on the day after
	DayOne, Due rules.Date
	Provisional bool
	Named       bool
	Checked     rules.Date
}

// AckState is the fate of an acknowledgement: an outbox state, or "none".
type AckState struct {
	State  MailState // MailNone when there is no acknowledgement
	At     time.Time // when it was sent; zero before
	MailID int64
	Reason rules.Reason // why held, failed or uncertain
}

// Letter is one letter of a request: what is known of it, without its bytes.
// Everything from Subject on is personal data and gone after a purge.
type Letter struct {
	ID         int64
	Place      Place // zero for what came another way
	Filed      Place // where it was moved from there; zero: it was not; without a UID: the server did not say which
	Via        Via   // "" for what came by e-mail
	Size       int64
	ReceivedAt time.Time
	DateHeader time.Time // the sender's claim; zero if unreadable
	RawSHA256  string
	Junk       bool // found in the junk folder
	Cut        bool // the server kept the rest: only headers and the first text are here
	Trust      rules.Trust
	Language   rules.Lang
	Verdict    rules.Verdict
	Confidence rules.Confidence
	Prescribed bool
	ReasonCode string
	Troubles   []string
	AnswerCode string // why no acknowledgement was queued: a code of rules.MayAnswer, "review", "disabled"; "" when one was

	Subject, FromAddr, FromName, ReplyTo string
	Writer, WriterName                   string // whose letter it is, as it says, where our staff passed it on
	MessageID, InReplyTo                 string
	References                           []string
	Marker                               string
	ReasonArgs                           []string
	Text                                 string // the new text
	Enclosed                             string // what else it quotes or passes on: only a digest of it is kept
	Attachments                          []Attachment
}

// Attachment is one attached file as the letter names it; its bytes are in
// the raw letter.
type Attachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	Sum  uint32 `json:"sum,omitempty"` // tells it from other files of the same size; 0: not known
}

// Filter selects requests. The zero Filter selects what is not closed; a
// status that is named, or All, selects of the others, too.
type Filter struct {
	All       bool
	Status    []Status
	Kinds     []rules.Kind // in review, where Status names it: what it might be
	Assignees []string     // any of these; "" is nobody
	DueUntil  rules.Date
	OverdueOn rules.Date // not closed, and a term of the policy or of the law ended before this day
	From      string     // part of an address or name, letter case ignored: of who sent or wrote a letter, or of the person as staff found out

	ReceivedFrom, ReceivedTo rules.Date // both included

	Numbers []string
	Limit   int // 0: no limit
}
