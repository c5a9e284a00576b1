package store

import (
	"context"
	"fmt"
	"strconv"
)

// Requests returns the requests that f selects, the most urgent first: those that are not
// closed, in the order of the day to act by and then of the number; then those that are
// closed, the latest number first. Letters come without their text.
func (db *DB) Requests(ctx context.Context, f Filter) ([]Request, error) {
	var list []Request
	err := db.view(ctx, func(q querier) error {
		ids, err := f.selected(ctx, q)
		if err != nil {
			return err
		}
		list, err = loadInOrder(ctx, q, ids, loadWhole)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	return list, nil
}

// Selected returns the ids of the requests that f selects, in the order of Requests. It is
// for lists that may hold years of requests: RequestsOf and Lines read some of them at a
// time, so that nobody else must wait for whoever reads such a list slowly.
func (db *DB) Selected(ctx context.Context, f Filter) (ids []int64, err error) {
	err = db.view(ctx, func(q querier) error {
		ids, err = f.selected(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("select requests: %w", err)
	}
	return ids, nil
}

// RequestsOf returns the requests with the ids, in their order, as Requests does.
func (db *DB) RequestsOf(ctx context.Context, ids []int64) ([]Request, error) {
	return db.inOrder(ctx, ids, loadWhole)
}

// Lines returns the requests with the ids, in their order, with what a line in a
// list of them says and nothing else: number, kind, candidates, status, day of
// receipt, day to act by, waits, assignee, documents, sender, acknowledgement; of the terms the
// id, the source, the day from which it runs and the last day; of the letters who wrote
// the first.
func (db *DB) Lines(ctx context.Context, ids []int64) ([]Request, error) {
	return db.inOrder(ctx, ids, loadLines)
}

// A loader reads the requests with the ids, in any order.
type loader func(ctx context.Context, q querier, ids []int64) ([]requestRow, error)

func (db *DB) inOrder(ctx context.Context, ids []int64, load loader) (list []Request, err error) {
	err = db.view(ctx, func(q querier) error {
		list, err = loadInOrder(ctx, q, ids, load)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	return list, nil
}

func loadInOrder(ctx context.Context, q querier, ids []int64, load loader) ([]Request, error) {
	list, place := make([]Request, len(ids)), make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	for start := 0; start < len(ids); start += batch {
		rows, err := load(ctx, q, ids[start:min(start+batch, len(ids))])
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			list[place[r.ID]] = r.Request
		}
	}
	return list, nil
}

// selected reads first the requests in work, then the closed ones. Each half gets its order
// from an index, so that a limit ends the reading early.
func (f Filter) selected(ctx context.Context, q querier) ([]int64, error) {
	var ids []int64
	for _, half := range []struct {
		wanted       bool
		these, order string
	}{
		{f.wants(false), inWork, `r.act_by NULLS LAST, r.number`},
		{f.wants(true), outOfWork, `r.number DESC`},
	} {
		if !half.wanted || f.Limit > 0 && len(ids) >= f.Limit {
			continue
		}
		where, args := f.where(half.these)
		query := `SELECT r.id FROM requests r ` + where + ` ORDER BY ` + half.order
		if f.Limit > 0 {
			query += ` LIMIT ` + strconv.Itoa(f.Limit-len(ids))
		}
		some, err := queryIDs(ctx, q, query, args...)
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	return ids, nil
}

// loadWhole reads a batch with everything but the texts of the letters.
func loadWhole(ctx context.Context, q querier, ids []int64) ([]requestRow, error) {
	rows, err := loadRequests(ctx, q, `WHERE r.id IN (SELECT value FROM json_each(?))`, jsonText(ids))
	if err != nil {
		return nil, err
	}
	return rows, complete(ctx, q, rows, false)
}

// loadLines reads a batch with what Lines tells.
func loadLines(ctx context.Context, q querier, ids []int64) ([]requestRow, error) {
	rows, err := q.QueryContext(ctx, `SELECT r.id, r.number, r.kind, r.candidates, r.status, r.letter, r.received_on, r.act_by, r.waits, r.assignee,
		r.documents, s.sender, p.from_name, p.from_addr, p.reply_to FROM json_each(?) k CROSS JOIN requests r ON r.id = k.value
		LEFT JOIN requests_private s ON s.id = r.id LEFT JOIN letters_private p ON p.id = r.letter`, jsonText(ids))
	if err != nil {
		return nil, err
	}
	list := make([]requestRow, 0, len(ids))
	err = scanEach(rows, func() error {
		var r requestRow
		var l Letter
		r.Ack.State = MailNone
		err := rows.Scan(&r.ID, &r.Number, &r.Kind, asJSON{&r.Candidates}, &r.Status, &r.letter, asDate{&r.ReceivedOn}, asDate{&r.ActBy}, asJSON{&r.Waits},
			&r.Assignee, asDate{&r.Documents}, asText[string]{&r.Sender}, asText[string]{&l.FromName}, asText[string]{&l.FromAddr}, asText[string]{&l.ReplyTo})
		l.ID = r.letter
		r.Letters = []Letter{l}
		list = append(list, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := loadDueDays(ctx, q, list); err != nil {
		return nil, err
	}
	return list, loadAcks(ctx, q, list)
}

// loadDueDays reads the terms of requests, as far as Lines tells of them.
func loadDueDays(ctx context.Context, q querier, list []requestRow) error {
	ids, at := byID(list)
	rows, err := q.QueryContext(ctx, `SELECT request, term, source, from_date, due, provisional
		FROM json_each(?) k CROSS JOIN terms t ON t.`+termsOf("k.value")+` ORDER BY t.id`, ids)
	if err != nil {
		return err
	}
	return scanEach(rows, func() error {
		var request int64
		var t Term
		err := rows.Scan(&request, &t.ID, &t.Source, asDate{&t.From}, asDate{&t.Due}, &t.Provisional)
		if err != nil {
			return err
		}
		r := at[request]
		r.Terms = append(r.Terms, t)
		return nil
	})
}
