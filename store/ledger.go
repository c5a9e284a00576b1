package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Cursor returns how far the folder has been read; false before SetCursor.
func (db *DB) Cursor(ctx context.Context, folder string) (Cursor, bool, error) {
	f, err := findFolder(ctx, db.read, folder)
	if err != nil {
		return Cursor{}, false, fmt.Errorf("read cursor of folder: %w", explain(err))
	}
	return f.cursor, f.watched, nil
}

type folderRow struct {
	id      int64 // 0: none
	watched bool
	cursor  Cursor
}

func findFolder(ctx context.Context, q querier, name string) (folderRow, error) {
	f := folderRow{cursor: Cursor{Folder: name}}
	var validity sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT id, uidvalidity, first_uid, last_uid, first_pass FROM folders WHERE name = ?`, name).
		Scan(&f.id, &validity, &f.cursor.FirstUID, &f.cursor.LastUID, &f.cursor.FirstPass)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	f.watched = validity.Valid
	f.cursor.UIDValidity = uint32(validity.Int64)
	return f, err
}

// saveFolder writes the cursor if it differs from what is there.
func (t *tx) saveFolder(ctx context.Context, f folderRow, c Cursor) (int64, error) {
	if f.watched && f.cursor == c {
		return f.id, nil
	}
	row := fields{
		"uidvalidity": c.UIDValidity, "first_uid": c.FirstUID, "last_uid": c.LastUID, "first_pass": c.FirstPass,
	}
	if f.id != 0 {
		return f.id, t.set(ctx, "folders", f.id, row)
	}
	row["name"] = c.Folder
	return t.insert(ctx, "folders", row)
}

// folderID returns the id of a folder, and makes a row for one that nobody
// watches.
func (t *tx) folderID(ctx context.Context, name string) (int64, error) {
	f, err := findFolder(ctx, t, name)
	if err != nil || f.id != 0 {
		return f.id, err
	}
	return t.insert(ctx, "folders", fields{"name": name, "first_uid": 0, "last_uid": 0, "first_pass": true})
}

// SetCursor begins the reading of a folder, begins it anew when the server has
// changed UIDVALIDITY, or ends its first pass; each is an event. A cursor that
// says nothing new changes nothing.
func (db *DB) SetCursor(ctx context.Context, c Cursor, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		f, err := findFolder(ctx, t, c.Folder)
		if err != nil || f.watched && f.cursor == c {
			return err
		}
		if _, err := t.saveFolder(ctx, f, c); err != nil {
			return err
		}
		code := EventIntake
		switch {
		case !f.watched:
			code = EventIntakeStarted
		case f.cursor.UIDValidity != c.UIDValidity:
			code = EventUIDValidityChanged
		case f.cursor.FirstPass && !c.FirstPass:
			code = EventFirstPassEnded
		}
		return t.append(ctx, Event{Actor: Machine, Code: code, Detail: beforeAfter(f.detail(), detailOf(c))})
	})
	if err != nil {
		return fmt.Errorf("set cursor of folder: %w", err)
	}
	return nil
}

func (f folderRow) detail() any {
	if !f.watched {
		return nil
	}
	return detailOf(f.cursor)
}

func detailOf(c Cursor) any {
	return map[string]any{
		"folder": c.Folder, "uidvalidity": c.UIDValidity, "first_uid": c.FirstUID, "last_uid": c.LastUID, "first_pass": c.FirstPass,
	}
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
	r, id := newRepeated(ledgerWithID), before
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
// UIDVALIDITYs, if they have a header digest.
func (db *DB) Lying(ctx context.Context, folder string, uidvalidities []uint32, from, to uint32) (map[uint32][]Seen, error) {
	found := map[uint32][]Seen{}
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT `+seenColumns+` FROM messages m JOIN folders f ON f.id = m.folder
			WHERE f.name = ? AND m.uidvalidity IN (SELECT value FROM json_each(?)) AND m.uid BETWEEN ? AND ? AND m.header_digest IS NOT NULL`,
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
