package mailbox

import (
	"bytes"
	"slices"
	"strings"
)

// maxReport is how much is read of a part that reports on a letter.
const maxReport = 16 << 10

// isReport reports whether a part reports on another letter in the form of header
// fields: RFC 3464 (delivery), 8098 (reading), 5965 (complaints).
func isReport(kind string) bool {
	switch kind {
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
		"message/global-disposition-notification", "message/feedback-report":
		return true
	}
	return false
}

// report reads such a part, an attachment otherwise, for the letters it names.
func (p *parser) report(fields []field, a Attachment) (part, stop) {
	enc, _ := transferOf(fields)
	size := sizer{t: enc}
	var raw []byte
	at := p.src.body(func(b []byte) {
		raw = keep(raw, b, maxReport)
		size.add(b)
	})
	a.Size = size.size()
	p.attach(a)
	raw, _ = enc.decode(raw, nil)
	// The fields come in groups with empty lines between them.
	for _, group := range bytes.Split(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n\n")) {
		list, _, _ := splitHeader(bytes.TrimLeft(group, "\n"))
		var said Told
		for _, f := range list {
			switch f.name {
			case "action":
				said.Action = firstWord(unfold(f.raw))
			case "disposition":
				said.Disposition = strings.ToLower(strings.TrimSpace(string(unfold(f.raw))))
			case "status":
				said.Status = firstWord(unfold(f.raw))
			case "original-message-id", "x-original-message-id":
				p.m.reported = append(p.m.reported, parseIDs(unfold(f.raw), 1)...)
			case "original-envelope-id":
				p.m.envelope = append(p.m.envelope, strings.TrimSpace(string(unfold(f.raw))))
			}
		}
		if (said.Action != "" || said.Disposition != "") && len(p.m.told) < maxIDs {
			p.m.told = append(p.m.told, said)
		}
	}
	return part{cut: at == atEnd && p.prefix}, at
}

// Told is what a report says of one recipient (RFC 3464, 2.3.3 and 2.3.4).
type Told struct {
	Action string // failed, delayed, delivered, relayed, expanded, in lower case
	Status string // RFC 3463; "" if there is none

	Disposition string // of a receipt (RFC 8098, 3.2.6), in lower case
}

// Told returns what the report parts say of each recipient.
func (m *Message) Told() []Told { return slices.Clone(m.told) }

// firstWord is the value of a field without comments and what else mail systems
// put behind it.
func firstWord(value []byte) string {
	word, _, _ := strings.Cut(strings.TrimSpace(string(value)), " ")
	word, _, _ = strings.Cut(word, "(")
	return strings.ToLower(strings.TrimRight(word, ";,."))
}

// ReportedEnvelopes returns the identifiers, as in Envelope.ID, of the letters
// that the report parts name (RFC 3464, 2.2.1).
func (m *Message) ReportedEnvelopes() []string { return slices.Clone(m.envelope) }

// ReportedIDs returns the Message-IDs of the letters that this one, a bounce or
// a receipt, may report on: those that it replies to, that it returns whole, in
// part or as a bare header, that its report parts name, and that it quotes in
// its text, as mail servers do that know no RFC 3464.
func (m *Message) ReportedIDs() []string {
	ids := append([]string{}, m.reported...)
	for _, e := range m.Embedded {
		ids = append(ids, e.MessageID)
	}
	ids = append(append(ids, m.InReplyTo), m.References...)
	for line := range strings.Lines(m.Text) {
		name, value, ok := strings.Cut(strings.TrimLeft(line, "> |\t"), ":")
		if ok && strings.EqualFold(strings.TrimSpace(name), "message-id") && len(ids) < maxIDs {
			ids = append(ids, parseIDs([]byte(value), 1)...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id string) bool { return !strings.HasPrefix(id, "<") })
}
