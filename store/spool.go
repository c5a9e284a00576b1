package store

// Spool holds one letter's bytes in a file of mode 0600 in the database's
// folder while they come from the network: a network read never happens
// inside a write transaction. It is an io.Writer.
type Spool struct{}
