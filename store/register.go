package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// newRequest is a NewRequest with what it takes over from its letter.
type newRequest struct {
	NewRequest
	letter     int64
	prefix     string
	policy     PolicyRef
	possibly   []string
	receivedAt time.Time
}

func (t *tx) insertRequest(ctx context.Context, n newRequest) (requestRow, error) {
	r := requestRow{letter: n.letter}
	no, err := t.takeNumber(ctx, n.prefix, n.ReceivedOn)
	if err != nil {
		return r, err
	}
	r.Number = fmt.Sprintf("%s-%d-%06d", n.prefix, n.ReceivedOn.Year, no)
	r.ID, err = t.insert(ctx, "requests", fields{
		"number": r.Number, "prefix": n.prefix, "year": n.ReceivedOn.Year, "no": no, "revision": 1,
		"kind": string(n.Kind), "candidates": jsonOrNull(n.Candidates), "status": string(n.Status), "letter": n.letter,
		"received_at": instant(n.receivedAt), "received_on": n.ReceivedOn.String(), "registered_at": instant(t.at),
		"act_by": dateOrNull(n.ActBy), "consumer": boolOrNull(n.Consumer), "documents": dateOrNull(n.Documents), "policy": n.policy.Name,
		"policy_edition": dateOrNull(n.policy.Edition), "policy_digest": n.policy.Digest, "possibly": jsonOrNull(n.possibly),
	})
	if err != nil {
		return r, err
	}
	if _, err := t.insert(ctx, "request_letters", fields{"request": r.ID, "pos": 1, "letter": n.letter}); err != nil {
		return r, err
	}
	return r, t.insertTerms(ctx, r.ID, n.Terms)
}

// takeNumber counts the number of the prefix and year on.
func (t *tx) takeNumber(ctx context.Context, prefix string, receivedOn rules.Date) (no int64, err error) {
	if prefix == "" || receivedOn.IsZero() {
		return 0, errors.New("take number: no prefix or no day of receipt")
	}
	var id int64
	err = t.QueryRowContext(ctx, `SELECT id, last FROM counters WHERE prefix = ? AND year = ?`, prefix, receivedOn.Year).Scan(&id, &no)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.insert(ctx, "counters", fields{"prefix": prefix, "year": receivedOn.Year, "last": 1})
		return 1, err
	}
	if err != nil {
		return 0, fmt.Errorf("take number: %w", err)
	}
	return no + 1, t.set(ctx, "counters", id, fields{"last": no + 1})
}

func (t *tx) insertTerms(ctx context.Context, request int64, terms []Term) error {
	for i, term := range terms {
		_, err := t.insert(ctx, "terms", fields{
			"id": request*100 + int64(i), "request": request, "pos": i, "term": term.ID, "kind": string(term.Kind), "name": jsonText(term.Name),
			"basis": jsonText(term.Basis), "source": string(term.Source), "condition": term.Condition, "days": term.Days,
			"unit": string(term.Unit), "from_date": dateOrNull(term.From), "day_one": dateOrNull(term.DayOne),
			"due": dateOrNull(term.Due), "provisional": term.Provisional, "named": term.Named, "checked": dateOrNull(term.Checked),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// termsOf is the condition for the terms of a request.
func termsOf(request string) string {
	return `id BETWEEN ` + request + ` * 100 AND ` + request + ` * 100 + 99`
}

func (t *tx) replaceTerms(ctx context.Context, request int64, terms []Term) error {
	rows, err := t.QueryContext(ctx, `SELECT id FROM terms WHERE `+termsOf("?1"), request)
	if err != nil {
		return err
	}
	var ids []int64
	if err := scanEach(rows, func() error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.remove(ctx, "terms", id); err != nil {
			return err
		}
	}
	return t.insertTerms(ctx, request, terms)
}

// suppress writes down an address that marketing must leave out; one that is
// there already stays with the request that asked first.
func (t *tx) suppress(ctx context.Context, address string, request int64) error {
	_, err := t.insert(ctx, "suppressions", fields{"address": address, "request": request, "since": instant(t.at)})
	if isUnique(err) {
		return nil
	}
	return err
}
