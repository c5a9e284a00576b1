package mailbox

import "time"

// File is an attachment of a letter to be sent.
type File struct {
	Name, Type string // Type is a media type; empty: application/octet-stream
	Data       []byte
}

// Letter is what Compose turns into bytes.
type Letter struct {
	From, To      Address
	Subject, Body string
	Date          time.Time
	MessageID     string // with <>
	InReplyTo     string // with <>; empty: no thread
	References    []string
	Language      string // Content-Language: ru, kk, en; several separated by ", "
	AutoSubmitted string // auto-replied or auto-generated (RFC 3834); empty: written by a person
	LoopSign      string // X-Pometka-Loop
	Attachments   []File
}

// Compose renders a letter.
func Compose(l Letter) ([]byte, error) { return nil, errNotYet }
