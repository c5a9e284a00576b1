package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// Recount is what the terms of a request come to when they are counted anew.
type Recount struct {
	Terms []Term
	ActBy rules.Date
	Trace json.RawMessage // how the terms were counted, for the history; nil: nothing is kept
}

// Recomputation is what Recompute does: all requests that are not closed are
// shown to Count, and get the terms that it returns.
type Recomputation struct {
	Cause string // for the history

	// Basis are the small facts, as SetMeta keeps them, by which the terms are
	// counted now: they change together with the terms.
	Basis map[string]string

	// Count counts the terms of a request, which comes without its letters, its
	// notes and its acknowledgement. nil: the request keeps its terms. It runs
	// inside the transaction and must not write to the register.
	Count func(Request) (*Recount, error)
}

// Recompute replaces the terms of requests that are not closed, all in one
// transaction, with an event for each request whose terms became others.
func (db *DB) Recompute(ctx context.Context, c Recomputation, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		ids, err := t.idsInWork(ctx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(ids, batch) {
			list, err := loadRequests(ctx, t, `WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id`, jsonText(part))
			if err != nil {
				return err
			}
			if err := loadTerms(ctx, t, list); err != nil {
				return err
			}
			if err := t.recount(ctx, list, c); err != nil {
				return err
			}
		}
		for name, value := range c.Basis {
			if err := t.setMeta(ctx, name, value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recompute terms: %w", err)
	}
	return nil
}

// idsInWork lists the requests that are not closed.
func (t *tx) idsInWork(ctx context.Context) (ids []int64, err error) {
	rows, err := t.QueryContext(ctx, `SELECT r.id FROM requests r WHERE `+inWork)
	if err != nil {
		return nil, err
	}
	err = scanEach(rows, func() error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	slices.Sort(ids)
	return ids, err
}

// recount counts the requests anew and writes those whose terms are others.
func (t *tx) recount(ctx context.Context, list []requestRow, c Recomputation) error {
	var moved []requestRow
	var counts []*Recount
	for _, r := range list {
		n, err := c.Count(r.Request)
		if err != nil {
			return fmt.Errorf("count the terms of %s: %w", r.Number, err)
		}
		if n != nil && (r.ActBy != n.ActBy || !slices.Equal(r.Terms, n.Terms)) {
			moved, counts = append(moved, r), append(counts, n)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	s := &series{tx: t}
	detail, rowOf := recountDetail{c.Cause, map[*Recount]string{}}, termRows()
	var requests, terms [][]any
	var gone []int64
	for i, r := range moved {
		event := s.add(Event{Actor: Machine, Code: EventRecomputed, Number: r.Number, Detail: detail.of(r, counts[i])})
		requests = append(requests, []any{r.ID, event, r.Revision + 1, dateOrNull(counts[i].ActBy)})
		s.cover("requests", r.ID)
		after := counts[i].Terms
		for pos := range max(len(r.Terms), len(after)) {
			id := termID(r.ID, pos)
			switch {
			case pos >= len(after):
				gone = append(gone, id)
				s.uncover("terms", id)
			case pos >= len(r.Terms) || r.Terms[pos] != after[pos]:
				terms = append(terms, rowOf(counts[i], pos, r.ID, event))
				s.cover("terms", id)
			}
		}
	}
	if err := t.writeRecounts(ctx, requests, terms, gone); err != nil {
		return err
	}
	return s.append(ctx)
}

// writeRecounts writes the rows of many requests: requests has the columns id,
// event, revision and act_by, terms termColumns, and
// gone the ids of the terms that no longer run.
func (t *tx) writeRecounts(ctx context.Context, requests, terms [][]any, gone []int64) error {
	err := t.execMany(ctx, `WITH v (id, event, revision, act_by) AS (VALUES `, ` ) UPDATE requests SET event = v.event, revision = v.revision,
		act_by = v.act_by FROM v WHERE requests.id = v.id`, requests)
	if err != nil {
		return fmt.Errorf("change requests: %w", err)
	}
	var set []string
	for _, name := range termColumns {
		if name != "id" && name != "request" && name != "pos" {
			set = append(set, name+" = excluded."+name)
		}
	}
	err = t.execMany(ctx, `INSERT INTO terms (`+strings.Join(termColumns, ", ")+`) VALUES `,
		` ON CONFLICT (id) DO UPDATE SET `+strings.Join(set, ", "), terms)
	if err == nil && len(gone) > 0 {
		_, err = t.ExecContext(ctx, `DELETE FROM terms WHERE id IN (SELECT value FROM json_each(?))`, jsonText(gone))
	}
	if err != nil {
		return fmt.Errorf("change terms: %w", err)
	}
	return nil
}

// termColumns are those of a term, in the order of fields.sorted.
var termColumns, _ = termRow(0, 0, 0, Term{}).sorted()

func termRow(request int64, pos int, event int64, term Term) fields {
	f := termFields(request, pos, term)
	f["event"] = event
	return f
}

// termRows returns a function that makes the row of a term, in the order of
// termColumns; what the terms of many requests have in common is made once.
func termRows() func(n *Recount, pos int, request, event int64) []any {
	known := map[*Term][]any{}
	columns := map[string]int{}
	for i, name := range termColumns {
		columns[name] = i
	}
	return func(n *Recount, pos int, request, event int64) []any {
		row := known[&n.Terms[pos]]
		if row == nil {
			_, row = termRow(request, pos, event, n.Terms[pos]).sorted()
			known[&n.Terms[pos]] = row
		}
		row = slices.Clone(row)
		row[columns["id"]], row[columns["request"]], row[columns["event"]] = termID(request, pos), request, event
		return row
	}
}

// recountDetail writes the details of events in the form of diff.text; what
// many requests have in common is written once.
type recountDetail struct {
	cause string
	after map[*Recount]string
}

func (d recountDetail) of(r requestRow, n *Recount) string {
	type dates struct {
		ActBy rules.Date   `json:"act_by"`
		Terms []termDetail `json:"terms"`
	}
	after, known := d.after[n]
	if !known {
		after = jsonText(dates{n.ActBy, termsDetail(n.Terms)})
		d.after[n] = after
	}
	more := `{"cause":` + jsonText(d.cause)
	if n.Trace != nil {
		more += `,"trace":` + string(n.Trace)
	}
	return `{"after":` + after + `,"before":` + jsonText(dates{r.ActBy, termsDetail(r.Terms)}) + `,"more":` + more + `}}`
}
