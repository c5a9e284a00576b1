package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// EventAnswerRecorded is the event of an answer that staff sent from a mail
// program, and that was found in the Sent folder or handed in.
const EventAnswerRecorded = "answer_recorded"

// SentAnswer is such an answer. It stands in the outbox as sent, byte for byte.
type SentAnswer struct {
	Numbers   []string
	MessageID string // with <>
	To        string
	Keys      MailKeys
	SentAt    time.Time
	Raw       *Spool
	Actor     string
}

// RecordAnswer writes the answer down. known: a letter of ours with this
// Message-ID is there already, and nothing was done. ErrNotFound: there is no
// such request.
func (db *DB) RecordAnswer(ctx context.Context, a SentAnswer, at time.Time) (id int64, known bool, err error) {
	err = db.change(ctx, at, func(ctx context.Context, t *tx) error {
		switch err := t.QueryRowContext(ctx, `SELECT id FROM outbox WHERE message_id = ? LIMIT 1`, a.MessageID).Scan(&id); {
		case err == nil:
			known = true
			return nil
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		requests, err := t.requestsOf(ctx, a.Numbers)
		if err != nil {
			return err
		}
		if id, err = t.insertAnswer(ctx, a, requests); err != nil {
			return err
		}
		m := Mail{ID: id, Purpose: PurposeAnswer, State: MailSent}
		for _, r := range requests {
			m.Requests = append(m.Requests, r.Number)
		}
		return t.appendMail(ctx, m, a.Actor, EventAnswerRecorded, Detail{To: a.To, SentAt: instant(a.SentAt)})
	})
	if err != nil {
		return 0, false, fmt.Errorf("record answer: %w", err)
	}
	return id, known, nil
}

// insertAnswer writes the outbox rows of an answer that has gone out.
func (t *tx) insertAnswer(ctx context.Context, a SentAnswer, requests []requestRow) (int64, error) {
	if len(requests) == 0 {
		return 0, errors.New("an answer answers at least one request")
	}
	id, err := t.insert(ctx, "outbox", fields{
		"purpose": string(PurposeAnswer), "state": string(MailSent), "letter": requests[0].letter, "message_id": a.MessageID, "language": "",
		"attempts": 0, "refusals": 0, "created_at": instant(t.at), "queued_at": instant(a.SentAt), "next_attempt": instant(a.SentAt), "sent_at": instant(a.SentAt),
		"address_key": keyed(t.key, a.Keys.Address), "domain_key": keyed(t.key, a.Keys.Domain),
	})
	if err != nil {
		return 0, err
	}
	r, err := a.Raw.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	s, err := t.writeChunks(ctx, "outbox_chunks", id, r)
	if err != nil {
		return 0, err
	}
	if err := t.set(ctx, "outbox", id, fields{"raw_size": s.size, "raw_sha256": s.rawSHA256, "stored_sha256": s.asStored}); err != nil {
		return 0, err
	}
	if _, err := t.insert(ctx, "outbox_private", fields{"id": id, "recipient": a.To, "data": "{}", "reply": ""}); err != nil {
		return 0, err
	}
	for _, q := range requests {
		if _, err := t.insert(ctx, "outbox_requests", fields{"mail": id, "request": q.ID}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// answeredAt is when the last answer about a request went out, zero for none.
func answeredAt(ctx context.Context, q querier, request int64) (at time.Time, err error) {
	err = q.QueryRowContext(ctx, `SELECT max(o.sent_at) FROM outbox_requests m CROSS JOIN outbox o ON o.id = m.mail
		WHERE m.request = ? AND o.purpose = 'answer' AND o.state = 'sent'`, request).Scan(asInstant{&at})
	return at, err
}

// Answered returns which of the requests were answered after their last letter came and after
// they were last reopened: all that is left to do is to close them.
func (db *DB) Answered(ctx context.Context, numbers []string) (found map[string]bool, err error) {
	err = db.view(ctx, func(q querier) error {
		found, err = answered(ctx, q, numbers)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up answers: %w", err)
	}
	return found, nil
}

func answered(ctx context.Context, q querier, numbers []string) (map[string]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT r.number FROM json_each(?) k CROSS JOIN requests r ON r.number = k.value
		WHERE (SELECT max(o.sent_at) FROM outbox_requests m CROSS JOIN outbox o ON o.id = m.mail
			WHERE m.request = r.id AND o.purpose = 'answer' AND o.state = 'sent') > max(
			coalesce((SELECT max(l.received_at) FROM request_letters rl CROSS JOIN letters l ON l.id = rl.letter WHERE rl.request = r.id), ''),
			coalesce((SELECT max(e.at) FROM events e WHERE e.number = r.number AND e.number <> '' AND e.code = '`+EventReopened+`'), ''))`,
		jsonText(numbers))
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	return found, scanEach(rows, func() error {
		var number string
		err := rows.Scan(&number)
		found[number] = true
		return err
	})
}
