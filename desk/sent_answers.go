package desk

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// Staff also answer from their mail programs. Such an answer is found in the Sent
// folder, or somebody hands in its file. It is recorded with the requests that it
// answers, and closes none of them: a person decides whether the matter is settled.

// sentAnswer is a letter of staff to a person.
type sentAnswer struct {
	msg     *mailbox.Message
	numbers []string
	to      string // the person's address among its recipients
}

// answerOf finds out which requests a letter of staff answers: those of the letter that
// it replies to; if there are none, those of older letters of its thread; if there are
// none either, those whose numbers stand in its subject. Requests in which none of the
// recipients has a part do not count.
func (d *Desk) answerOf(ctx context.Context, m *mailbox.Message) (sentAnswer, error) {
	refs := references(m)
	for _, ids := range [][]string{refs[:min(len(refs), 1)], refs} {
		numbers, err := d.Store.ByMessageID(ctx, ids)
		if err != nil {
			return sentAnswer{}, err
		}
		if a, err := d.answerAbout(ctx, m, numbers); err != nil || len(a.numbers) > 0 {
			return a, err
		}
	}
	return d.answerAbout(ctx, m, numbersIn(m.Subject))
}

// answerAbout is the letter as an answer about those of the requests in which
// one of its recipients has a part.
func (d *Desk) answerAbout(ctx context.Context, m *mailbox.Message, numbers []string) (sentAnswer, error) {
	for _, to := range slices.Concat(m.To, m.Cc) {
		if to.Addr == "" || d.Operator.Own.Is(to.Addr) {
			continue
		}
		own, err := d.Store.WroteIn(ctx, to.Addr, numbers)
		if err != nil {
			return sentAnswer{}, err
		}
		if len(own) > 0 {
			return sentAnswer{msg: m, numbers: own, to: to.Addr}, nil
		}
	}
	return sentAnswer{}, nil
}

// record writes down an answer, whose bytes are in the spool. known: it had been
// recorded before.
func (d *Desk) record(ctx context.Context, a sentAnswer, spool *store.Spool, at time.Time, who string) (known bool, err error) {
	id := a.msg.MessageID
	if id == "" {
		id = "<" + spool.SHA256() + "@sent.invalid>"
	}
	_, known, err = d.Store.RecordAnswer(ctx, store.SentAnswer{
		Numbers: a.numbers, MessageID: id, To: a.to, Keys: capKeys(a.to), SentAt: d.sentAt(a.msg, at), Raw: spool, Actor: who,
	}, d.Now())
	if err == nil && !known {
		d.Log.InfoContext(ctx, "answer recorded", "numbers", strings.Join(a.numbers, ","))
	}
	return known, err
}

// sentAt is when an answer was sent: by its own Date, which is that of a colleague's
// mail program, unless there is none or it lies ahead; otherwise is taken then, unless it is
// none either.
func (d *Desk) sentAt(m *mailbox.Message, otherwise time.Time) time.Time {
	now := d.Now()
	for _, at := range []time.Time{m.Date, otherwise} {
		if !undated(at) && at.Before(now.Add(time.Hour)) {
			return at
		}
	}
	return now
}

// RecordAnswer records an answer to the request that somebody has as a file. to is the
// person's address where the register does not know it; "" otherwise. Refused: the file
// is no letter, the answer is known, or it went to somebody else.
func (d *Desk) RecordAnswer(ctx context.Context, number string, r io.Reader, limit int64, to string, who Actor) (store.Request, error) {
	q, err := d.Store.Request(ctx, number)
	if err != nil {
		return q, err
	}
	if q.Status == store.StatusDismissed {
		return q, fmt.Errorf("%s is %s: %w", number, q.Status, store.ErrStatus)
	}
	spool := d.Store.Spool()
	defer spool.Discard()
	if err := copyLetter(spool, r, limit); err != nil {
		return q, err
	}
	in, err := spool.Open()
	if err != nil {
		return q, err
	}
	m := mailbox.Parse(in)
	in.Close()
	if notLetter(m) {
		return q, refused("no_letter")
	}
	if d.isOurs(m.MessageID) {
		return q, refused("ours")
	}
	a := sentAnswer{msg: m, numbers: []string{q.Number}}
	if a.to, err = d.recipientIn(ctx, m, q.Number, to); err != nil {
		return q, err
	}
	known, err := d.record(ctx, a, spool, time.Time{}, who.String())
	if err != nil {
		return q, err
	}
	if known {
		return q, refused("answer_known")
	}
	return d.Store.Request(ctx, number)
}

// recipientIn is the person's address among the recipients of an answer.
func (d *Desk) recipientIn(ctx context.Context, m *mailbox.Message, number, named string) (string, error) {
	var others []string
	for _, to := range slices.Concat(m.To, m.Cc) {
		if to.Addr == "" || d.Operator.Own.Is(to.Addr) {
			continue
		}
		if named != "" && fold(named) == fold(to.Addr) {
			return to.Addr, nil
		}
		own, err := d.Store.WroteIn(ctx, to.Addr, []string{number})
		if err != nil {
			return "", err
		}
		if len(own) > 0 && named == "" {
			return to.Addr, nil
		}
		others = append(others, to.Addr)
	}
	return "", refused("not_to", strings.Join(others, ", "))
}
