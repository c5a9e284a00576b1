package desk

import (
	"bytes"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What staff decides between the look at a request and the writing of the letter
// that joins it counts: a letter that comes in as its request is closed opens it.
func TestJoinBesideStaff(t *testing.T) {
	r, q, ack := asked(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Вы ошиблись, прошу проверить ещё раз.", id: "2@one.example", fields: inThread(ack)}, now)
	beside := &rig{Desk: New(r.Options)}
	looked, closed := false, false
	r.testOnlyStep = func(step string) { looked = looked || step == "letter spooled" }
	r.Now = func() time.Time { // the last that is asked for before the letter is written
		if looked && !closed {
			closed = true
			beside.become(t, q.Number, store.StatusDone)
		}
		return now
	}
	p, _ := r.pass(t)
	if after := r.request(t, q.Number); !closed || p.Joined != 1 || after.Status != store.StatusOpen || after.LetterCount != 2 {
		t.Errorf("closed: %v; joined %d; the request is %s with %d letters", closed, p.Joined, after.Status, after.LetterCount)
	}
}

// A letter that opens a request leaves it no reason for being closed.
func TestJoinTakesOutcome(t *testing.T) {
	r, q, ack := asked(t)
	r.become(t, q.Number, store.StatusRefused)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Прикладываю паспорт.", id: "2@one.example", fields: inThread(ack)}, now)
	r.pass(t)
	if after := r.request(t, q.Number); after.Status != store.StatusOpen || after.Outcome.Code != "" {
		t.Errorf("%s, closed because of %+v", after.Status, after.Outcome)
	}
}

// linked is a rig with three withdrawals of one person from three addresses, the
// third linked to the second and that to the first, and the acknowledgements.
func linked(t *testing.T) (r *rig, numbers []string, acks []*mailbox.Message) {
	t.Helper()
	r = newRig(t)
	for i, from := range []string{"a@one.example", "a@two.example", "a@three.example"} {
		r.put(t, "INBOX", mail{from: from, subject: withdrawalMark, body: "Прошу прекратить обработку, пишу с адреса " + from, id: from}, now.Add(time.Duration(i-3)*time.Hour))
		p, f := r.pass(t)
		if len(p.Admitted) != 1 || f.Sent != 1 {
			t.Fatalf("%s: %+v %+v", from, p, f)
		}
		numbers = append(numbers, p.Admitted[0])
		acks = append(acks, mailbox.Parse(bytes.NewReader(r.box.Sent()[i].Raw)))
	}
	for i := 2; i > 0; i-- {
		if _, err := r.Link(t.Context(), numbers[i-1], numbers[i], staffer); err != nil {
			t.Fatal(err)
		}
	}
	return r, numbers, acks
}

// What answers a letter of ours about a linked request, or names its number, joins
// the one that answers for its letters now; the linked one stays closed.
func TestJoinLinked(t *testing.T) {
	for name, c := range map[string]struct {
		subject string
		thread  bool
	}{
		"thread": {"Re: обращение", true},
		"number": {"По обращению LK-2026-000003", false},
	} {
		t.Run(name, func(t *testing.T) {
			r, numbers, acks := linked(t)
			m := mail{from: "a@three.example", subject: c.subject, body: "Прикладываю паспорт.", id: "4@three.example"}
			if c.thread {
				m.fields = inThread(acks[2])
			}
			r.put(t, "INBOX", m, now)
			if p, _ := r.pass(t); p.Joined != 1 || p.Admitted[0] != numbers[0] {
				t.Errorf("pass: %+v", p)
			}
			for i, n := range numbers {
				q := r.request(t, n)
				if q.Status.Closed() != (i > 0) || i > 0 && linkedTo(q.Outcome) != numbers[i-1] || i == 0 && q.LetterCount != 4 {
					t.Errorf("%s is %s, %d letters, %+v", n, q.Status, q.LetterCount, q.Outcome)
				}
			}
		})
	}
}

// Letters that were linked and taken back are no longer counted.
func TestLettersOfUnlinked(t *testing.T) {
	r, numbers, acks := linked(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: обращение", body: "Прикладываю паспорт.", id: "4@one.example", fields: inThread(acks[0])}, now)
	r.pass(t)
	for i, n := range []string{numbers[2], numbers[1]} {
		if _, err := r.Reopen(t.Context(), n, "другой человек", staffer); err != nil {
			t.Fatal(err)
		}
		q := r.request(t, numbers[0])
		if left := 3 - i; len(q.Letters) != left || q.LetterCount != left || q.Letters[left-1].MessageID != "<4@one.example>" {
			t.Errorf("%s taken back: %d letters, counted as %d", n, len(q.Letters), q.LetterCount)
		}
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// A linked request is counted with the one that answers for it; an answer that follows
// the closing does not put it off.
func TestStatsOfClosing(t *testing.T) {
	r, numbers, _ := linked(t)
	r.become(t, numbers[0], store.StatusDone)
	r.Now = func() time.Time { return now.AddDate(0, 3, 0) }
	draft, err := r.DraftAnswer(t.Context(), numbers[0], Reply{Text: "Копия ответа."}, clerk)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.SendAnswer(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	s, err := r.Stats(t.Context(), rules.NewDate(2026, 1, 1), rules.NewDate(2026, 12, 31))
	if want := (InTime{Met: 1}); err != nil || s.Policy != want || s.Law != want || s.Done != 1 || s.Closed != 1 || s.Linked != 2 {
		t.Errorf("stats %+v %v", s, err)
	}
}
