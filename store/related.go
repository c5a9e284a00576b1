package store

import (
	"context"
	"fmt"

	"license.kz/pometka/rules"
)

// Relative is another request of the same sender, as show lists it.
type Relative struct {
	Number     string
	Kind       rules.Kind // "" in status review
	Candidates []rules.Kind
	Status     Status
	ReceivedOn rules.Date
}

// Relatives returns the other requests that the sender of a letter of this one
// wrote, the latest first, at most limit of them.
func (db *DB) Relatives(ctx context.Context, r Request, limit int) ([]Relative, error) {
	var addresses []string
	for _, l := range r.Letters {
		if key := fold(l.FromAddr); key != "" {
			addresses = append(addresses, key)
		}
	}
	var list []Relative
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.number, r.kind, r.candidates, r.status, r.received_on FROM requests r
			WHERE r.id <> ? AND r.id IN (SELECT rl.request FROM json_each(?) k CROSS JOIN letters_private lp ON lp.sender = k.value
				CROSS JOIN request_letters rl ON rl.letter = lp.id ORDER BY lp.id DESC LIMIT ?) ORDER BY r.id DESC LIMIT ?`,
			r.ID, jsonText(addresses), 50*limit, limit)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var x Relative
			err := rows.Scan(&x.Number, &x.Kind, asJSON{&x.Candidates}, &x.Status, asDate{&x.ReceivedOn})
			list = append(list, x)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list letters of the sender: %w", err)
	}
	return list, nil
}

// MailOf returns our letters to the sender of a request, the oldest first,
// without their bytes.
func (db *DB) MailOf(ctx context.Context, r Request) ([]Mail, error) {
	var list []Mail
	err := db.view(ctx, func(q querier) (err error) {
		list, err = loadMail(ctx, q, `WHERE o.id IN (SELECT x.mail FROM outbox_requests x WHERE x.request = ?)
			AND +o.purpose IN ('acknowledgement', 'answer') ORDER BY o.id`, r.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list our letters: %w", err)
	}
	return list, nil
}
