package store

import (
	"context"
	"fmt"
	"time"
)

// How a letter was filed in the mailbox.
const (
	FiledKeyword = "keyword" // it bears our keyword
	FiledMove    = "move"    // it was moved out of the folder in which it was found
	FiledGone    = "gone"    // somebody else took it out of the folder before
)

// Unfiled is a letter that lies in the mailbox as it was found.
type Unfiled struct {
	LetterID int64
	UID      uint32
}

// Unfiled lists the letters of a folder that have not been filed this way, the oldest first;
// a letter that bears the keyword may still be moved. With reviews the letters of all
// requests count; without, those of requests on review, or dismissed, do not.
func (db *DB) Unfiled(ctx context.Context, folder string, uidvalidity uint32, how string, reviews bool, limit int) ([]Unfiled, error) {
	filed := []string{""} // the ways in which they may have been filed
	if how == FiledMove {
		filed = append(filed, FiledKeyword)
	}
	var out []Unfiled
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT l.id, m.uid FROM letters l CROSS JOIN messages m ON m.id = l.message CROSS JOIN folders f ON f.id = m.folder
			WHERE l.message IS NOT NULL AND coalesce(l.filed, '') NOT IN ('move', 'gone') AND coalesce(l.filed, '') IN (SELECT value FROM json_each(?))
			AND f.name = ? AND m.uidvalidity = ?
			AND EXISTS (SELECT 1 FROM request_letters x JOIN requests r ON r.id = x.request
				WHERE x.letter = l.id AND (? OR r.status NOT IN ('review', 'dismissed')))
			ORDER BY l.id LIMIT ?`, jsonText(filed), folder, uidvalidity, reviews, limit)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var u Unfiled
			err := rows.Scan(&u.LetterID, asUint32{&u.UID})
			out = append(out, u)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list letters to be filed: %w", err)
	}
	return out, nil
}

// Filing is how letters were filed.
type Filing struct {
	How         string           // FiledKeyword, FiledMove or FiledGone
	Folder      string           // FiledMove: where they lie now
	UIDValidity uint32           // of that folder; 0: not known
	UIDs        map[int64]uint32 // there, by the letter, as far as they are known
}

// SetFiled writes down how letters were filed: one transaction, one event.
func (db *DB) SetFiled(ctx context.Context, letters []int64, f Filing, at time.Time) error {
	if len(letters) == 0 {
		return nil
	}
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		var d filedDetail
		d.After.Filed, d.After.Folder, d.After.Letters = f.How, f.Folder, letters
		row := fields{"filed": f.How}
		if f.Folder != "" {
			folder, err := t.folderID(ctx, f.Folder)
			if err != nil {
				return err
			}
			row["filed_folder"] = folder
		}
		if f.UIDValidity != 0 && len(f.UIDs) > 0 {
			d.After.UIDValidity = f.UIDValidity
		}
		for _, id := range letters {
			row["filed_validity"], row["filed_uid"] = nil, nil
			if uid := f.UIDs[id]; d.After.UIDValidity != 0 {
				d.After.UIDs = append(d.After.UIDs, uid)
				if uid != 0 {
					row["filed_validity"], row["filed_uid"] = f.UIDValidity, uid
				}
			}
			if err := t.set(ctx, "letters", id, row); err != nil {
				return err
			}
		}
		return t.append(ctx, Event{Actor: Machine, Code: EventFiled, Detail: jsonText(d)})
	})
	if err != nil {
		return fmt.Errorf("note what was filed: %w", err)
	}
	return nil
}
