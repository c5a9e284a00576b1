// Package mailbox is the only room that talks to mail servers, and the only
// one that reads MIME: the IMAP reader, the SMTP sender, the parser of
// messages. It knows no kind of request, no deadline and no SQL.
//
// Watched folders are only read (EXAMINE, BODY.PEEK). What is wrong with a
// message is data and comes back as a trouble of the Message; what is wrong
// with a connection or a server is an error.
//
// How a letter is read: Parse takes its bytes through a source, which knows
// the boundaries of all open multiparts; entity, multipart and leaf walk its
// parts; the header files read addresses, encoded words and parameters, the
// charset files find out what bytes mean, the text files make readable text,
// HTML among it. TrustOf reads what the operator's own server says of the
// sender. All of it is total: it reads what any mail program would show, within
// limits that no letter can exceed.
//
// How a folder is read: a Reader keeps one session, over a connection that lines
// mends before the IMAP library sees it. Examine opens the folder; a sweep asks for
// its messages in windows, the next on its way unless the server was silent; a seam tells by the numbers
// that servers give to messages whether one was left out; what did not come, or broke
// the connection, is salvaged in smaller and smaller sets. Idle waits for more.
//
// How a letter is sent: a Sender keeps one connection, and transact takes one letter
// through it; the Outcome says how far that came. A watch bounds each exchange with
// either server: it is the only time-out there is.
package mailbox
