package store

import (
	"cmp"
	"context"
	"strconv"
)

// behindTheEnd names what stands behind the last event, or belongs to none.
func (w *chainWalk) behindTheEnd(ctx context.Context) error {
	for e, more := w.entries.head(); more && len(w.Breaks) < maxBreaks; e, more = w.entries.head() {
		w.found(Break{Table: "event_rows", Row: e.event, What: Added})
		w.entries.next()
	}
	for row, more := w.ledger.head(); more && len(w.Breaks) < maxBreaks; row, more = w.ledger.head() {
		if err := w.stray(ctx, row); err != nil {
			return err
		}
		w.ledger.next()
	}
	if len(w.Breaks) >= maxBreaks {
		return nil // nobody waits for the rest
	}
	return cmp.Or(w.entries.wait(), w.ledger.wait())
}

// checkHead checks that the history ends where meta says.
func (w *chainWalk) checkHead() {
	events, err := strconv.ParseInt(w.meta.string("events"), 10, 64)
	known := w.meta.string("head")
	b := Break{Table: "meta", Columns: []string{"value"}, Event: w.last.seq, Since: w.last.at, What: Changed}
	ends := known == w.last.digests[0] || known == w.last.digests[1]
	switch {
	case ends && w.meta.string("events") == strconv.FormatInt(w.last.seq, 10): // to the byte: "+7" and "07" are not how it is written
	case ends:
		b.Name = "events"
		w.found(b)
	case err == nil && events == w.last.seq:
		b.Name = "head"
		w.found(b)
	case err == nil && events < w.last.seq:
		for seq := events + 1; seq <= w.last.seq && len(w.Breaks) < maxBreaks; seq++ {
			w.found(Break{Table: "events", Row: seq, Event: seq, What: Added})
		}
	default:
		w.found(Break{Table: "events", Row: w.last.seq + 1, Event: w.last.seq, Since: w.last.at, What: Cut})
	}
	if want := w.VerifyOptions.Head; want != "" && w.Known == 0 {
		w.found(Break{Table: "events", Name: want, What: Foreign})
	}
}

// looseDetails names details that belong to no event.
func (w *chainWalk) looseDetails(ctx context.Context) error {
	rows, err := w.q.QueryContext(ctx, `SELECT event FROM event_details WHERE event NOT IN (SELECT seq FROM events) LIMIT ?`, maxBreaks)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		w.found(Break{Table: "event_details", Row: r.integer("event"), What: Added})
		return nil
	})
}
