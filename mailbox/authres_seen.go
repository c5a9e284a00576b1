package mailbox

// Authenticator is the name under which a server stated, in the field that
// stands topmost, what it found out about the sender; ok is false where no such
// field stands above the second Received: one further down may be anybody's.
// Microsoft 365 writes none, which is "" and true.
func (m *Message) Authenticator() (name string, ok bool) {
	received := 0
	for _, f := range m.trace {
		if f.name == "received" {
			if received++; received == 2 {
				break
			}
			continue
		}
		if a, err := ParseAuthResults(f.value); err == nil {
			return plain(a.ServID, 200), true
		}
	}
	return "", false
}

// StatesOwn reports whether the letter carries a field of the server that the
// operator's configuration names: whether TrustOf has anything to go by.
func (m *Message) StatesOwn(authservID string) bool { return len(m.ownResults(authservID)) > 0 }
