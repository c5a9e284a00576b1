package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// eventColumns are the columns of an event that its marks are over; its digest
// is over these and the marks.
var eventColumns = []string{"seq", "at", "actor", "code", "number", "detail", "state", "rows", "prev"}

// saltSize is how many bytes of salt keep a digest from betraying a text. The
// number belongs to the format: a salt of another size is a break.
const saltSize = 16

// append writes the next event of the history. It vouches for all rows that
// the transaction wrote since the event before.
func (t *tx) append(ctx context.Context, e Event) error {
	if err := t.ended(); err != nil {
		return err
	}
	state, err := t.stateAfter(ctx, e.Number)
	if err != nil {
		return fmt.Errorf("read state after event %s: %w", e.Code, err)
	}
	rows, err := t.coverRows(ctx)
	if err != nil {
		return fmt.Errorf("cover rows of event %s: %w", e.Code, err)
	}
	detail := ""
	if e.Detail != "" {
		salt := make([]byte, saltSize)
		rand.Read(salt)
		detail = detailDigest(salt, e.Detail)
		if _, err := t.ExecContext(ctx, `INSERT INTO event_details (event, salt, body) VALUES (?, ?, ?)`,
			t.seq, salt, e.Detail); err != nil {
			return fmt.Errorf("write detail of event %s: %w", e.Code, err)
		}
	}
	row := eventRow(t.seq, t.at, e, detail, state, rows, t.head)
	if _, err := t.ExecContext(ctx, `INSERT INTO events (`+strings.Join(eventColumns, ", ")+`, marks, digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, row...); err != nil {
		return fmt.Errorf("write event %s: %w", e.Code, err)
	}
	t.head = row[len(row)-1].(string)
	t.seq++
	return nil
}

// eventForm is the form of an event without its digest.
var eventForm = newRecord(append(slices.Clone(eventColumns), "marks"))

// eventRow is the row of an event: eventColumns, marks, and the digest last.
func eventRow(seq int64, at time.Time, e Event, detail, state, rows, prev string) []any {
	r := *eventForm
	r.values = []any{seq, instant(at), e.Actor, e.Code, e.Number, detail, state, rows, prev, nil}
	r.values[9] = r.marks()
	return append(r.values, r.digest())
}

// insertEntries is the head of a statement that writes entries.
const insertEntries = "INSERT INTO event_rows (event, tbl, row, digest, marks) VALUES "

// coverRows writes down the digests of the rows since the last event and
// returns the digest over all of them.
func (t *tx) coverRows(ctx context.Context) (string, error) {
	keys := make([]rowKey, 0, len(t.rows))
	for key := range t.rows {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].compare(keys[j]) < 0 })
	all := sha256.New()
	entries := make([][]any, len(keys))
	for i, key := range keys {
		digest, marks, err := t.rows[key].digest(ctx, t, key)
		if err != nil {
			return "", err
		}
		entries[i] = []any{t.seq, key.table, key.id, digest, marks}
		writeCover(all, key.table, key.id, digest, marks)
	}
	if err := t.execMany(ctx, insertEntries, "", entries); err != nil {
		return "", err
	}
	if t.ledger.first != 0 {
		if err := t.coverLedger(ctx, all); err != nil {
			return "", err
		}
	}
	clear(t.rows)
	t.ledger = ledgerRows{}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// digest is the digest and the marks of a row behind its change; "" if it was removed.
func (w written) digest(ctx context.Context, q querier, key rowKey) (digest string, marks []byte, err error) {
	if w.removed {
		return "", []byte{}, nil
	}
	if w.row == nil {
		return digestOf(ctx, q, key)
	}
	r := w.row.record()
	return r.digest(), r.marks(), nil
}

// coverLedger adds the ledger rows of the event, which have one digest together.
func (t *tx) coverLedger(ctx context.Context, all hash.Hash) error {
	if t.ledger.digests != nil {
		all.Write(t.ledger.digests)
		return nil
	}
	rows, err := t.QueryContext(ctx, `SELECT * FROM messages WHERE id >= ? ORDER BY id`, t.ledger.first)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		io.WriteString(all, r.digest()+"\n")
		return nil
	})
}

// writeCover adds one row of event_rows to the digest of its event.
func writeCover(w io.Writer, table string, id int64, digest string, marks []byte) {
	w.Write(appendCover(make([]byte, 0, 160), table, id, digest, marks))
}

func appendCover(line []byte, table string, id int64, digest string, marks []byte) []byte {
	line = append(append(line, table...), '\t')
	line = append(strconv.AppendInt(line, id, 10), '\t')
	line = append(append(line, digest...), '\t')
	return append(hex.AppendEncode(line, marks), '\n')
}

// genesis is what the first event follows: the digest of the key, so that a
// history belongs to one register and the key cannot be changed unnoticed.
func genesis(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func detailDigest(salt []byte, body string) string {
	h := sha256.New()
	h.Write(salt)
	io.WriteString(h, body)
	return hex.EncodeToString(h.Sum(nil))
}
