package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Reasons that the store itself gives for the state of a letter of ours.
const (
	ReasonRender    = "render"    // the letter could not be made; the argument says why
	ReasonDamaged   = "damaged"   // its bytes are no longer those of the first try, or what it stands on cannot be read
	ReasonRecovered = "recovered" // the program ended while it was being sent
)

// Claim takes the letter whose turn it is and marks it as being sent; nil when there is
// none. Those with the ids in not are left out. A letter whose last try ended for one of the
// reasons over need not wait until its next try: that reason holds no more. Nor must one
// that was queued or put off by a clock that was ahead.
//
// At its first claim, render makes the bytes of a letter, which every later try sends
// again. A letter that cannot be made is failed with ReasonRender or ReasonDamaged, and the
// next one is taken. If render panics, the letter is failed, too, and the panic goes on to
// the caller.
func (db *DB) Claim(ctx context.Context, at time.Time, render Render, not []int64, over []string) (*Mail, error) {
	var claimed *Mail
	var inHand int64
	defer func() {
		if v := recover(); v != nil {
			db.abandon(ctx, inHand, claimed != nil, at)
			panic(v)
		}
	}()
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		claimed = nil
		for {
			var id int64
			// NOT IN an empty array holds for every id; NULL would hold for none.
			err := t.QueryRowContext(ctx, `SELECT id FROM outbox WHERE state = 'queued'
				AND (next_attempt <= ? OR next_attempt > ? OR reason_code IN (SELECT value FROM json_each(?)))
				AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY next_attempt, id LIMIT 1`,
				instant(at), instant(at.Add(longestWait)), jsonOrNull(over), jsonText(append([]int64{}, not...))).Scan(&id)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			inHand = id
			if claimed, err = t.claim(ctx, id, render); err != nil || claimed != nil {
				return err
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("claim letter: %w", err)
	}
	return claimed, nil
}

// abandon fails a letter over which the program panicked: otherwise it would be claimed
// first again and again, or, if it was claimed already, count as being sent for as long as
// the process lives. That this may not work is no reason to hide the panic.
func (db *DB) abandon(ctx context.Context, id int64, claimed bool, at time.Time) {
	if id == 0 {
		return
	}
	from := []MailState{MailQueued}
	if claimed {
		from = append(from, MailSending)
	}
	_ = db.change(ctx, at, func(ctx context.Context, t *tx) error {
		m, err := t.mailIn(ctx, id, from...) // or somebody has decided about it since
		if err != nil {
			return err
		}
		return t.settle(ctx, m, Settlement{State: MailFailed, Reason: rules.Reason{Code: ReasonRender}})
	})
}

// longestWait is more than any letter waits for its next try.
const longestWait = 24 * time.Hour

// claim returns nil for a letter that it had to settle as failed.
func (t *tx) claim(ctx context.Context, id int64, render Render) (*Mail, error) {
	m, err := findMail(ctx, t, id)
	if errors.Is(err, ErrDamaged) {
		return nil, t.settle(ctx, Mail{ID: id}, Settlement{State: MailFailed, Reason: rules.Reason{Code: ReasonDamaged}})
	}
	if err != nil {
		return nil, err
	}
	row := fields{"state": string(MailSending), "attempts": m.Attempts + 1}
	if m.QueuedAt.After(t.at.Add(longestWait)) { // by a clock that was ahead: the tries count from now
		row["queued_at"], m.QueuedAt = instant(t.at), t.at
	}
	var trouble rules.Reason
	made := m.RawSHA256 != ""
	if made {
		m.Raw, err = t.rawMail(ctx, t, m)
	} else {
		trouble, err = t.render(ctx, &m, render, row)
	}
	if errors.Is(err, ErrDamaged) || made && errors.Is(err, ErrNotFound) {
		trouble, err = rules.Reason{Code: ReasonDamaged}, nil
	}
	if err != nil {
		return nil, err
	}
	if trouble.Code != "" {
		return nil, t.settle(ctx, m, Settlement{State: MailFailed, Reason: trouble})
	}
	if err := t.set(ctx, "outbox", id, row); err != nil {
		return nil, err
	}
	m.State = MailSending
	m.Attempts++
	return &m, t.appendMail(ctx, m, Machine, EventClaimed, Detail{})
}

// render makes the bytes of a letter and keeps them; row takes their digests.
// A letter that cannot be made is a reason, not an error.
func (t *tx) render(ctx context.Context, m *Mail, render Render, row fields) (rules.Reason, error) {
	letter, err := findLetter(ctx, t, m.LetterID)
	if err != nil {
		return rules.Reason{}, err
	}
	var requests []Request
	if m.Purpose.Public() { // what staff is told stands in m.Data, and is about hundreds
		if requests, err = t.wholeRequestsOf(ctx, m.Requests); err != nil {
			return rules.Reason{}, err
		}
	}
	raw, err := render(*m, letter, requests)
	if err == nil && len(raw) == 0 {
		err = errors.New("the letter is empty")
	}
	if err != nil {
		return rules.Reason{Code: ReasonRender, Args: []string{err.Error()}}, nil
	}
	s, err := t.writeChunks(ctx, "outbox_chunks", m.ID, bytes.NewReader(raw))
	if err != nil {
		return rules.Reason{}, err
	}
	row["raw_size"], row["raw_sha256"], row["stored_sha256"] = s.size, s.rawSHA256, s.asStored
	m.Raw, m.RawSHA256 = raw, s.rawSHA256
	return rules.Reason{}, nil
}

// wholeRequestsOf reads the requests of the numbers, in their order, with all there is.
func (t *tx) wholeRequestsOf(ctx context.Context, numbers []string) ([]Request, error) {
	list, err := t.requestsOf(ctx, numbers)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Terms = nil // complete reads them again
	}
	if err := complete(ctx, t, list, true); err != nil {
		return nil, err
	}
	requests := make([]Request, len(list))
	for i := range list {
		requests[i] = list[i].Request
	}
	return requests, nil
}

// rawMail reads the bytes of a letter of ours. ErrNotFound: there are none.
func (c *codec) rawMail(ctx context.Context, q querier, m Mail) ([]byte, error) {
	var b bytes.Buffer
	s, err := c.readChunks(ctx, q, "outbox_chunks", m.ID, &b)
	switch {
	case err != nil:
		return nil, err
	case s.pieces == 0:
		return nil, fmt.Errorf("bytes of letter of ours %d: %w", m.ID, ErrNotFound)
	case s.rawSHA256 != m.RawSHA256:
		return nil, fmt.Errorf("%w: bytes of letter of ours %d", ErrDamaged, m.ID)
	}
	return b.Bytes(), nil
}

// Settle writes down how a try to send ended. ErrStatus: the letter is not
// being sent.
func (db *DB) Settle(ctx context.Context, id int64, s Settlement, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		m, err := t.mailIn(ctx, id, MailSending)
		if err != nil {
			return err
		}
		return t.settle(ctx, m, s)
	})
	if err != nil {
		return fmt.Errorf("settle letter: %w", err)
	}
	return nil
}

func (t *tx) settle(ctx context.Context, m Mail, s Settlement) error {
	row := fields{"state": string(s.State), "reason_code": textOrNull(s.Reason.Code), "enhanced_code": textOrNull(s.Enhanced)}
	row["reply_code"] = nil
	if s.Code != 0 {
		row["reply_code"] = s.Code
	}
	var code string
	switch s.State {
	case MailSent:
		code = EventSent
		row["sent_at"] = instant(t.at)
	case MailFailed:
		code = EventFailed
	case MailUncertain:
		code = EventUncertain
	case MailQueued:
		code = EventDeferred
		if s.NextAttempt.IsZero() {
			return fmt.Errorf("letter %d: no next attempt named", m.ID)
		}
		row["next_attempt"] = instant(s.NextAttempt)
		if s.Refused {
			row["refusals"] = m.Refusals + 1
		}
	default:
		return fmt.Errorf("letter %d: a try cannot end as %q", m.ID, s.State)
	}
	if err := t.set(ctx, "outbox", m.ID, row); err != nil {
		return err
	}
	if err := t.setPrivate(ctx, "outbox_private", m.ID, fields{"reply": s.Reply, "reason_args": jsonOrNull(s.Reason.Args)}); err != nil {
		return err
	}
	return t.appendMail(ctx, m, Machine, code, Detail{Reason: &s.Reason, Code: &s.Code, Enhanced: &s.Enhanced, Reply: &s.Reply, SHA256: &m.RawSHA256})
}

// Recover makes uncertain what was being sent when the program ended, and
// returns how many letters that were. Only the one process that sends calls
// it, before its first Claim.
func (db *DB) Recover(ctx context.Context, at time.Time) (int, error) {
	n := 0
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		n = 0
		list, err := loadMail(ctx, t, `WHERE o.state = 'sending' ORDER BY o.id`)
		if err != nil {
			return err
		}
		for _, m := range list {
			if err := t.settle(ctx, m, Settlement{State: MailUncertain, Reason: rules.Reason{Code: ReasonRecovered}, Reply: m.Reply}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("recover outbox: %w", err)
	}
	return n, nil
}

// QueuedBefore counts the letters of ours that have been queued since before an instant, or
// are being sent by now.
func (db *DB) QueuedBefore(ctx context.Context, at time.Time) (n int, err error) {
	err = db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending') AND queued_at < ?`, instant(at)).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count outbox: %w", err)
	}
	return n, nil
}

// NoneSince returns when the last of the letters was queued that wait since before an instant,
// except for the ones with these ids, if none of ours has been sent since; zero if one has.
func (db *DB) NoneSince(ctx context.Context, at time.Time, than []int64) (since time.Time, err error) {
	err = db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT max(w.queued_at) FROM outbox w WHERE w.state IN ('queued', 'sending') AND w.queued_at < ?1
			AND w.id NOT IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (SELECT 1 FROM outbox s
				WHERE s.state = 'sent' AND s.next_attempt > ?3 AND s.sent_at >= w.queued_at)`,
			instant(at), jsonText(append([]int64{}, than...)), instant(at.Add(-longestLost))).Scan(asInstant{&since})
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look when mail was sent: %w", err)
	}
	return since, nil
}
