package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
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

// The whole of a letter, of which only the beginning is here, joins the request that has that
// beginning, under the same UID and where the letter was moved to: it makes no other request,
// and nothing is sent. Before imap.max_size is raised it is said that it must be.
func TestWholeLetterJoinsItsBeginning(t *testing.T) {
	for _, moved := range []bool{false, true} {
		r := newRig(t)
		large := r.Inbox
		r.smallInbox(t)
		m := mail{from: "a@one.example", subject: withdrawalMark, body: strings.Repeat("Прошу исполнить. ", 10_000), id: "1@one.example"}
		r.put(t, "INBOX", m, now.Add(-time.Hour))
		r.pass(t)
		folder := "INBOX"
		if moved {
			folder = "Junk"
			r.put(t, folder, m, now.Add(-time.Hour))
		}
		var no *Refused
		if _, err := r.RegisterUID(t.Context(), "INBOX", 1, ByHand{}, clerk); !errors.As(err, &no) || no.Code != "cut" {
			t.Errorf("still over the limit: %v", err)
		}
		r.Inbox = large
		before, sent := r.all(t)[0], len(r.box.Sent())
		done, err := r.RegisterUID(t.Context(), folder, 1, ByHand{Kinds: []rules.Kind{before.Kind}}, clerk)
		if err != nil || !done.Joined || !done.Whole {
			t.Fatalf("moved %t: %+v, %v", moved, done, err)
		}
		list := r.all(t)
		if len(list) != 1 || len(list[0].Letters) != 2 || list[0].Status != before.Status || list[0].ActBy != before.ActBy {
			t.Fatalf("moved %t: %+v", moved, list)
		}
		if first, whole := list[0].Letters[0], list[0].Letters[1]; !first.Cut || first.RawSHA256 != before.Letters[0].RawSHA256 || whole.Cut || whole.AnswerCode != codeMoved {
			t.Errorf("moved %t: %+v, then %+v", moved, first, whole)
		}
		if e, _ := r.lastEvent(t, before.Number); e.Code != store.EventJoined || !strings.Contains(e.Detail, `"whole":true`) {
			t.Errorf("the history says %s %s", e.Code, e.Detail)
		}
		r.pass(t)
		if n := len(r.box.Sent()); n != sent || len(r.all(t)) != 1 {
			t.Errorf("moved %t: %d letters sent, before %d", moved, n, sent)
		}
		if _, err := r.RegisterUID(t.Context(), folder, 1, ByHand{}, clerk); !errors.As(err, &no) || no.Code != "joined" {
			t.Errorf("once more: %v", err)
		}
		r.soundHistory(t)
	}
}

// Where a person finds another demand in the whole letter, it makes a request, too.
func TestWholeLetterOfAnotherKind(t *testing.T) {
	r := newRig(t)
	large := r.Inbox
	r.smallInbox(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: strings.Repeat("Прошу исполнить. ", 10_000), id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	r.Inbox = large
	first := r.all(t)[0].Number
	done, err := r.RegisterUID(t.Context(), "INBOX", 1, ByHand{Kinds: []rules.Kind{"claim"}}, clerk)
	if err != nil || done.Joined || len(done.Numbers) != 1 || done.Numbers[0] == first {
		t.Fatalf("%+v, %v", done, err)
	}
	if n := len(r.request(t, first).Letters); n != 2 {
		t.Errorf("the first request has %d letters", n)
	}
	if q := r.request(t, done.Numbers[0]); q.Kind != "claim" || len(q.Letters) != 1 || q.Letters[0].Cut || strings.Join(q.Possibly, " ") != first {
		t.Errorf("%+v", q)
	}
	r.soundHistory(t)
}
