package mailbox

// Address is a name and a bare address, both decoded.
type Address struct{ Name, Addr string }
