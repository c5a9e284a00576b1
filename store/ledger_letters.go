package store

import (
	"context"
	"fmt"
)

// LedgerLetter is a row of the ledger whose header digest is that of a letter,
// and whether a letter is kept for it, of which more could be had than the header.
type LedgerLetter struct {
	LedgerRow
	Kept bool
}

// hadWhole is true of a letter, l, of which more could be had than the header.
const hadWhole = `NOT EXISTS (SELECT 1 FROM json_each(l.troubles) WHERE value IN ('gone', 'unreadable'))`

// NumbersAt returns the requests of the letters that were registered from a place.
func (db *DB) NumbersAt(ctx context.Context, p Place) ([]string, error) {
	return db.numbers(ctx, `SELECT DISTINCT r.number FROM letters l JOIN messages m ON m.id = l.message JOIN folders f ON f.id = m.folder
		JOIN request_letters rl ON rl.letter = l.id JOIN requests r ON r.id = rl.request WHERE f.name = ? AND m.uidvalidity = ? AND m.uid = ?`,
		p.Folder, p.UIDValidity, p.UID)
}

// LedgerLetters returns the rows of the ledger with one of the header digests, the
// latest first. It is how a person's copy of a letter is found in the mailbox.
func (db *DB) LedgerLetters(ctx context.Context, digests []string) ([]LedgerLetter, error) {
	var list []LedgerLetter
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT EXISTS (SELECT 1 FROM letters l WHERE l.message = m.id AND `+hadWhole+`), f.name, m.uidvalidity, `+seenColumns+`
			FROM messages m CROSS JOIN folders f ON f.id = m.folder
			WHERE m.header_digest IS NOT NULL AND substr(m.header_digest, 1, 16) IN (SELECT substr(value, 1, 16) FROM json_each(?1))
			AND m.header_digest IN (SELECT value FROM json_each(?1)) ORDER BY m.id DESC`, jsonText(digests))
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var f LedgerLetter
			err := rows.Scan(append([]any{&f.Kept, &f.Place.Folder, &f.Place.UIDValidity}, f.Seen.columns()...)...)
			f.Place.UID = f.Seen.UID
			list = append(list, f)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up filed letters: %w", err)
	}
	return list, nil
}
