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
	folder       string
	ids          map[string]int
	err, refuses error // of finding the folder, of keeping copies
	asks         int
}

func (s *countingSent) SentFolder(context.Context) (string, error) { return s.folder, s.err }
func (s *countingSent) Keep(_ context.Context, _ string, copies []mailbox.Copy) error {
	s.asks++
	for _, c := range copies {
		if s.ids[c.MessageID]++; mailbox.Parse(bytes.NewReader(c.Raw)).MessageID != c.MessageID {
			return errors.New("another letter's copy")
		}
	}
	return s.refuses
}

// Copies are handed over in groups, each letter's once; no trouble with
// them makes a letter fail, or holds up the letters behind it.
func TestSentCopy(t *testing.T) {
	trouble := errors.New("the folder is out of order")
	for _, c := range []struct {
		name         string
		box          countingSent
		asks, copies int
	}{
		{"none there", countingSent{folder: "Sent"}, 2, copiesOnce + 3},
		{"no folder", countingSent{}, 0, 0},
		{"trouble", countingSent{folder: "Sent", err: trouble}, 0, 0},
		{"trouble with copies", countingSent{folder: "Sent", refuses: trouble}, 1, copiesOnce},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.box.ids = map[string]int{}
			r.Sent = &c.box
			for i := range copiesOnce + 3 {
				r.put(t, "INBOX", mail{from: fmt.Sprintf("a@host%d.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", i), id: fmt.Sprintf("%d@one.example", i)}, now.Add(-time.Hour))
			}
			if _, f := r.pass(t); f.Sent != copiesOnce+3 {
				t.Errorf("flush: %+v", f)
			}
			if c.box.asks != c.asks || len(c.box.ids) != c.copies {
				t.Errorf("asked %d times, copies of %d letters", c.box.asks, len(c.box.ids))
			}
			for id, n := range c.box.ids {
				if n != 1 {
					t.Errorf("%d copies of %s", n, id)
				}
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
