package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Enqueue queues a letter of ours about the requests (none for an alarm) and
// returns its id. ErrNotFound: one of the numbers is not in the register.
func (db *DB) Enqueue(ctx context.Context, m NewMail, numbers []string, at time.Time) (int64, error) {
	var id int64
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		requests, err := t.requestsOf(ctx, numbers)
		if err != nil {
			return err
		}
		id, err = t.enqueue(ctx, m, requests, Machine)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("queue letter: %w", err)
	}
	return id, nil
}

// enqueue writes the outbox row and its event.
func (t *tx) enqueue(ctx context.Context, m NewMail, requests []requestRow, actor string) (int64, error) {
	if m.State != MailQueued && m.State != MailHeld {
		return 0, fmt.Errorf("queue letter: it cannot begin as %q", m.State)
	}
	first := ""
	if len(requests) > 0 {
		first = requests[0].Number
		if m.LetterID == 0 && m.Purpose.Public() {
			m.LetterID = requests[0].letter
		}
	}
	row := fields{
		"purpose": string(m.Purpose), "state": string(m.State), "message_id": m.MessageID(first), "language": m.Language,
		"attempts": 0, "refusals": 0, "created_at": instant(t.at), "queued_at": instant(t.at), "next_attempt": instant(t.at),
		"reason_code": textOrNull(m.Reason.Code), "address_key": keyed(t.key, m.Keys.Address), "domain_key": keyed(t.key, m.Keys.Domain),
	}
	if m.LetterID != 0 {
		row["letter"] = m.LetterID
	}
	id, err := t.insert(ctx, "outbox", row)
	if err != nil {
		return 0, err
	}
	if _, err := t.insert(ctx, "outbox_private", fields{
		"id": id, "recipient": m.To, "data": m.Data, "reason_args": jsonOrNull(m.Reason.Args), "reply": "",
	}); err != nil {
		return 0, err
	}
	if err := t.keepRaw(ctx, id, m.Raw); err != nil {
		return 0, err
	}
	mail := Mail{ID: id, Purpose: m.Purpose, State: m.State}
	for _, r := range requests {
		mail.Requests = append(mail.Requests, r.Number)
		if _, err := t.insert(ctx, "outbox_requests", fields{"mail": id, "request": r.ID}); err != nil {
			return 0, err
		}
	}
	code := EventQueued
	if m.State == MailHeld {
		code = EventHeld
	}
	return id, t.appendMail(ctx, mail, actor, code, Detail{Reason: &m.Reason})
}

// keepRaw stores the bytes of a letter that is queued complete; other letters get theirs at
// their first claim.
func (t *tx) keepRaw(ctx context.Context, id int64, raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	s, err := t.writeChunks(ctx, "outbox_chunks", id, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return t.set(ctx, "outbox", id, fields{"raw_size": s.size, "raw_sha256": s.rawSHA256, "stored_sha256": s.asStored})
}

// appendMail writes what happened to a letter of ours into the history. A letter to a person
// gets an event for each of its requests. A letter to staff, which may speak of hundreds,
// gets one event without a number.
func (t *tx) appendMail(ctx context.Context, m Mail, actor, code string, d Detail) error {
	attempts := m.Attempts
	d.Mail, d.Purpose, d.Attempt = m.ID, m.Purpose, &attempts
	e := Event{Actor: actor, Code: code, Detail: d.Text()}
	if !m.Purpose.Public() || len(m.Requests) == 0 {
		return t.append(ctx, e)
	}
	for _, number := range m.Requests {
		e.Number = number
		if err := t.append(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Outbox returns the letters of ours in one of the states (all states if none
// is named), the oldest first, without their bytes.
func (db *DB) Outbox(ctx context.Context, states []MailState) ([]Mail, error) {
	tail, args := `ORDER BY o.id`, []any(nil)
	if len(states) > 0 {
		tail, args = `WHERE o.state IN (SELECT value FROM json_each(?)) ORDER BY o.id`, []any{jsonText(states)}
	}
	var list []Mail
	err := db.view(ctx, func(q querier) (err error) {
		list, err = loadMail(ctx, q, tail, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list outbox: %w", err)
	}
	return list, nil
}

// NextAttempt returns when the first queued letter of ours may be tried, except for the
// ones with these ids; the zero time if there is none.
func (db *DB) NextAttempt(ctx context.Context, than []int64) (at time.Time, err error) {
	err = db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT min(next_attempt) FROM outbox WHERE state = 'queued'
			AND id NOT IN (SELECT value FROM json_each(?))`, jsonText(append([]int64{}, than...))).Scan(asInstant{&at})
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the next letter: %w", err)
	}
	return at, nil
}

// Mail returns one letter of ours with its bytes, where they were made already.
func (db *DB) Mail(ctx context.Context, id int64) (Mail, error) {
	var m Mail
	err := db.view(ctx, func(q querier) (err error) {
		if m, err = findMail(ctx, q, id); err != nil || m.RawSHA256 == "" {
			return err
		}
		m.Raw, err = db.rawMail(ctx, q, m)
		if errors.Is(err, ErrNotFound) { // purged
			err = nil
		}
		return err
	})
	if err != nil {
		return Mail{}, fmt.Errorf("read letter of ours %d: %w", id, err)
	}
	return m, nil
}

func findMail(ctx context.Context, q querier, id int64) (Mail, error) {
	list, err := loadMail(ctx, q, `WHERE o.id = ?`, id)
	if err != nil {
		return Mail{}, err
	}
	if len(list) == 0 {
		return Mail{}, ErrNotFound
	}
	return list[0], nil
}

// reasonCode is the code of why a letter of ours is where it is: what it was held for is
// over once it is released.
const reasonCode = `CASE WHEN o.state <> 'queued' OR o.attempts > 0 THEN o.reason_code END`

func loadMail(ctx context.Context, q querier, tail string, args ...any) ([]Mail, error) {
	rows, err := q.QueryContext(ctx, `SELECT o.id, o.purpose, o.state, o.letter, o.message_id, o.language, o.attempts, o.refusals, o.created_at,
		o.queued_at, o.next_attempt, o.sent_at, `+reasonCode+`, o.raw_sha256, p.recipient, p.data, p.reason_args, p.reply,
		(SELECT json_group_array(number) FROM (SELECT r.number FROM outbox_requests m JOIN requests r ON r.id = m.request
			WHERE m.mail = o.id ORDER BY m.id))
		FROM outbox o LEFT JOIN outbox_private p ON p.id = o.id `+tail, args...)
	if err != nil {
		return nil, err
	}
	var list []Mail
	err = scanEach(rows, func() error {
		var m Mail
		err := rows.Scan(&m.ID, &m.Purpose, &m.State, asInt[int64]{&m.LetterID}, &m.MessageID, &m.Language, &m.Attempts, &m.Refusals,
			asInstant{&m.CreatedAt}, asInstant{&m.QueuedAt}, asInstant{&m.NextAttempt}, asInstant{&m.SentAt},
			asText[string]{&m.Reason.Code}, asText[string]{&m.RawSHA256}, asText[string]{&m.To}, asText[string]{&m.Data},
			asJSON{&m.Reason.Args}, asText[string]{&m.Reply}, asJSON{&m.Requests})
		list = append(list, m)
		return err
	})
	return list, err
}

// Release queues the held letters with these ids and returns how many they are. ErrNotFound,
// ErrStatus: one of them is not there or not held; then none is released.
func (db *DB) Release(ctx context.Context, ids []int64, actor string, at time.Time) (n int, err error) {
	err = db.change(ctx, at, func(ctx context.Context, t *tx) error {
		for _, id := range ids {
			if err := t.decide(ctx, id, MailQueued, actor, EventReleased, MailHeld); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("release letters: %w", err)
	}
	return len(ids), nil
}

// ReleaseTo queues one held letter, to an address that a person named. Only the
// history of this letter keeps the address before.
func (db *DB) ReleaseTo(ctx context.Context, id int64, to string, keys MailKeys, actor string, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		m, err := t.mailIn(ctx, id, MailHeld)
		if err != nil {
			return err
		}
		if m.RawSHA256 != "" {
			return fmt.Errorf("letter is made out already: %w", &About{strconv.FormatInt(id, 10), ErrStatus})
		}
		if err := t.set(ctx, "outbox", id, fields{
			"state": string(MailQueued), "refusals": 0, "queued_at": instant(at), "next_attempt": instant(at),
			"address_key": keyed(t.key, keys.Address), "domain_key": keyed(t.key, keys.Domain),
		}); err != nil {
			return err
		}
		if err := t.setPrivate(ctx, "outbox_private", id, fields{"recipient": to}); err != nil {
			return err
		}
		return t.appendMail(ctx, m, actor, EventReleased, Detail{Before: &Values{State: m.State}, Reason: &m.Reason, To: addressDetail{to, m.To}})
	})
	if err != nil {
		return fmt.Errorf("release letter: %w", err)
	}
	return nil
}

// Drop decides that a letter that has not gone out never will.
func (db *DB) Drop(ctx context.Context, id int64, actor string, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		return t.decide(ctx, id, MailDropped, actor, EventDropped, MailHeld, MailQueued, MailFailed, MailUncertain)
	})
	if err != nil {
		return fmt.Errorf("drop letter: %w", err)
	}
	return nil
}

// Resend queues a failed or uncertain letter once more, with the same bytes; one
// that waits for its next try goes out at the next pass.
func (db *DB) Resend(ctx context.Context, id int64, actor string, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		return t.decide(ctx, id, MailQueued, actor, EventResent, MailQueued, MailFailed, MailUncertain)
	})
	if err != nil {
		return fmt.Errorf("resend letter: %w", err)
	}
	return nil
}

// Resent reports whether a person resent a letter, after the instant since, that has not
// been tried since then.
func (db *DB) Resent(ctx context.Context, since time.Time) (bool, error) {
	resent := false
	err := db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outbox o JOIN events e ON e.seq = o.event
			WHERE o.state = 'queued' AND e.code = 'resent' AND e.at > ?)`, instant(since)).Scan(&resent)
	})
	if err != nil {
		return false, fmt.Errorf("look for resent letters: %w", err)
	}
	return resent, nil
}

// decide changes the state of a letter of ours, which must be one of from.
func (t *tx) decide(ctx context.Context, id int64, to MailState, actor, code string, from ...MailState) error {
	m, err := t.mailIn(ctx, id, from...)
	if err != nil {
		return err
	}
	row := fields{"state": string(to)}
	if to == MailQueued {
		row["refusals"], row["next_attempt"] = 0, instant(t.at)
		if m.State != MailQueued { // else it has been waiting all the time
			row["queued_at"] = instant(t.at)
		}
	}
	if err := t.set(ctx, "outbox", id, row); err != nil {
		return err
	}
	return t.appendMail(ctx, m, actor, code, Detail{Before: &Values{State: m.State}, Reason: &m.Reason})
}

// mailIn reads a letter that must be in one of the states.
func (t *tx) mailIn(ctx context.Context, id int64, from ...MailState) (Mail, error) {
	m, err := findMail(ctx, t, id)
	if err != nil {
		return m, fmt.Errorf("find letter: %w", &About{strconv.FormatInt(id, 10), err})
	}
	for _, state := range from {
		if m.State == state {
			return m, nil
		}
	}
	return m, fmt.Errorf("letter is %s: %w", m.State, &About{strconv.FormatInt(id, 10), ErrStatus})
}
