package store

import (
	"context"
	"fmt"

	"license.kz/pometka/rules"
)

// Relative is another request of the same person, as show lists it.
type Relative struct {
	Number     string
	Kind       rules.Kind // "" in status review
	Candidates []rules.Kind
	Status     Status
	ReceivedOn rules.Date
}

// Relatives returns the requests other than r of who has one of these addresses, the
// latest first, at most limit of them: those with a letter that the person sent or
// wrote, and those of which staff found out that they are the person's.
func (db *DB) Relatives(ctx context.Context, r Request, addresses []string, limit int) ([]Relative, error) {
	var keys []string
	for _, address := range addresses {
		keys = append(keys, rules.AddressSpellings(address)...)
	}
	const wrote = `SELECT lp.id FROM json_each(?2) k CROSS JOIN letters_private lp ON lp.%s = k.value`
	var list []Relative
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.number, r.kind, r.candidates, r.status, r.received_on FROM requests r
			WHERE r.id <> ?1 AND r.id IN (SELECT rl.request FROM (`+fmt.Sprintf(wrote, "sender")+` UNION `+fmt.Sprintf(wrote, "writer_key")+`
				ORDER BY 1 DESC LIMIT ?3) x CROSS JOIN request_letters rl ON rl.letter = x.id
				UNION SELECT p.id FROM json_each(?2) k CROSS JOIN requests_private p ON p.sender_key = k.value)
			ORDER BY r.id DESC LIMIT ?4`, r.ID, jsonText(keys), 50*limit, limit)
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
		return nil, fmt.Errorf("list requests of the person: %w", err)
	}
	return list, nil
}

// OfSameLetter returns the requests that were made by the letter which made this one,
// itself among them, the oldest first.
func (db *DB) OfSameLetter(ctx context.Context, number string) ([]string, error) {
	return db.numbers(ctx, `SELECT number FROM requests WHERE letter = (SELECT letter FROM requests WHERE number = ?) ORDER BY id`, number)
}
