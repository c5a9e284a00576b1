package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sort"
	"strconv"
)

// append writes the next event of the history. It vouches for all rows that
// the transaction wrote since the event before.
func (t *tx) append(ctx context.Context, e Event) error {
	rows, err := t.coverRows(ctx)
	if err != nil {
		return fmt.Errorf("cover rows of event %s: %w", e.Code, err)
	}
	f := fields{
		"seq": t.seq, "at": instant(t.at), "actor": e.Actor, "code": e.Code, "number": e.Number,
		"detail": "", "rows": rows, "prev": t.head,
	}
	if e.Detail != "" {
		salt := make([]byte, 16)
		rand.Read(salt)
		f["detail"] = detailDigest(salt, e.Detail)
		if _, err := t.ExecContext(ctx, `INSERT INTO event_details (event, salt, body) VALUES (?, ?, ?)`,
			t.seq, salt, e.Detail); err != nil {
			return fmt.Errorf("write detail of event %s: %w", e.Code, err)
		}
	}
	digest := f.digest()
	if _, err := t.ExecContext(ctx, `INSERT INTO events (seq, at, actor, code, number, detail, rows, prev, digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, t.seq, f["at"], e.Actor, e.Code, e.Number, f["detail"], rows, t.head, digest); err != nil {
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
	sort.Slice(keys, func(i, j int) bool {
		return keys[i].table < keys[j].table || keys[i].table == keys[j].table && keys[i].id < keys[j].id
	})
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
	defer rows.Close()
	return eachRow(rows, func(f fields) error {
		io.WriteString(all, f.digest()+"\n")
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

// digestOf computes the digest of a row as it stands in the database.
func digestOf(ctx context.Context, q querier, key rowKey) (string, error) {
	rows, err := q.QueryContext(ctx, "SELECT * FROM "+key.table+" WHERE id = ?", key.id)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	digest := ""
	err = eachRow(rows, func(f fields) error {
		digest = f.digest()
		return nil
	})
	if err == nil && digest == "" {
		err = fmt.Errorf("%w: %s has no row %d", ErrDamaged, key.table, key.id)
	}
	return digest, err
}

// eachRow calls f with the columns of each row as SQLite keeps them. The map
// is used again for the next row.
func eachRow(rows *sql.Rows, f func(fields) error) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(names))
	into := make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	row := make(fields, len(names))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, name := range names {
			row[name] = values[i]
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// digest is the digest of a row: see the head of migrations/0001_init.sql for
// its form, which never changes.
func (f fields) digest() string {
	h := sha256.New()
	names, values := f.sorted()
	for i, name := range names {
		switch v := values[i].(type) {
		case nil:
		case int64:
			writeColumn(h, name, 'i', strconv.FormatInt(v, 10))
		case string:
			writeColumn(h, name, 't', v)
		case []byte:
			writeColumn(h, name, 'b', string(v))
		default:
			panic(fmt.Sprintf("store: column %s holds a %T", name, v))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writeColumn(w io.Writer, name string, form byte, value string) {
	fmt.Fprintf(w, "%s\t%c\t%d\t%s\n", name, form, len(value), value)
}
