package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Threads returns which of the Message-IDs are those of letters of the register, or of
// answers as Answers knows them.
func (db *DB) Threads(ctx context.Context, ids []string) (map[string]bool, error) {
	return db.known(ctx, ids, `EXISTS (SELECT 1 FROM letters_private p WHERE p.message_id = k.value) OR `+isAnswer)
}

// Answers returns which of the Message-IDs are those of answers to persons, ours
// or such as staff sent from a mail program.
func (db *DB) Answers(ctx context.Context, ids []string) (map[string]bool, error) {
	return db.known(ctx, ids, isAnswer)
}

const isAnswer = `EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = k.value AND o.purpose = 'answer' AND o.state IN ('sending', 'sent', 'uncertain'))`

// known returns which of the Message-IDs meet a condition on k.value.
func (db *DB) known(ctx context.Context, ids []string, condition string) (map[string]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	known := map[string]bool{}
	err := db.ask(ctx, `SELECT k.value FROM json_each(?) k WHERE k.value <> '' AND (`+condition+`)`, []any{jsonText(ids)}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		known[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up threads: %w", err)
	}
	return known, nil
}
