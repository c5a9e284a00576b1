// Package mailbox is the only room that talks to mail servers, and the only
// one that reads MIME: the IMAP reader, the SMTP sender, the parser of
// messages. It knows no kind of request, no deadline and no SQL.
//
// Watched folders are only read (EXAMINE, BODY.PEEK). What is wrong with a
// message is data and comes back as a trouble of the Message; what is wrong
// with a connection or a server is an error.
package mailbox
