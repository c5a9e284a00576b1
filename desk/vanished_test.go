package desk

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// moving is a mailbox in which somebody takes each letter out of a folder between its header
// and its body.
type moving struct {
	Inbox
	from string
	move func()

	open string
}

func (m *moving) Examine(ctx context.Context, folder string) (mailbox.FolderState, error) {
	m.open = folder
	return m.Inbox.Examine(ctx, folder)
}

func (m *moving) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	if m.open != m.from {
		return m.Inbox.Fetch(ctx, uid, w)
	}
	m.move()
	return 0, false, mailbox.ErrGone
}

const demandInText = "Прошу удалить все мои персональные данные из вашей базы."

// A letter that is moved to another watched folder while it is being read is one request,
// whatever of it says what it demands, and whichever folder is read first.
func TestMovedWhileRead(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		letter   mail
		status   store.Status
		kind     rules.Kind
	}{
		"the header demands": {"INBOX", "Junk", mail{subject: withdrawalMark, body: "Прошу."}, store.StatusOpen, "consent_withdrawal"},
		"the text demands":   {"INBOX", "Junk", mail{subject: "Здравствуйте", body: demandInText}, store.StatusOpen, "erasure"},
		"to the first":       {"Junk", "INBOX", mail{subject: "Здравствуйте", body: demandInText}, store.StatusOpen, "erasure"},
		"the header asks":    {"INBOX", "Junk", mail{subject: "Мои данные", body: demandInText}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.pass(t)
			c.letter.from, c.letter.id = "a@one.example", "1@one.example"
			at := now.Add(-time.Hour)
			r.put(t, c.from, c.letter, at)
			r.Inbox = &moving{Inbox: r.Inbox, from: c.from, move: func() { r.put(t, c.to, c.letter, at) }}
			r.pass(t)
			r.pass(t)
			all := r.all(t)
			if len(all) != 1 {
				t.Fatalf("%d requests: %+v", len(all), all)
			}
			q := r.request(t, all[0].Number)
			if c.status != "" && (q.Status != c.status || q.Kind != c.kind) {
				t.Errorf("%s as %q", q.Status, q.Kind)
			}
			if len(q.Letters) != 2 || !slices.Contains(q.Letters[0].Troubles, codeGone) || len(q.Letters[1].Troubles) != 0 ||
				q.Letters[1].AnswerCode != codeMoved || q.Letters[1].Text != c.letter.body {
				t.Errorf("letters: %+v", q.Letters)
			}
			if q.Ack.State != store.MailHeld {
				t.Errorf("acknowledgement: %+v", q.Ack)
			}
		})
	}
}

// A letter whose text demands something, and that is deleted before it could be read whole,
// is registered by what it was seen to demand.
func TestDeletedWhileRead(t *testing.T) {
	r := newRig(t)
	r.pass(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Здравствуйте", body: demandInText, id: "1@one.example"}, now.Add(-time.Hour))
	r.Inbox = &moving{Inbox: r.Inbox, from: "INBOX", move: func() {}}
	r.pass(t)
	all := r.all(t)
	if len(all) != 1 || all[0].Kind != "erasure" {
		t.Fatalf("requests: %+v", all)
	}
}

// Where the whole letter demands something else, too, than its header said, that is a
// request of its own.
func TestMovedWhileReadDemandsMore(t *testing.T) {
	r := newRig(t)
	r.pass(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Отзываю согласие. Кроме того, у меня претензия: верните мне деньги за услугу, которой не было.", id: "1@one.example"}
	at := now.Add(-time.Hour)
	r.put(t, "INBOX", m, at)
	r.Inbox = &moving{Inbox: r.Inbox, from: "INBOX", move: func() { r.put(t, "Junk", m, at) }}
	r.pass(t)
	r.pass(t)
	all := r.all(t)
	for _, q := range all {
		if q.Kind == "" && !slices.Contains(q.Candidates, "claim") || q.Kind != "" && q.Kind != "consent_withdrawal" {
			t.Errorf("%s as %q, perhaps %v", q.Number, q.Kind, q.Candidates)
		}
	}
	if len(all) != 2 {
		t.Errorf("%d requests", len(all))
	}
}

// A copy of a letter that is registered, and that is taken away before it could be read, is
// no second request.
func TestCopyTakenAway(t *testing.T) {
	r := newRig(t)
	r.pass(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}
	r.put(t, "INBOX", m, now.Add(-time.Hour))
	r.pass(t)
	r.put(t, "Junk", m, now.Add(-time.Hour))
	r.Inbox = &moving{Inbox: r.Inbox, from: "Junk", move: func() {}}
	p, _ := r.pass(t)
	if all := r.all(t); len(all) != 1 || len(p.Admitted) != 0 {
		t.Fatalf("%d requests, pass %+v", len(all), p)
	}
}

// Once a person has closed the case of the header, the whole letter is a request of its own,
// which names the other.
func TestMovedBackAfterClose(t *testing.T) {
	r := newRig(t)
	r.pass(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}
	at := now.Add(-time.Hour)
	r.put(t, "INBOX", m, at)
	r.Inbox = &moving{Inbox: r.Inbox, from: "INBOX", move: func() {}}
	p, _ := r.pass(t)
	if _, err := r.Close(t.Context(), p.Admitted[0], store.StatusRefused, "письма нет", r.steps("consent_withdrawal"), clerk); err != nil {
		t.Fatal(err)
	}
	r.put(t, "Junk", m, at)
	r.pass(t)
	all := r.all(t)
	if len(all) != 2 {
		t.Fatalf("%d requests", len(all))
	}
	for _, q := range all {
		if q = r.request(t, q.Number); q.Number != p.Admitted[0] && !slices.Contains(q.Possibly, p.Admitted[0]) {
			t.Errorf("%s may belong to %v", q.Number, q.Possibly)
		}
	}
}
