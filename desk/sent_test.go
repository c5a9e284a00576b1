package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// countingSent is a Sent folder of which every call is counted.
type countingSent struct {
	folder        string
	ids           map[string]int
	err           error
	asks, appends int
}

func (s *countingSent) SentFolder(context.Context) (string, error) { return s.folder, s.err }
func (s *countingSent) HasMessageID(_ context.Context, _, id string) (bool, error) {
	s.asks++
	return s.ids[id] > 0, s.err
}
func (s *countingSent) Append(_ context.Context, _ string, raw []byte, _ time.Time) error {
	s.appends++
	s.ids[mailbox.Parse(bytes.NewReader(raw)).MessageID]++
	return s.err
}

// A copy is looked for by its Message-ID and never made twice; no trouble with
// it makes a letter fail, or holds up the letters behind it.
func TestSentCopy(t *testing.T) {
	trouble := errors.New("the folder is out of order")
	for _, c := range []struct {
		name          string
		box           countingSent
		asks, appends int
	}{
		{"none there", countingSent{folder: "Sent"}, 3, 3},
		{"no folder", countingSent{}, 0, 0},
		{"trouble", countingSent{folder: "Sent", err: trouble}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.box.ids = map[string]int{}
			r.Sent = &c.box
			for i := range 3 {
				r.put(t, "INBOX", mail{from: fmt.Sprintf("a%d@one.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", i), id: fmt.Sprintf("%d@one.example", i)}, now.Add(-time.Hour))
			}
			if _, f := r.pass(t); f.Sent != 3 {
				t.Errorf("flush: %+v", f)
			}
			if c.box.asks != c.asks || c.box.appends != c.appends {
				t.Errorf("asked %d times, appended %d times", c.box.asks, c.box.appends)
			}
		})
	}
}

// Against a real mailbox: a copy that the provider made is left alone, else
// there is one with the bytes that were sent.
func TestSentCopyInMailbox(t *testing.T) {
	r := outboxRig(t)
	reader := r.Inbox.(*mailbox.Reader)
	r.Sent = reader
	byProvider := ""
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "И я прошу.", id: "2@two.example"}, now.Add(-time.Hour))
	r.box.SMTP.OnDot = func(e mailbox.Envelope) error {
		if byProvider == "" {
			byProvider = mailbox.Parse(bytes.NewReader(e.Raw)).MessageID
			return r.box.Put("Sent", e.Raw, now)
		}
		return nil
	}
	if _, f := r.pass(t); f.Sent != 2 {
		t.Fatalf("flush: %+v", f)
	}
	count := map[string]int{}
	if _, err := reader.Examine(t.Context(), "Sent"); err != nil {
		t.Fatal(err)
	}
	err := reader.Heads(t.Context(), 1, 0, func(heads []mailbox.Head) error {
		for _, h := range heads {
			var raw bytes.Buffer
			if _, _, err := reader.Fetch(t.Context(), h.UID, &raw); err != nil {
				return err
			}
			count[mailbox.Parse(bytes.NewReader(raw.Bytes())).MessageID]++
			if !bytes.Equal(raw.Bytes(), r.box.Sent()[h.UID-1].Raw) {
				t.Errorf("the copy of letter %d has other bytes", h.UID)
			}
		}
		return nil
	})
	if err != nil || len(count) != 2 || count[byProvider] != 1 {
		t.Errorf("copies: %v, %v", count, err)
	}
}
