package mailbox

// Address is a name and a bare address, both decoded.
type Address struct{ Name, Addr string }

// HeaderFields lists the deciding header fields.
func HeaderFields() []string { return []string{"From", "Subject", "Message-ID", "Date"} }
