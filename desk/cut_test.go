package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// smallInbox makes letters of more than 10 KB come cut.
func (r *rig) smallInbox(t *testing.T) {
	t.Helper()
	small := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, r.box.IMAPAddr, r.box.CA), MaxSize: 10_000})
	t.Cleanup(func() { small.Close() })
	r.Inbox = small
}

// Whoever wrote a letter of which only the beginning is here is told no digest: it would not
// be that of his letter.
func TestCutLetterHasNoChecksum(t *testing.T) {
	for _, c := range []struct {
		subject, receipt string
		large            bool
	}{
		{withdrawalMark, "<ack.", true}, {withdrawalMark, "<ack.", false},
		{withdrawalMark + ". Претензия", "<receipt.", true}, {withdrawalMark + ". Претензия", "<receipt.", false},
	} {
		r := newRig(t)
		r.smallInbox(t)
		m := mail{from: "a@one.example", subject: c.subject, body: "Прошу исполнить.", id: "1@one.example"}
		if c.large {
			m.body = strings.Repeat("Прошу исполнить. ", 10_000)
		}
		r.put(t, "INBOX", m, now.Add(-time.Hour))
		r.pass(t)
		list := r.all(t)
		if len(list) != 1 || list[0].Letters[0].Cut != c.large || list[0].Ack.State != store.MailSent {
			t.Fatalf("%s: %+v", c.subject, list)
		}
		sent := parse(t, r.box.Sent()[0].Raw)
		if told := strings.Contains(sent.text, "SHA-256"); told == c.large || !strings.HasPrefix(sent.Get("Message-Id"), c.receipt) {
			t.Errorf("%s, large %t: %s\n%s", c.subject, c.large, sent.Get("Message-Id"), sent.text)
		}
	}
}
