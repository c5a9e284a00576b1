package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/rules"
)

// wants reports whether the filter can select requests that are closed, or, with closed
// false, that are not.
func (f Filter) wants(closed bool) bool {
	if len(f.Status) > 0 {
		return slices.ContainsFunc(f.Status, func(s Status) bool { return s.Closed() == closed })
	}
	return !closed || f.OverdueOn.IsZero() && (f.All || len(f.Numbers) > 0)
}

// where is the condition of the filter, with its arguments, together with these: inWork or
// outOfWork.
func (f Filter) where(these string) (string, []any) {
	c := conditions{and: []string{these}}
	if len(f.Status) > 0 {
		c.add(`r.status IN (SELECT value FROM json_each(?))`, jsonText(f.Status))
	}
	if len(f.Kinds) > 0 {
		kinds := `r.kind IN (SELECT value FROM json_each(?1))`
		if slices.Contains(f.Status, StatusReview) {
			kinds = `(` + kinds + ` OR r.kind = '' AND EXISTS (SELECT 1 FROM json_each(r.candidates) c WHERE c.value IN (SELECT value FROM json_each(?1))))`
		}
		c.add(strings.ReplaceAll(kinds, "?1", "?"+strconv.Itoa(len(c.args)+1)), jsonText(f.Kinds))
	}
	if len(f.Assignees) > 0 {
		c.add(`r.assignee IN (SELECT value FROM json_each(?))`, jsonText(f.Assignees))
	}
	c.day(`r.act_by <= ?`, f.DueUntil)
	c.day(inWork+` AND EXISTS (SELECT 1 FROM terms t WHERE t.`+termsOf("r.id")+` AND t.source <> 'target' AND t.due < ?)`, f.OverdueOn)
	c.day(`r.received_on >= ?`, f.ReceivedFrom)
	c.day(`r.received_on <= ?`, f.ReceivedTo)
	if len(f.Numbers) > 0 {
		c.add(`r.number IN (SELECT value FROM json_each(?))`, jsonText(f.Numbers))
	}
	if strings.TrimSpace(f.From) != "" {
		c.from(rules.AddressSpellings(f.From), these)
	}
	return "WHERE " + strings.Join(c.and, " AND "), c.args
}

// conditions are those of a query, with their arguments.
type conditions struct {
	and  []string
	args []any
}

// add is called, not copied to each place that calls it.
//
//go:noinline
func (c *conditions) add(condition string, values ...any) {
	c.and = append(c.and, condition)
	c.args = append(c.args, values...)
}

// day adds a condition on a day, where there is one.
//
//go:noinline
func (c *conditions) day(condition string, d rules.Date) {
	if !d.IsZero() {
		c.add(condition, d.String())
	}
}

// from looks for any of the parts in the names and addresses of a request. Among the few
// in work it is faster to look at each; among all, to look through the names first.
func (c *conditions) from(parts []string, these string) {
	var values []any
	for _, part := range parts {
		values = append(values, part)
	}
	holds := `(instr(@, ?) > 0` + strings.Repeat(` OR instr(@, ?) > 0`, len(parts)-1) + `)`
	letter, request := strings.ReplaceAll(holds, "@", "lp.from_folded"), strings.ReplaceAll(holds, "@", "rp.sender_key")
	condition := `r.id IN (SELECT rl.request FROM letters_private lp JOIN request_letters rl ON rl.letter = lp.id
		WHERE ` + letter + `
		UNION ALL SELECT rp.id FROM requests_private rp WHERE rp.sender_key IS NOT NULL AND ` + request + `)`
	if these == inWork {
		condition = `(EXISTS (SELECT 1 FROM request_letters rl JOIN letters_private lp ON lp.id = rl.letter
			WHERE rl.request = r.id AND ` + letter + `)
			OR EXISTS (SELECT 1 FROM requests_private rp WHERE rp.id = r.id AND ` + request + `))`
	}
	c.add(condition, append(values, values...)...)
}

// Request returns everything about one request. The number is the full one;
// Resolve makes it from a short form.
func (db *DB) Request(ctx context.Context, number string) (Request, error) {
	var r Request
	err := db.view(ctx, func(q querier) error {
		row, err := findRequest(ctx, q, number)
		if err != nil {
			return err
		}
		row.Terms = nil // complete reads them again
		list := []requestRow{row}
		if err := complete(ctx, q, list, true); err != nil {
			return err
		}
		r = list[0].Request
		if r.AnsweredAt, err = answeredAt(ctx, q, r.ID); err != nil {
			return err
		}
		answered, err := answered(ctx, q, []string{number})
		if err != nil {
			return err
		}
		r.Answered = answered[number]
		r.Notes, err = loadNotes(ctx, q, r.ID)
		return err
	})
	if err != nil {
		return Request{}, fmt.Errorf("read request: %w", err)
	}
	return r, nil
}

func loadNotes(ctx context.Context, q querier, request int64) ([]Note, error) {
	rows, err := q.QueryContext(ctx, `SELECT n.at, n.actor, p.text FROM notes n LEFT JOIN notes_private p ON p.id = n.id
		WHERE n.request = ? ORDER BY n.id`, request)
	if err != nil {
		return nil, err
	}
	var notes []Note
	err = scanEach(rows, func() error {
		var n Note
		err := rows.Scan(asInstant{&n.At}, &n.Actor, asText[string]{&n.Text})
		notes = append(notes, n)
		return err
	})
	return notes, err
}

// Resolve returns the full number that a short form means: 17, 2026-17,
// LK-2026-17 or the full one, letter case ignored. ErrNotFound: none.
// ErrAmbiguous: several; the error names them.
func (db *DB) Resolve(ctx context.Context, short string) (string, error) {
	prefix, year, no, err := parseNumber(short)
	if err != nil {
		return "", fmt.Errorf("find request: %w", &About{short, err})
	}
	rows, err := db.read.QueryContext(ctx, `SELECT number, prefix FROM requests WHERE no = ? AND (? = 0 OR year = ?) ORDER BY number`, no, year, year)
	if err != nil {
		return "", fmt.Errorf("find request %q: %w", short, explain(err))
	}
	var found []string
	err = scanEach(rows, func() error {
		var number, p string
		err := rows.Scan(&number, &p)
		if prefix == "" || strings.EqualFold(prefix, p) {
			found = append(found, number)
		}
		return err
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("find request %q: %w", short, explain(err))
	case len(found) == 0:
		return "", fmt.Errorf("find request: %w", &About{short, ErrNotFound})
	case len(found) > 1:
		return "", fmt.Errorf("find request %q: %w", short, &About{strings.Join(found, ", "), ErrAmbiguous})
	}
	return found[0], nil
}

// parseNumber reads the parts of a number from the last one on, since the prefix may hold
// hyphens.
func parseNumber(s string) (prefix string, year, no int, err error) {
	parts := strings.Split(strings.TrimSpace(s), "-")
	slices.Reverse(parts)
	if no, err = strconv.Atoi(parts[0]); err != nil || no <= 0 {
		return "", 0, 0, fmt.Errorf("%w: a number looks like 17, 2026-17 or LK-2026-000017", ErrNotFound)
	}
	if len(parts) > 1 {
		if year, err = strconv.Atoi(parts[1]); err != nil || year <= 0 {
			return "", 0, 0, fmt.Errorf("%w: a number looks like 17, 2026-17 or LK-2026-000017", ErrNotFound)
		}
	}
	if len(parts) > 2 {
		rest := parts[2:]
		slices.Reverse(rest)
		prefix = strings.Join(rest, "-")
	}
	return prefix, year, no, nil
}

// History returns the events of a request, the earliest first.
func (db *DB) History(ctx context.Context, number string) (events []Event, err error) {
	err = db.view(ctx, func(q querier) error {
		var there int
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM requests WHERE number = ?`, number).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return fmt.Errorf("request %s: %w", number, ErrNotFound)
		}
		events, err = loadEvents(ctx, q, `e.number = ? AND e.number <> ''`, number)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return events, nil
}

// EventsBetween returns the events with a code behind the event number after, up to
// the event number to, the earliest first. It looks at each event in between.
func (db *DB) EventsBetween(ctx context.Context, code string, after, to int64) (events []Event, err error) {
	err = db.view(ctx, func(q querier) error {
		events, err = loadEvents(ctx, q, `e.seq > ? AND e.seq <= ? AND e.code = ?`, after, to, code)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events %s: %w", code, err)
	}
	return events, nil
}

func loadEvents(ctx context.Context, q querier, where string, args ...any) (events []Event, err error) {
	rows, err := q.QueryContext(ctx, `SELECT e.seq, e.at, e.actor, e.code, e.number, d.body, e.digest
		FROM events e LEFT JOIN event_details d ON d.event = e.seq WHERE `+where+` ORDER BY e.seq`, args...)
	if err != nil {
		return nil, err
	}
	err = scanEach(rows, func() error {
		var e Event
		err := rows.Scan(&e.Seq, asInstant{&e.At}, &e.Actor, &e.Code, &e.Number, asText[string]{&e.Detail}, &e.Digest)
		events = append(events, e)
		return err
	})
	return events, err
}

// requestsOf reads the requests of the numbers, in their order.
func (t *tx) requestsOf(ctx context.Context, numbers []string) ([]requestRow, error) {
	var list []requestRow
	for _, number := range numbers {
		r, err := t.findRequest(ctx, number)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}
