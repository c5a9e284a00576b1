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
)

// eventColumns are the columns of an event that its digest is over.
var eventColumns = []string{"seq", "at", "actor", "code", "number", "detail", "rows", "prev"}

// append writes the next event of the history. It vouches for all rows that
// the transaction wrote since the event before.
func (t *tx) append(ctx context.Context, e Event) error {
	if err := t.caller.Err(); err != nil {
		return err
	}
	rows, err := t.coverRows(ctx)
	if err != nil {
		return fmt.Errorf("cover rows of event %s: %w", e.Code, err)
	}
	r := newRecord(eventColumns)
	r.values = []any{t.seq, instant(t.at), e.Actor, e.Code, e.Number, "", rows, t.head}
	if e.Detail != "" {
		salt := make([]byte, 16)
		rand.Read(salt)
		r.values[5] = detailDigest(salt, e.Detail)
		if _, err := t.ExecContext(ctx, `INSERT INTO event_details (event, salt, body) VALUES (?, ?, ?)`,
			t.seq, salt, e.Detail); err != nil {
			return fmt.Errorf("write detail of event %s: %w", e.Code, err)
		}
	}
	digest := r.digest()
	if _, err := t.ExecContext(ctx, `INSERT INTO events (seq, at, actor, code, number, detail, rows, prev, digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(r.values, digest)...); err != nil {
		return fmt.Errorf("write event %s: %w", e.Code, err)
	}
	t.head = digest
	t.seq++
	return nil
}

// coverRows writes down the digests of the rows since the last event and
// returns the digest over all of them.
func (t *tx) coverRows(ctx context.Context) (string, error) {
	keys := make([]rowKey, 0, len(t.rows))
	for key := range t.rows {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, rowKey.compare)
	all := sha256.New()
	for _, key := range keys {
		digest := ""
		if t.rows[key] {
			var err error
			if digest, err = digestOf(ctx, t, key); err != nil {
				return "", err
			}
		}
		if _, err := t.ExecContext(ctx, `INSERT INTO event_rows (event, tbl, row, digest) VALUES (?, ?, ?, ?)`,
			t.seq, key.table, key.id, digest); err != nil {
			return "", err
		}
		writeCover(all, key.table, key.id, digest)
	}
	if t.ledger != 0 {
		if err := t.coverLedger(ctx, all); err != nil {
			return "", err
		}
	}
	t.rows, t.ledger = map[rowKey]bool{}, 0
	return hex.EncodeToString(all.Sum(nil)), nil
}

// coverLedger adds the ledger rows of the event, which have one digest together.
func (t *tx) coverLedger(ctx context.Context, all hash.Hash) error {
	rows, err := t.QueryContext(ctx, `SELECT * FROM messages WHERE id >= ? ORDER BY id`, t.ledger)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		io.WriteString(all, r.digest()+"\n")
		return nil
	})
}

// writeCover adds one row of event_rows to the digest of its event.
func writeCover(w io.Writer, table string, id int64, digest string) {
	fmt.Fprintf(w, "%s\t%d\t%s\n", table, id, digest)
}

func detailDigest(salt []byte, body string) string {
	h := sha256.New()
	h.Write(salt)
	io.WriteString(h, body)
	return hex.EncodeToString(h.Sum(nil))
}
