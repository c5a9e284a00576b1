package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// Seen is the ledger row of one message. For mail that is no request it is all
// that is kept.
type Seen struct {
	UID          uint32
	Size         int64
	InternalDate time.Time
	HeaderDigest string // see docs/developer.md; "" when the header could not be read
	Verdict      rules.Verdict
	ReasonCode   string

	// Again: the ledger has the letter in another place, since it was moved or copied or
	// its folder numbered anew. Its row is not written otherwise, but counts as no letter.
	Again bool
}

// Record writes the ledger rows of messages that are no requests, and the
// cursor behind them: one transaction, one event. Rows that are there already
// are left as they are.
func (db *DB) Record(ctx context.Context, c Cursor, rows []Seen, at time.Time) error {
	return db.record(ctx, synced, c, rows, at)
}

// RecordUnsynced is Record that does not wait for the disk, as Admission.Unsynced does
// not.
func (db *DB) RecordUnsynced(ctx context.Context, c Cursor, rows []Seen, at time.Time) error {
	return db.record(ctx, behind, c, rows, at)
}

func (db *DB) record(ctx context.Context, s safety, c Cursor, rows []Seen, at time.Time) error {
	err := db.changeAs(ctx, s, at, func(ctx context.Context, t *tx) error {
		f, err := findFolder(ctx, t, c.Folder)
		if err != nil {
			return err
		}
		if f.id, err = t.saveFolder(ctx, f, c); err != nil {
			return err
		}
		if err := t.insertSeen(ctx, f.id, c.UIDValidity, rows); err != nil {
			return err
		}
		if len(t.rows) == 0 && t.ledger.first == 0 {
			return nil
		}
		return t.append(ctx, Event{Actor: Machine, Code: EventIntake})
	})
	if err != nil {
		return fmt.Errorf("record messages: %w", err)
	}
	return nil
}

// insertSeen adds the ledger rows whose places are new, many in a statement.
func (t *tx) insertSeen(ctx context.Context, folder int64, uidvalidity uint32, rows []Seen) error {
	var before, after int64
	const last = `SELECT coalesce(max(id), 0) FROM messages`
	if err := t.QueryRowContext(ctx, last).Scan(&before); err != nil {
		return err
	}
	all := make([]byte, 0, len(rows)*(2*sha256.Size+1))
	r, id, seen := newRepeated(ledgerWithID), before, rows
	for len(rows) > 0 {
		n := 1 // few different statements, since each stays prepared
		for n*10 <= min(len(rows), 100) {
			n *= 10
		}
		args := make([]any, 0, n*len(ledgerColumns))
		for _, s := range rows[:n] {
			id++
			r.values = append(r.values[:0], folder, int64(uidvalidity), int64(s.UID), s.Size, instantOrNull(s.InternalDate),
				textOrNull(s.HeaderDigest), string(s.Verdict), s.ReasonCode, t.seq, nil, nil)
			marks := r.nextMarks()
			r.values[len(ledgerColumns)-1], r.values[len(ledgerColumns)] = marks, id
			args = append(args, r.values[:len(ledgerColumns)]...)
			sum := r.sum()
			all = append(hex.AppendEncode(all, sum[:]), '\n')
		}
		if _, err := t.ExecContext(ctx, seenInsert(n), args...); err != nil {
			return fmt.Errorf("write messages: %w", err)
		}
		rows = rows[n:]
	}
	if err := t.QueryRowContext(ctx, last).Scan(&after); err != nil {
		return err
	}
	if after == id { // else an earlier try has counted them
		if err := t.countAgain(ctx, seen); err != nil {
			return err
		}
	}
	switch {
	case after == before:
	case t.ledger.first != 0:
		t.ledger.digests = nil
	case after == id: // every place was new, so the ids are as they were counted
		t.ledger = ledgerRows{before + 1, all}
	default:
		t.ledger = ledgerRows{first: before + 1}
	}
	return nil
}

// countAgain counts the rows of letters that the ledger had before.
func (t *tx) countAgain(ctx context.Context, rows []Seen) error {
	again := map[rules.Verdict]int{}
	for _, s := range rows {
		if s.Again {
			again[s.Verdict]++
		}
	}
	for verdict, n := range again {
		if _, err := t.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = meta.value + excluded.value`, metaAgain+string(verdict), strconv.Itoa(n)); err != nil {
			return fmt.Errorf("count letters that came again: %w", err)
		}
	}
	return nil
}

func seenInsert(n int) string {
	row := "(?" + strings.Repeat(", ?", len(ledgerColumns)-1) + ")"
	return "INSERT INTO messages (" + strings.Join(ledgerColumns, ", ") + ") VALUES " + row +
		strings.Repeat(", "+row, n-1) + " ON CONFLICT (folder, uidvalidity, uid) DO NOTHING"
}

// ledgerColumns are the columns of a ledger row but its id. The last, the marks, are over the
// others.
var ledgerColumns = []string{"folder", "uidvalidity", "uid", "size", "internal_date", "header_digest", "verdict", "reason_code", "event", "marks"}

// ledgerWithID are all of its columns.
var ledgerWithID = append(slices.Clone(ledgerColumns), "id")

const seenColumns = `m.uid, m.size, m.internal_date, m.header_digest, m.verdict, m.reason_code`

func (s *Seen) columns() []any {
	return []any{&s.UID, &s.Size, asInstant{&s.InternalDate}, asText[string]{&s.HeaderDigest}, &s.Verdict, &s.ReasonCode}
}

// Places returns which of the UIDs from..to (both included) have ledger rows.
func (db *DB) Places(ctx context.Context, folder string, uidvalidity uint32, from, to uint32) (map[uint32]bool, error) {
	places := map[uint32]bool{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT m.uid FROM messages m JOIN folders f ON f.id = m.folder
			WHERE f.name = ? AND m.uidvalidity = ? AND m.uid BETWEEN ? AND ?`, folder, uidvalidity, from, to)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var uid uint32
			err := rows.Scan(&uid)
			places[uid] = true
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read places of messages: %w", err)
	}
	return places, nil
}

// Lying returns the ledger rows of the UIDs from..to (both included) under any of the
// UIDVALIDITYs.
func (db *DB) Lying(ctx context.Context, folder string, uidvalidities []uint32, from, to uint32) (map[uint32][]Seen, error) {
	found := map[uint32][]Seen{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT `+seenColumns+` FROM messages m JOIN folders f ON f.id = m.folder
			WHERE f.name = ? AND m.uidvalidity IN (SELECT value FROM json_each(?)) AND m.uid BETWEEN ? AND ?`,
			folder, jsonText(uidvalidities), from, to)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Seen
			err := rows.Scan(s.columns()...)
			found[s.UID] = append(found[s.UID], s)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read rows of the ledger: %w", err)
	}
	return found, nil
}

// ByHeaderDigest returns for each digest that is in the ledger its earliest row.
func (db *DB) ByHeaderDigest(ctx context.Context, digests []string) (map[string]Seen, error) {
	found := map[string]Seen{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT `+seenColumns+` FROM messages m
			WHERE m.header_digest IS NOT NULL AND substr(m.header_digest, 1, 16) IN (SELECT substr(value, 1, 16) FROM json_each(?1))
			AND m.header_digest IN (SELECT value FROM json_each(?1)) ORDER BY m.id DESC`, jsonText(digests))
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var s Seen
			err := rows.Scan(s.columns()...)
			found[s.HeaderDigest] = s
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up header digests: %w", err)
	}
	return found, nil
}

// HeaderDigestsIn returns which of the digests are in the ledger for a place of this folder.
func (db *DB) HeaderDigestsIn(ctx context.Context, folder string, uidvalidity uint32, digests []string) (map[string]bool, error) {
	found := map[string]bool{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT m.header_digest FROM messages m CROSS JOIN folders f ON f.id = m.folder
			WHERE m.header_digest IS NOT NULL AND substr(m.header_digest, 1, 16) IN (SELECT substr(value, 1, 16) FROM json_each(?1))
			AND m.header_digest IN (SELECT value FROM json_each(?1)) AND f.name = ?2 AND m.uidvalidity = ?3`, jsonText(digests), folder, uidvalidity)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var digest string
			err := rows.Scan(&digest)
			found[digest] = true
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up header digests: %w", err)
	}
	return found, nil
}

// queryIDs reads a query of one column of ids.
func queryIDs(ctx context.Context, q querier, query string, args ...any) (ids []int64, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	err = scanEach(rows, func() error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// scanEach calls scan for each row and closes the rows.
func scanEach(rows *sql.Rows, scan func() error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(); err != nil {
			return err
		}
	}
	return rows.Err()
}
