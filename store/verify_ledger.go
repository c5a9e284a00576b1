package store

import (
	"context"
	"hash"
	"slices"
)

// otherRows names what is not as the event says of its rows, where no row by
// itself was named: ledger rows that are missing, else all that it may be.
func (w *chainWalk) otherRows(b Break, entries bool, rows []int64, named bool) {
	ledger := b
	ledger.Table, ledger.What = "messages", Removed
	next, more := w.ledger.head()
	end := w.message + int64(len(rows))
	switch {
	case more && next.id > w.message:
		end = next.id - 1
	case !more && len(rows) > 0 && rows[len(rows)-1] <= w.message+2*int64(len(rows)):
		end = rows[len(rows)-1]
	}
	at := 0
	for ledger.Row = w.message + 1; ledger.Row <= end && len(w.Breaks) < maxBreaks; ledger.Row++ {
		if at < len(rows) && rows[at] == ledger.Row {
			at++
			continue
		}
		w.found(ledger)
		named = true
	}
	for ; at < len(rows) && len(w.Breaks) < maxBreaks; at++ {
		row := ledger
		row.Row, row.Columns, row.What = rows[at], []string{"id"}, Changed
		w.found(row)
		named = true
	}
	w.message = end
	if named {
		return
	}
	wrote := len(rows) > 0
	if entries || !wrote {
		b := b
		b.Table = "event_rows"
		w.found(b)
	}
	code := w.events.string("code")
	if !more && (wrote || code == EventIntake || code == EventRegistered || code == EventJoined) {
		ledger.Row = w.message + 1
		w.found(ledger)
	}
	if wrote {
		ledger.Row, ledger.What = rows[0], Reordered
		w.found(ledger)
	}
}

// ledgerOf adds the ledger rows of the event to its digest and returns their
// ids. named says that one that belongs to no event was named.
func (w *chainWalk) ledgerOf(ctx context.Context, b Break, all hash.Hash) (rows []int64, named bool, err error) {
	for row, more := w.ledger.head(); more && row.event <= b.Event; row, more = w.ledger.head() {
		w.ledger.next()
		if row.event < b.Event {
			if err := w.stray(ctx, row); err != nil {
				return nil, false, err
			}
			named = true
			continue
		}
		all.Write(row.line[:])
		rows = append(rows, row.id)
	}
	return rows, named, w.ledger.failed()
}

// stray names a ledger row that belongs to no event.
func (w *chainWalk) stray(ctx context.Context, row seenRow) error {
	rows, err := w.q.QueryContext(ctx, `SELECT * FROM messages WHERE id = ?`, row.id)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		b, _ := ledgerRow(r)
		w.found(b)
		return nil
	})
}

// changedLedger names those ledger rows of an event that are not as their marks
// say, once it is known that one of them is wrong.
func (w *chainWalk) changedLedger(ctx context.Context, b Break) (named bool, err error) {
	rows, err := w.q.QueryContext(ctx, `SELECT * FROM messages WHERE event = ? ORDER BY id`, b.Event)
	if err != nil {
		return false, err
	}
	err = eachRecord(rows, func(r *record) error {
		row, sound := ledgerRow(r)
		if !sound {
			row.Event, row.Since, row.Number, row.What = b.Event, b.Since, b.Number, Changed
			w.found(row)
			named = true
		}
		return nil
	})
	return named, err
}

// ledgerRow is a ledger row as a break if it should be one; sound says that it
// is as its marks say.
func ledgerRow(c *record) (b Break, sound bool) {
	marks := c.bytes("marks")
	b = Break{Table: "messages", Row: c.integer("id"), Columns: c.differs(marks, "id", "marks"), What: Added}
	if slices.Equal(b.Columns, []string{"event"}) {
		b.What = Changed
	}
	return b, string(c.marks("id", "marks")) == string(marks)
}
