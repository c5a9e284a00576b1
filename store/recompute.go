package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
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

	// Basis are small facts, as SetMeta keeps them, that tell by which calendar and
	// options the terms are counted now. They change together with the terms.
	Basis map[string]string

	// After is the number of an event: requests that no later event is about are left
	// out.
	After int64

	// Count counts the terms of a request, which comes without its letters, its
	// notes and its acknowledgement. nil: the request keeps its terms. It runs
	// inside the transaction, beside its writing, one call at a time, and must
	// not write to the register.
	Count func(Request) (*Recount, error)
}

// Recompute replaces the terms of requests that are not closed, all in one
// transaction, with an event for each request whose terms became others. While
// some requests are read and written, the next are counted.
func (db *DB) Recompute(ctx context.Context, c Recomputation, at time.Time) error {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		ids, err := t.idsInWork(ctx, c.After)
		if err != nil {
			return err
		}
		if err := t.recountAll(ctx, ids, newRecounter(t, c)); err != nil {
			return err
		}
		for name, value := range c.Basis {
			if err := t.setMeta(ctx, name, value); err != nil {
				return err
			}
		}
		return t.setMeta(ctx, MetaRecounted, strconv.FormatInt(t.seq-1, 10))
	})
	if err != nil {
		return fmt.Errorf("recompute terms: %w", err)
	}
	return nil
}

// recountAll counts the requests anew, some at a time, and writes what changed.
func (t *tx) recountAll(ctx context.Context, ids []int64, c *recounter) error {
	var counted recounted
	wait := func() {}         // for what is being counted
	defer func() { wait() }() // what is counted uses what the caller lent
	finish := func(next []work) error {
		wait()
		done := counted
		counted = recounted{}
		if done.err == nil && next != nil {
			wait = apart(func() { counted = c.count(next) })
		}
		return t.writeRecounted(ctx, done)
	}
	for start := 0; start < len(ids); start += batch {
		list, err := t.loadWork(ctx, ids[start:min(start+batch, len(ids))])
		if err == nil {
			err = finish(list)
		}
		if err != nil {
			return err
		}
	}
	return finish(nil)
}

// idsInWork lists the requests that are not closed and that an event with a higher number is
// about; all of them for 0.
func (t *tx) idsInWork(ctx context.Context, after int64) ([]int64, error) {
	query, args := `SELECT r.id FROM requests r WHERE `+inWork, []any(nil)
	if after > 0 {
		query, args = query+` AND r.number IN (SELECT e.number FROM events e WHERE e.seq > ?)`, []any{after}
	}
	ids, err := queryIDs(ctx, t, query, args...)
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids, err
}

// work is a request that is to be counted anew, and its row as it stands.
type work struct {
	requestRow
	row *record
}

// loadWork reads requests with their terms.
func (t *tx) loadWork(ctx context.Context, ids []int64) ([]work, error) {
	const chosen = `WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id`
	list, err := loadRequests(ctx, t, chosen, jsonText(ids))
	if err != nil {
		return nil, err
	}
	if err := loadTerms(ctx, t, list); err != nil {
		return nil, err
	}
	out := make([]work, 0, len(list))
	rows, err := t.QueryContext(ctx, `SELECT r.* FROM requests r `+chosen, jsonText(ids))
	if err != nil {
		return nil, err
	}
	err = eachRecord(rows, func(r *record) error {
		out = append(out, work{list[len(out)], r.copied()})
		return nil
	})
	return out, err
}
