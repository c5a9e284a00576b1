package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// requestRow is a request with the letter that made it.
type requestRow struct {
	Request
	letter int64
}

// batch is how many requests one query completes; memory and statement size
// stay bounded however many are listed.
const batch = 1000

// findRequest reads one request with its terms, to be changed.
func (t *tx) findRequest(ctx context.Context, number string) (requestRow, error) {
	return findRequest(ctx, t, number)
}

func findRequest(ctx context.Context, q querier, number string) (requestRow, error) {
	list, err := loadRequests(ctx, q, `WHERE r.number = ?`, number)
	if err != nil {
		return requestRow{}, err
	}
	if len(list) == 0 {
		return requestRow{}, fmt.Errorf("request %s: %w", number, ErrNotFound)
	}
	return list[0], loadTerms(ctx, q, list)
}

// loadRequests reads the rows that tail selects, without what stands in other
// tables.
func loadRequests(ctx context.Context, q querier, tail string, args ...any) ([]requestRow, error) {
	rows, err := q.QueryContext(ctx, `SELECT r.id, r.number, r.kind, r.candidates, r.status, r.letter, r.received_at, r.received_on,
		r.registered_at, r.act_by, r.consumer, r.documents, r.waits, r.assignee, r.policy, r.policy_edition, r.policy_digest,
		r.outcome_code, p.outcome_args, p.sender, r.revision, r.possibly, r.steps
		FROM requests r LEFT JOIN requests_private p ON p.id = r.id `+tail, args...)
	if err != nil {
		return nil, err
	}
	var list []requestRow
	err = scanEach(rows, func() error {
		var r requestRow
		r.Ack.State = MailNone
		err := rows.Scan(&r.ID, &r.Number, &r.Kind, asJSON{&r.Candidates}, &r.Status, &r.letter, asInstant{&r.ReceivedAt},
			asDate{&r.ReceivedOn}, asInstant{&r.RegisteredAt}, asDate{&r.ActBy}, asBool{&r.Consumer}, asDate{&r.Documents},
			asJSON{&r.Waits}, &r.Assignee, &r.Policy.Name, asDate{&r.Policy.Edition}, &r.Policy.Digest,
			asText[string]{&r.Outcome.Code}, asJSON{&r.Outcome.Args}, asText[string]{&r.Sender}, &r.Revision, asJSON{&r.Possibly}, asJSON{&r.Steps})
		list = append(list, r)
		return err
	})
	return list, err
}

// The queries below say CROSS JOIN because SQLite keeps the order of such a
// join: from the few requests to their rows, never from all rows to the few.

// complete adds terms, letters and the acknowledgement to each request, in a
// fixed number of queries a batch.
func complete(ctx context.Context, q querier, list []requestRow, withText bool) error {
	for start := 0; start < len(list); start += batch {
		part := list[start:min(start+batch, len(list))]
		if err := loadTerms(ctx, q, part); err != nil {
			return err
		}
		if err := loadLetters(ctx, q, part, withText); err != nil {
			return err
		}
		if err := loadAcks(ctx, q, part); err != nil {
			return err
		}
	}
	return nil
}

// byID returns the ids as a JSON array for json_each, and where each request is.
func byID(list []requestRow) (string, map[int64]*requestRow) {
	ids, at := make([]int64, len(list)), make(map[int64]*requestRow, len(list))
	for i := range list {
		ids[i] = list[i].ID
		at[list[i].ID] = &list[i]
	}
	return jsonText(ids), at
}

func loadTerms(ctx context.Context, q querier, list []requestRow) error {
	ids, at := byID(list)
	rows, err := q.QueryContext(ctx, `SELECT request, term, kind, name, basis, source, condition, days, unit, from_date, day_one, due,
		provisional, named, checked FROM json_each(?) k CROSS JOIN terms t ON t.`+termsOf("k.value")+` ORDER BY t.id`, ids)
	if err != nil {
		return err
	}
	words := knownTexts{} // a few, in many terms
	return scanEach(rows, func() error {
		var request int64
		var t Term
		err := rows.Scan(&request, &t.ID, &t.Kind, words.into(&t.Name), words.into(&t.Basis), &t.Source, &t.Condition, &t.Days, &t.Unit,
			asDate{&t.From}, asDate{&t.DayOne}, asDate{&t.Due}, &t.Provisional, &t.Named, asDate{&t.Checked})
		if err != nil {
			return err
		}
		r := at[request]
		r.Terms = append(r.Terms, t)
		return nil
	})
}

const letterColumns = `l.id, l.via, f.name, m.uidvalidity, m.uid, l.size, l.received_at, l.date_header, l.raw_sha256, l.junk, l.cut, l.trust,
	l.language, l.verdict, l.confidence, l.prescribed, l.reason_code, l.answer_code, l.troubles, p.subject, p.from_addr, p.from_name,
	p.reply_to, p.message_id, p.in_reply_to, p.refs, p.marker, p.reason_args, p.attachments, p.writer, p.writer_name,
	g.name, l.filed_validity, l.filed_uid`

const letterTables = `letters l LEFT JOIN letters_private p ON p.id = l.id
	LEFT JOIN messages m ON m.id = l.message LEFT JOIN folders f ON f.id = m.folder
	LEFT JOIN folders g ON g.id = l.filed_folder`

func (l *Letter) columns() []any {
	return []any{&l.ID, asText[Via]{&l.Via}, asText[string]{&l.Place.Folder}, asUint32{&l.Place.UIDValidity}, asUint32{&l.Place.UID}, &l.Size,
		asInstant{&l.ReceivedAt}, asInstant{&l.DateHeader}, asText[string]{&l.RawSHA256}, &l.Junk, &l.Cut, &l.Trust,
		&l.Language, &l.Verdict, &l.Confidence, &l.Prescribed, &l.ReasonCode, &l.AnswerCode, asJSON{&l.Troubles},
		asText[string]{&l.Subject}, asText[string]{&l.FromAddr}, asText[string]{&l.FromName}, asText[string]{&l.ReplyTo},
		asText[string]{&l.MessageID}, asText[string]{&l.InReplyTo}, asJSON{&l.References}, asText[string]{&l.Marker},
		asJSON{&l.ReasonArgs}, asJSON{&l.Attachments},
		asText[string]{&l.Writer}, asText[string]{&l.WriterName},
		asText[string]{&l.Filed.Folder}, asUint32{&l.Filed.UIDValidity}, asUint32{&l.Filed.UID}}
}

func loadLetters(ctx context.Context, q querier, list []requestRow, withText bool) error {
	text := "''"
	if withText {
		text = "p.text"
	}
	const last = `(SELECT max(pos) FROM request_letters x WHERE x.request = k.value)`
	ids, at := byID(list)
	rows, err := q.QueryContext(ctx, `SELECT rl.request, `+last+`, `+text+`, `+letterColumns+` FROM json_each(?) k
		CROSS JOIN request_letters rl ON rl.request = k.value AND (rl.pos = 1 OR rl.pos > `+last+` - ?)
		CROSS JOIN `+letterTables+` WHERE l.id = rl.letter ORDER BY rl.request, rl.pos`, ids, MaxLetters-1)
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var request int64
		var l Letter
		var count int
		err := rows.Scan(append([]any{&request, &count, asText[string]{&l.Text}}, l.columns()...)...)
		if err != nil {
			return err
		}
		r := at[request]
		r.Letters, r.LetterCount = append(r.Letters, l), count
		return nil
	})
}

// findLetter reads one letter with its text; the zero Letter for id 0.
func findLetter(ctx context.Context, q querier, id int64) (Letter, error) {
	var l Letter
	if id == 0 {
		return l, nil
	}
	err := q.QueryRowContext(ctx, `SELECT p.text, `+letterColumns+` FROM `+letterTables+` WHERE l.id = ?`, id).
		Scan(append([]any{asText[string]{&l.Text}}, l.columns()...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("letter %d: %w", id, ErrNotFound)
	}
	return l, err
}

// loadAcks finds what became of the acknowledgement of the first letter; of
// several (a receipt, then the acknowledgement proper) the last one counts.
func loadAcks(ctx context.Context, q querier, list []requestRow) error {
	letters, of := make([]int64, len(list)), map[int64][]*requestRow{}
	for i := range list {
		letters[i] = list[i].letter
		of[list[i].letter] = append(of[list[i].letter], &list[i])
	}
	rows, err := q.QueryContext(ctx, `SELECT o.letter, o.id, o.state, o.sent_at, `+reasonCode+`, p.reason_args
		FROM json_each(?) k CROSS JOIN outbox o ON o.letter = k.value AND o.purpose = 'acknowledgement'
		LEFT JOIN outbox_private p ON p.id = o.id AND o.reason_code IS NOT NULL ORDER BY o.id`, jsonText(letters))
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var letter int64
		var a AckState
		err := rows.Scan(&letter, &a.MailID, &a.State, asInstant{&a.At}, asText[string]{&a.Reason.Code}, asJSON{&a.Reason.Args})
		for _, r := range of[letter] {
			r.Ack = a
		}
		return err
	})
}
