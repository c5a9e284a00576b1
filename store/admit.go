package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// Admit takes a letter in: its ledger row, the letter with its bytes, the
// requests it makes (with their numbers and terms) and those it joins,
// the acknowledgement and the events, in one transaction. The cursor stays: it
// moves with the chunk, in Record.
//
// Admitted.Known says that the place was in the ledger, or that a person registers a
// letter that is registered already, and nothing was done.
// ErrNotFound: a request of Joins is gone. ErrStale: one was changed since it was read, or
// (Once) the same bytes are registered. Nothing was written.
func (db *DB) Admit(ctx context.Context, a Admission, at time.Time) (Admitted, error) {
	var done Admitted
	if len(a.Requests) == 0 && len(a.Joins) == 0 {
		return done, errors.New("admit letter: it neither makes a request nor joins one")
	}
	disk := synced
	if a.Unsynced {
		disk = behind
	}
	err := db.changeAs(ctx, disk, at, func(ctx context.Context, t *tx) (err error) {
		t.wordsLater = a.Unsynced && len(a.Joins) == 0
		done, err = t.admit(ctx, a)
		return err
	})
	if err != nil {
		return Admitted{}, fmt.Errorf("admit letter: %w", err)
	}
	return done, nil
}

func (t *tx) admit(ctx context.Context, a Admission) (done Admitted, err error) {
	if a.Apart {
		done.LetterID, err = joinedLetter(ctx, t, a.Raw.SHA256())
		if err != nil || done.LetterID == 0 {
			done.Known = true
			return done, err
		}
		return t.admitLetter(ctx, a, done)
	}
	if (a.ByHand != nil || a.Once) && a.Raw != nil {
		err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM letters l JOIN request_letters rl ON rl.letter = l.id WHERE l.raw_sha256 = ?)`,
			a.Raw.SHA256()).Scan(&done.Known)
		if done.Known && a.ByHand == nil {
			err = ErrStale
		}
		if err != nil || done.Known {
			return done, err
		}
	}
	var message int64
	if a.Place.Folder != "" {
		if message, done.Known, err = t.placeMessage(ctx, a); err != nil || done.Known {
			return done, err
		}
	}
	if done.LetterID, err = t.insertLetter(ctx, message, a.Letter, a.Raw); err != nil {
		return done, err
	}
	return t.admitLetter(ctx, a, done)
}

// admitLetter makes the requests of a letter that is in the register, and joins it to others.
func (t *tx) admitLetter(ctx context.Context, a Admission, done Admitted) (Admitted, error) {
	requests, err := t.register(ctx, a, done.LetterID)
	if err != nil {
		return done, err
	}
	for _, r := range requests {
		done.Numbers = append(done.Numbers, r.Number)
	}
	for _, c := range a.Joins {
		if err := t.joinRequest(ctx, c, done.LetterID, a.ByHand); err != nil {
			return done, err
		}
		done.Numbers = append(done.Numbers, c.Number)
	}
	if a.Ack != nil {
		mail := *a.Ack
		mail.LetterID = done.LetterID
		done.MailID, err = t.enqueue(ctx, mail, requests, a.Actor)
	}
	return done, err
}

// placeMessage writes the ledger row of a letter, or finds it where a person
// takes in what was filed as no request.
func (t *tx) placeMessage(ctx context.Context, a Admission) (id int64, known bool, err error) {
	folder, err := t.folderID(ctx, a.Place.Folder)
	if err != nil {
		return 0, false, err
	}
	var letters int
	err = t.QueryRowContext(ctx, `SELECT m.id, (SELECT count(*) FROM letters l WHERE l.message = m.id AND NOT (l.cut AND ?) AND `+hadWhole+`) FROM messages m
		WHERE m.folder = ? AND m.uidvalidity = ? AND m.uid = ?`, a.Whole, folder, a.Place.UIDValidity, a.Place.UID).Scan(&id, &letters)
	switch {
	case err == nil:
		return id, !a.Anew || letters > 0, nil
	case !errors.Is(err, sql.ErrNoRows):
		return 0, false, err
	}
	seen := a.Seen
	seen.UID = a.Place.UID
	if err := t.insertSeen(ctx, folder, a.Place.UIDValidity, []Seen{seen}); err != nil {
		return 0, false, err
	}
	return t.ledger.first, false, nil
}

func (t *tx) insertLetter(ctx context.Context, message int64, l Letter, raw *Spool) (int64, error) {
	row := fields{
		"size": l.Size, "received_at": instant(l.ReceivedAt), "date_header": instantOrNull(l.DateHeader),
		"junk": l.Junk, "cut": l.Cut, "trust": string(l.Trust), "language": string(l.Language),
		"verdict": string(l.Verdict), "confidence": string(l.Confidence), "prescribed": l.Prescribed,
		"reason_code": l.ReasonCode, "answer_code": l.AnswerCode, "troubles": jsonOrNull(l.Troubles), "via": textOrNull(l.Via),
	}
	if message != 0 {
		row["message"] = message
	}
	id, err := t.insert(ctx, "letters", row)
	if err != nil {
		return 0, err
	}
	if raw != nil {
		if err := t.insertRaw(ctx, id, l, raw); err != nil {
			return 0, err
		}
	}
	_, err = t.insert(ctx, "letters_private", fields{
		"id": id, "subject": l.Subject, "from_addr": l.FromAddr, "from_name": l.FromName,
		"from_folded": strings.ToLower(strings.Join([]string{l.FromAddr, l.FromName, l.Writer, l.WriterName}, " ")), "sender": fold(l.FromAddr), "reply_to": l.ReplyTo,
		"message_id": l.MessageID, "in_reply_to": l.InReplyTo, "refs": jsonOrNull(l.References), "marker": l.Marker,
		"reason_args": jsonOrNull(l.ReasonArgs), "text_digest": textOrNull(textDigests(l.Text, l.Enclosed)),
		"attachments": jsonOrNull(l.Attachments), "text": l.Text,
		"writer": textOrNull(l.Writer), "writer_name": textOrNull(l.WriterName), "writer_key": textOrNull(fold(l.Writer)),
	})
	return id, err
}

func (t *tx) insertRaw(ctx context.Context, id int64, l Letter, raw *Spool) error {
	r, err := raw.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	s, err := t.writeChunks(ctx, "letter_chunks", id, r)
	if err != nil {
		return err
	}
	if s.size != raw.Size() || s.rawSHA256 != raw.SHA256() {
		return errors.New("the spooled letter changed on the disk")
	}
	return t.set(ctx, "letters", id, fields{"raw_sha256": s.rawSHA256, "stored_sha256": s.asStored})
}

// register makes the requests of a letter, an event for each.
func (t *tx) register(ctx context.Context, a Admission, letter int64) ([]requestRow, error) {
	var done []requestRow
	for _, n := range a.Requests {
		r, err := t.insertRequest(ctx, newRequest{
			NewRequest: n, letter: letter, prefix: a.Prefix, policy: a.Policy, possibly: a.Possibly, receivedAt: a.Letter.ReceivedAt,
		})
		if err != nil {
			return nil, err
		}
		if err := t.append(ctx, Event{Actor: a.Actor, Code: EventRegistered, Number: r.Number, Detail: registeredDetail(n, letter, a.ByHand)}); err != nil {
			return nil, err
		}
		done = append(done, r)
	}
	if len(done) == 0 {
		return nil, nil
	}
	return done, t.keepPolicy(ctx, a)
}

// keepPolicy stores the text of the policy edition that the new requests name, unless it is
// stored already: without it nobody could tell later how their terms were counted.
func (t *tx) keepPolicy(ctx context.Context, a Admission) error {
	name := MetaPolicy + a.Policy.Digest
	var kept bool
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM meta WHERE name = ?)`, name).Scan(&kept)
	if err != nil || kept || a.PolicyText == nil {
		return err
	}
	return t.setMeta(ctx, name, string(a.PolicyText()))
}

// joinRequest adds the letter to a request it belongs to.
func (t *tx) joinRequest(ctx context.Context, c Change, letter int64, by *ByHand) error {
	r, err := t.changeable(ctx, c)
	if err != nil {
		return err
	}
	var pos int
	if err := t.QueryRowContext(ctx, `SELECT max(pos) + 1 FROM request_letters WHERE request = ?`, r.ID).Scan(&pos); err != nil {
		return err
	}
	if _, err := t.insert(ctx, "request_letters", fields{"request": r.ID, "pos": pos, "letter": letter}); err != nil {
		return err
	}
	says := More{ByHand: by, Letter: letter}
	if c.Says != nil {
		says.Trace = c.Says.Trace
	}
	c.Says = &says
	return t.apply(ctx, r, c)
}

// fold is the form in which addresses are looked up. Older rows have them as they were
// written: see rules.AddressSpellings.
func fold(addr string) string { return rules.AddressKey(addr) }
