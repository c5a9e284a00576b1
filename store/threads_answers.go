package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Answers returns which of the Message-IDs are those of answers to persons, ours
// or such as staff sent from a mail program.
func (db *DB) Answers(ctx context.Context, ids []string) (map[string]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	known := map[string]bool{}
	err := db.ask(ctx, `SELECT o.message_id FROM json_each(?) k CROSS JOIN outbox o ON o.message_id = k.value
		WHERE k.value <> '' AND o.purpose = 'answer' AND o.state IN ('sent', 'uncertain')`, []any{jsonText(ids)}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		known[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up answers: %w", err)
	}
	return known, nil
}
