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
		"act_by": dateOrNull(n.ActBy), "consumer": boolOrNull(n.Consumer), "documents": dateOrNull(n.Documents), "assignee": n.Assignee, "policy": n.policy.Name,
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

// takeNumber returns the next number of the prefix and the year.
func (t *tx) takeNumber(ctx context.Context, prefix string, receivedOn rules.Date) (no int64, err error) {
	if prefix == "" || receivedOn.IsZero() {
		return 0, errors.New("take number: no prefix or no day of receipt")
	}
	var id int64
	err = t.QueryRowContext(ctx, `SELECT id, last FROM counters WHERE prefix = ? AND year = ?`, prefix, receivedOn.Year).Scan(&id, &no)
	if errors.Is(err, sql.ErrNoRows) {
		if no, err = t.numbersLost(ctx, receivedOn.Year); err != nil {
			return 0, fmt.Errorf("take number: %w", err)
		}
		_, err = t.insert(ctx, "counters", fields{"prefix": prefix, "year": receivedOn.Year, "last": no + 1})
		return no + 1, err
	}
	if err != nil {
		return 0, fmt.Errorf("take number: %w", err)
	}
	return no + 1, t.set(ctx, "counters", id, fields{"last": no + 1})
}

func (t *tx) insertTerms(ctx context.Context, request int64, terms []Term) error {
	for i, term := range terms {
		if _, err := t.insert(ctx, "terms", termFields(request, i, term)); err != nil {
			return err
		}
	}
	return nil
}

func termID(request int64, pos int) int64 { return request*100 + int64(pos) }

func termFields(request int64, pos int, term Term) fields {
	return fields{
		"id": termID(request, pos), "request": request, "pos": pos, "term": term.ID, "kind": string(term.Kind), "name": jsonText(term.Name),
		"basis": jsonText(term.Basis), "source": string(term.Source), "condition": term.Condition, "days": term.Days,
		"unit": string(term.Unit), "from_date": dateOrNull(term.From), "day_one": dateOrNull(term.DayOne),
		"due": dateOrNull(term.Due), "provisional": term.Provisional, "named": term.Named, "checked": dateOrNull(term.Checked),
	}
}

// termsOf is the condition for the terms of a request.
func termsOf(request string) string {
	return `id BETWEEN ` + request + ` * 100 AND ` + request + ` * 100 + 99`
}

// replaceTerms puts the terms after in the place of those before, as they were
// read in this transaction. Rows that stay as they are are not written.
func (t *tx) replaceTerms(ctx context.Context, request int64, before, after []Term) error {
	for i := range max(len(before), len(after)) {
		var err error
		switch {
		case i >= len(after):
			err = t.remove(ctx, "terms", termID(request, i))
		case i >= len(before):
			_, err = t.insert(ctx, "terms", termFields(request, i, after[i]))
		case before[i] != after[i]:
			err = t.set(ctx, "terms", termID(request, i), termFields(request, i, after[i]))
		}
		if err != nil {
			return err
		}
	}
	return nil
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
