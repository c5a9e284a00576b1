// Package desk knows the order of things: a letter is stored, classified and
// registered before anyone asks whether it may be answered; a letter of ours
// is claimed before it is sent and settled after; a reminder is queued once.
//
// The desk owns the clock and the key. It imports no SQL, IMAP, SMTP, YAML or
// cron, and prints nothing.
package desk
