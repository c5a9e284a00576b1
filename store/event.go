package store

import "time"

// Event is one line of the append-only history.
type Event struct {
	Seq    int64
	At     time.Time
	Actor  string // login of the person, or "pometka"
	Code   string // one of the codes below, or the act of a Change
	Number string // of the request, "" if of none
	Detail string // JSON with before and after; personal, gone after a purge
	Digest string // hex
}

// RemovedContent reports whether the event removed what a request held.
func (e Event) RemovedContent() bool { return e.Code == EventPurged || e.Code == EventForgotten }

// Machine is the actor of what no person did.
const Machine = "pometka"

// The codes of the events that the store itself writes. The acts of people
// carry the code that their Change names: taken, assigned, confirmed,
// dismissed, waiting, resumed, noted, set, closed, linked …
const (
	EventIntakeStarted      = "intake_started"      // a folder is read for the first time
	EventUIDValidityChanged = "uidvalidity_changed" // the server numbered a folder anew
	EventFirstPassEnded     = "first_pass_ended"    // from now on every letter is fresh
	EventIntake             = "intake"              // messages that are no requests, and the cursor
	EventIntakeRepaired     = "intake_repaired"     // messages that a pass had missed and a reconciliation found
	EventFiled              = "filed"               // letters were marked or moved in the mailbox
	EventRegistered         = "registered"
	EventJoined             = "joined"     // a further letter
	EventRecomputed         = "recomputed" // terms moved with the calendar
	EventUnlinked           = "unlinked"   // letters that belonged to another request
	EventReopened           = "reopened"   // by staff, or by a letter
	EventReminded           = "reminded"
	EventEscalated          = "escalated" // the privacy officer is told
	EventQueued             = "queued"    // a letter of ours
	EventHeld               = "held"
	EventClaimed            = "claimed" // a try to send begins
	EventSent               = "sent"
	EventDeferred           = "deferred" // a try failed, another follows
	EventFailed             = "failed"
	EventUncertain          = "uncertain"
	EventBounced            = "bounced" // it was taken, and came back
	EventReleased           = "released"
	EventDropped            = "dropped"
	EventResent             = "resent"
	EventPurged             = "purged"    // the content of closed requests was removed
	EventForgotten          = "forgotten" // what there was of one person was removed
	EventCasefile           = "casefile"  // a casefile was made; its detail has the digest of what is in it
)
