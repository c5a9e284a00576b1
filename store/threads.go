package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// ByRawDigest returns the requests of letters with exactly these bytes; found
// says whether there is such a letter.
func (db *DB) ByRawDigest(ctx context.Context, sha string) (numbers []string, found bool, err error) {
	if sha == "" {
		return nil, false, nil
	}
	numbers, err = db.numbers(ctx, `SELECT DISTINCT r.number FROM letters l JOIN request_letters rl ON rl.letter = l.id
		JOIN requests r ON r.id = rl.request WHERE l.raw_sha256 = ? ORDER BY r.id`, sha)
	return numbers, len(numbers) > 0, err
}

// ByMessageID returns the requests whose letters, or our letters about them,
// carry one of these Message-IDs: the oldest request first.
func (db *DB) ByMessageID(ctx context.Context, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list := jsonText(ids)
	return db.numbers(ctx, `SELECT number FROM requests WHERE id IN (
			SELECT rl.request FROM letters_private p JOIN request_letters rl ON rl.letter = p.id
				WHERE p.message_id IN (SELECT value FROM json_each(?)) AND p.message_id <> ''
			UNION SELECT m.request FROM outbox o JOIN outbox_requests m ON m.mail = o.id
				WHERE o.message_id IN (SELECT value FROM json_each(?)))
		ORDER BY id`, list, list)
}

// SameText returns the requests of the same sender whose letters since then
// say the same in new text, letter case and spaces ignored. An empty text is
// the same as none.
func (db *DB) SameText(ctx context.Context, addr, text string, since time.Time) ([]string, error) {
	digest := textDigest(text)
	if digest == "" {
		return nil, nil
	}
	return db.numbers(ctx, `SELECT DISTINCT r.number FROM letters_private p JOIN letters l ON l.id = p.id
		JOIN request_letters rl ON rl.letter = p.id JOIN requests r ON r.id = rl.request
		WHERE p.sender = ? AND p.text_digest = ? AND l.received_at >= ? ORDER BY r.id`, fold(addr), digest, instant(since))
}

// textDigest is "" for a text without words.
func textDigest(text string) string {
	folded := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	if folded == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(folded))
	return hex.EncodeToString(sum[:])
}

// maxOfSender bounds OfSender: what somebody who floods the mailbox wrote
// before must not slow down what comes next.
const maxOfSender = 50

// OfSender returns the latest requests with a letter from this address received
// since then, at most 50, the most urgent first.
func (db *DB) OfSender(ctx context.Context, addr string, since time.Time) ([]Request, error) {
	if fold(addr) == "" {
		return nil, nil
	}
	list, err := db.requests(ctx, `WHERE r.id IN (SELECT rl.request FROM letters_private lp JOIN letters l ON l.id = lp.id
		JOIN request_letters rl ON rl.letter = lp.id WHERE lp.sender = ? AND l.received_at >= ?
		ORDER BY lp.id DESC LIMIT ?) ORDER BY r.act_by, r.number`, fold(addr), instant(since), maxOfSender)
	if err != nil {
		return nil, fmt.Errorf("list requests of a sender: %w", err)
	}
	return list, nil
}

func (db *DB) numbers(ctx context.Context, query string, args ...any) ([]string, error) {
	var numbers []string
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var number string
			err := rows.Scan(&number)
			numbers = append(numbers, number)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up requests: %w", err)
	}
	return numbers, nil
}
