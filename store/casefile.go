package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// EachLetter calls f with every letter of a request, in their order, with its
// text; those that were purged have only what is not personal. It stops at the
// first error of f.
func (db *DB) EachLetter(ctx context.Context, number string, f func(pos int, l Letter) error) error {
	ids, err := queryIDs(ctx, db.read, `SELECT rl.letter FROM requests r JOIN request_letters rl ON rl.request = r.id
		WHERE r.number = ? ORDER BY rl.pos`, number)
	if err != nil {
		return fmt.Errorf("read letters of %s: %w", number, explain(err))
	}
	for i, id := range ids {
		l, err := findLetter(ctx, db.read, id)
		if err != nil {
			return fmt.Errorf("read letters of %s: %w", number, explain(err))
		}
		if err := f(i+1, l); err != nil {
			return err
		}
	}
	return nil
}

// MailsTo returns what was written to people about a request, the oldest
// first, without the bytes; letters to staff, which speak of others too, are
// left out.
func (db *DB) MailsTo(ctx context.Context, number string) ([]Mail, error) {
	var list []Mail
	err := db.view(ctx, func(q querier) (err error) {
		list, err = loadMail(ctx, q, `WHERE o.id IN (SELECT m.mail FROM requests r JOIN outbox_requests m ON m.request = r.id WHERE r.number = ?)
			AND +o.purpose IN `+publicMail+` ORDER BY o.id`, number)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list letters of ours about %s: %w", number, err)
	}
	return list, nil
}

// The parts of a proof, in their order.
const (
	ProofRows    = "rows"    // the rows of the request, in all tables
	ProofEntries = "entries" // what its events, and those of the rows, say of rows
	ProofDetails = "details" // the details of its events
	ProofChain   = "chain"   // every event from its first one to the seal
	ProofSeal    = "seal"    // the detail of the seal
)

// proofRows select the rows of a request; ?1 is its id. Letters to staff, which speak of other
// requests, too, do not belong to it.
var proofRows = []struct{ table, where string }{
	{"requests", `id = ?1`},
	{"requests_private", `id = ?1`},
	{"terms", termsOf("?1")},
	{"request_letters", `request = ?1`},
	{"letters", `id IN (SELECT letter FROM request_letters WHERE request = ?1)`},
	{"letters_private", `id IN (SELECT letter FROM request_letters WHERE request = ?1)`},
	{"notes", `request = ?1`},
	{"notes_private", `id IN (SELECT id FROM notes WHERE request = ?1)`},
	{"outbox", proofMails},
	{"outbox_private", proofMails},
	{"outbox_requests", `request = ?1 AND mail IN (SELECT id FROM outbox WHERE purpose IN ` + publicMail + `)`},
	{"suppressions", `request = ?1`},
}

// proofContent select what a purge removes, by the rows it belonged to; ?2 is
// the number of the request.
var proofContent = []struct{ table, rows string }{
	{"letter_chunks", `SELECT letter FROM request_letters WHERE request = ?1`},
	{"letters_private", `SELECT letter FROM request_letters WHERE request = ?1`},
	{"outbox_chunks", `SELECT id FROM outbox WHERE ` + proofMails},
	{"outbox_private", `SELECT id FROM outbox WHERE ` + proofMails},
	{"event_details", `SELECT seq FROM events WHERE number = ?2 AND number <> ''`},
}

const proofMails = `id IN (SELECT m.mail FROM outbox_requests m JOIN outbox o ON o.id = m.mail
	WHERE m.request = ?1 AND o.purpose IN ` + publicMail + `)`

// SealCase appends an event to the history of a request that keeps what its
// casefile holds. The casefile was read when the event read was the last one;
// ErrStale: the request changed after that.
func (db *DB) SealCase(ctx context.Context, e Event, read int64, at time.Time) (Event, error) {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		var id, last int64
		err := t.QueryRowContext(ctx, `SELECT id FROM requests WHERE number = ?`, e.Number).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err == nil {
			err = t.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM `+proofEvents(), id, e.Number).Scan(&last)
		}
		if err != nil {
			return err
		}
		if last > read {
			return ErrStale
		}
		e.Seq, e.At = t.seq, t.at
		err = t.append(ctx, e)
		e.Digest = t.head
		return err
	})
	if err != nil {
		return Event{}, fmt.Errorf("seal casefile of %s: %w", e.Number, err)
	}
	return e, nil
}

// Proof calls f with the lines of one part, JSON objects, by which somebody
// without the register can check what it says of a request: docs/audit.md says
// how. A value is a number, a text, or for bytes {"hex": …}; NULL is left out.
// seal is the event that SealCase made, with which the chain ends; 0 before.
func (db *DB) Proof(ctx context.Context, number, part string, seal int64, f func(line []byte) error) error {
	err := db.view(ctx, func(q querier) error {
		var id int64
		err := q.QueryRowContext(ctx, `SELECT id FROM requests WHERE number = ?`, number).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		p := &proof{q: q, part: part, f: f}
		return p.of(ctx, id, number, seal)
	})
	if err != nil {
		return fmt.Errorf("prove %s: %w", number, err)
	}
	return nil
}

type proof struct {
	q    querier
	part string
	f    func(line []byte) error
}

func (p *proof) of(ctx context.Context, id int64, number string, seal int64) error {
	for _, rows := range proofRows {
		if err := p.lines(ctx, ProofRows, rows.table, `SELECT * FROM `+rows.table+` WHERE `+rows.where+` ORDER BY id`, id); err != nil {
			return err
		}
	}
	events := proofEvents()
	for _, part := range []struct{ part, table, query string }{
		{ProofRows, "messages", `SELECT * FROM messages WHERE event IN ` + events + ` ORDER BY event, id`},
		{ProofEntries, "event_rows", `SELECT * FROM event_rows WHERE event IN ` + events + ` ORDER BY event, tbl, row`},
		{ProofDetails, "event_details", `SELECT d.* FROM event_details d JOIN events e ON e.seq = d.event
			WHERE e.number = ?2 AND ?1 IS NOT NULL ORDER BY d.event`},
		{ProofChain, "events", `SELECT * FROM events WHERE seq >= (SELECT min(seq) FROM ` + events + `) AND seq <= ?3 ORDER BY seq`},
		{ProofSeal, "event_details", `SELECT * FROM event_details WHERE event = ?3 AND ?2 IS NOT NULL AND ?1 IS NOT NULL`},
	} {
		args := []any{id, number, seal}
		if !strings.Contains(part.query, "?3") {
			args = args[:2]
		}
		if err := p.lines(ctx, part.part, part.table, part.query, args...); err != nil {
			return err
		}
	}
	return nil
}

// proofEvents select the events of the request; those that wrote one of its rows last but are
// another request's, as with a letter of ours about both; and those that removed content of
// it.
func proofEvents() string {
	var wrote []string
	for _, rows := range proofRows {
		wrote = append(wrote, `SELECT event FROM `+rows.table+` WHERE `+rows.where)
	}
	for _, content := range proofContent {
		wrote = append(wrote, `SELECT event FROM event_rows WHERE digest = '' AND tbl = '`+content.table+`' AND row IN (`+content.rows+`)`)
	}
	return `(SELECT seq FROM events WHERE number = ?2 AND number <> '' UNION ` + strings.Join(wrote, " UNION ") + `)`
}

// lines writes the rows of a query down, a line each, if they are of the part.
func (p *proof) lines(ctx context.Context, part, table, query string, args ...any) error {
	if part != p.part {
		return nil
	}
	rows, err := p.q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		columns := make(map[string]any, len(r.names))
		for i, name := range r.names {
			switch v := r.values[i].(type) {
			case nil:
			case []byte:
				columns[name] = map[string]string{"hex": hex.EncodeToString(v)}
			default:
				columns[name] = v
			}
		}
		line, err := json.Marshal(struct {
			Table string         `json:"table"`
			Row   map[string]any `json:"row"`
		}{table, columns})
		if err != nil {
			return err
		}
		return p.f(line)
	})
}
