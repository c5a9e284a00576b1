package store

import (
	"time"

	"license.kz/pometka/rules"
)

// Facts is the state of the register in numbers.
type Facts struct {
	Ledger   map[rules.Verdict]int // messages ever seen, by verdict
	Outbox   map[MailState]int
	Requests map[Status]int
	Open     int // requests that are neither closed nor in review
	Review   int

	NextActBy   rules.Date // the earliest of what is not closed; zero if nothing is
	OldestQueue time.Time  // since when the longest waiting letter of ours is queued; zero if none
	LastPass    time.Time  // end of the last complete intake pass; zero before the first
	Events      int64      // length of the history
	Head        string     // digest of its last event, hex
}

// Names of the small facts that Meta and SetMeta keep. They are bookkeeping,
// no history, and not covered by the chain of events.
const (
	MetaLastPass       = "last_pass"
	MetaCalendarDigest = "calendar_digest"
	MetaLastRemind     = "last_remind"
)
