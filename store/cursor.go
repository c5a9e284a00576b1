package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Cursor is how far a folder has been read.
type Cursor struct {
	Folder      string
	UIDValidity uint32
	FirstUID    uint32 // the UID intake started from; what lies below is no gap
	LastUID     uint32 // every UID from FirstUID to here has a ledger row or was expunged
	FirstPass   bool   // the folder's first pass has not ended yet
}

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
		d := cursorDetail{After: c.detail()}
		if f.watched {
			d.Before = f.cursor.detail()
		}
		return t.append(ctx, Event{Actor: Machine, Code: code, Detail: jsonText(d)})
	})
	if err != nil {
		return fmt.Errorf("set cursor of folder: %w", err)
	}
	return nil
}
