package store

import (
	"time"

	"license.kz/pometka/rules"
)

// Purpose says what a letter of ours is for.
type Purpose string

// The purposes.
const (
	PurposeAcknowledgement Purpose = "acknowledgement"
	PurposeAnswer          Purpose = "answer"
	PurposeReminder        Purpose = "reminder"
	PurposeDigest          Purpose = "digest"
	PurposeAlarm           Purpose = "alarm"
)

// Public reports whether such a letter goes to somebody outside, and not to staff.
func (p Purpose) Public() bool { return p == PurposeAcknowledgement || p == PurposeAnswer }

// publicMail are those purposes.
const publicMail = `('acknowledgement', 'answer')`

// MailState is the state of a letter of ours.
type MailState string

// The states: queued → sending → sent, failed, uncertain, or back to queued
// for another try; held → queued by a person's release. An uncertain letter
// may have been delivered and is never sent again by itself.
const (
	MailNone      MailState = "none"
	MailQueued    MailState = "queued"
	MailSending   MailState = "sending"
	MailSent      MailState = "sent"
	MailFailed    MailState = "failed"
	MailUncertain MailState = "uncertain"
	MailHeld      MailState = "held"
	MailDropped   MailState = "dropped"
)

// Mail is one letter of ours.
type Mail struct {
	ID          int64
	Purpose     Purpose
	State       MailState
	Requests    []string // numbers
	LetterID    int64    // the letter it answers; 0 if none
	MessageID   string
	Language    string
	Attempts    int
	Refusals    int // Settlement.Refused, since QueuedAt
	CreatedAt   time.Time
	QueuedAt    time.Time // when it was queued, released or resent: the tries count from here
	NextAttempt time.Time
	SentAt      time.Time
	Reason      rules.Reason
	RawSHA256   string // of the bytes that are sent; "" before the first claim

	// Personal from here on.
	To    string
	Data  string // NewMail.Data
	Raw   []byte // filled by Claim and Mail only
	Reply string // the server's last words
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

// MailKeys are the address in small letters and its domain. Of both the outbox
// keeps HMAC-SHA-256 under the key of the register: the columns that the caps
// count by outlive a purge, and nobody tells an address by its digest.
type MailKeys struct{ Address, Domain string }

// Render makes the bytes of a letter at its first claim. It runs inside the
// transaction and must neither wait nor call the store.
type Render func(m Mail, letter Letter, requests []Request) ([]byte, error)

// Settlement is the outcome of one try to send.
type Settlement struct {
	State       MailState // sent, failed, uncertain, or queued for another try
	Reason      rules.Reason
	Code        int    // SMTP reply code, 0 if none
	Enhanced    string // RFC 3463
	Reply       string // personal
	NextAttempt time.Time

	// Refused says of another try that the letter had its part in the end of this
	// one: it was refused for now, or the connection broke off over it.
	Refused bool
}
