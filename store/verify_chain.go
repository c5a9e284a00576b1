package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"time"
)

// chain walks through the events and, beside them, through what only they
// cover: their entries in event_rows, their ledger rows and their details.
func (v *verifier) chain(ctx context.Context, q querier) error {
	w := &chainWalk{verifier: v, ctx: ctx, q: q}
	for _, c := range []struct {
		to    **cursor
		query string
	}{
		{&w.events, `SELECT e.seq, e.at, e.actor, e.code, e.number, e.detail, e.rows, e.prev, e.digest, d.salt, d.body
			FROM events e LEFT JOIN event_details d ON d.event = e.seq ORDER BY e.seq`},
		{&w.entries, `SELECT event, tbl, row, digest FROM event_rows ORDER BY event, tbl, row`},
		{&w.ledger, `SELECT * FROM messages ORDER BY event, id`},
	} {
		rows, err := q.QueryContext(ctx, c.query)
		if err != nil {
			return err
		}
		defer rows.Close()
		if *c.to, err = newCursor(rows); err != nil {
			return err
		}
	}
	w.entries.next()
	w.ledger.next()
	for w.events.next() {
		if err := w.event(); err != nil {
			return err
		}
	}
	for _, c := range []*cursor{w.events, w.entries, w.ledger} {
		if c.err != nil {
			return c.err
		}
	}
	w.left()
	return w.head()
}

// chainWalk is where the walk stands.
type chainWalk struct {
	*verifier
	ctx                     context.Context
	q                       querier
	events, entries, ledger *cursor

	last struct { // the event before
		seq    int64
		digest string
		at     time.Time
	}
}

// event checks one event against the one before it and against what it covers.
func (w *chainWalk) event() error {
	e := w.events
	seq := e.integer("seq")
	for missing := w.last.seq + 1; missing < seq && len(w.breaks) < maxBreaks; missing++ {
		w.found(Break{Table: "events", Row: missing, Event: missing, Since: w.last.at, What: Removed})
	}
	b := Break{Table: "events", Row: seq, Event: seq, Number: e.string("number"), What: Changed}
	b.Since, _ = time.Parse(instantForm, e.string("at"))
	switch {
	case e.digest("digest", "salt", "body") != e.string("digest"):
		w.found(b)
	case e.string("prev") != w.last.digest && seq == w.last.seq+1:
		b.What = Reordered
		w.found(b)
	}
	w.last.seq, w.last.digest, w.last.at = seq, e.string("digest"), b.Since

	all := sha256.New()
	w.entriesOf(seq, all)
	ledger, marked := w.ledgerOf(b, all)
	if hex.EncodeToString(all.Sum(nil)) != e.string("rows") && !marked {
		b.Table, b.Row = "event_rows", seq
		if ledger || e.string("code") == EventIntake {
			b.Table, b.Row = "messages", 0
			b.What = Removed
		}
		w.found(b)
	}
	return w.detail(b)
}

// entriesOf adds the entries of the event to its digest; entries of no event
// are breaks.
func (w *chainWalk) entriesOf(seq int64, all hash.Hash) {
	c := w.entries
	for ; !c.done && c.integer("event") <= seq; c.next() {
		if c.integer("event") < seq {
			w.found(Break{Table: "event_rows", Row: c.integer("event"), What: Added})
			continue
		}
		writeCover(all, c.string("tbl"), c.integer("row"), c.string("digest"))
	}
}

// ledgerOf adds the ledger rows of the event to its digest. marked says that a
// row was named as changed, so that the digest of all need not be.
func (w *chainWalk) ledgerOf(b Break, all hash.Hash) (any, marked bool) {
	c := w.ledger
	for ; !c.done && c.integer("event") <= b.Event; c.next() {
		row := Break{Table: "messages", Row: c.integer("id"), What: Added}
		if c.integer("event") == b.Event {
			row.Event, row.Since, row.Number, row.What = b.Event, b.Since, b.Number, Changed
			io.WriteString(all, c.record.digest()+"\n")
			any = true
		}
		if row.What == Added || c.digest("id", "mark")[:markSize] != c.string("mark") {
			w.found(row)
			marked = true
		}
	}
	return any, marked
}

// detail checks the detail of the event that the walk is at.
func (w *chainWalk) detail(b Break) error {
	e := w.events
	b.Table, b.Row, b.What = "event_details", b.Event, Changed
	salt, there := e.values[9].([]byte)
	switch want := e.string("detail"); {
	case there && want == "":
		b.What = Added
	case there && detailDigest(salt, e.string("body")) == want, !there && want == "":
		return nil
	case !there:
		b.What = Removed
		if gone, err := removedLater(w.ctx, w.q, "event_details", b.Event); err != nil || gone {
			return err
		}
	}
	w.found(b)
	return nil
}

// removedLater reports whether an event says that it removed the row.
func removedLater(ctx context.Context, q querier, table string, row int64) (gone bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM event_rows WHERE digest = '' AND tbl = ? AND row = ?)`, table, row).Scan(&gone)
	return gone, err
}

// left names what stands behind the last event, or belongs to none.
func (w *chainWalk) left() {
	for c := w.entries; !c.done && len(w.breaks) < maxBreaks; c.next() {
		w.found(Break{Table: "event_rows", Row: c.integer("event"), What: Added})
	}
	for c := w.ledger; !c.done && len(w.breaks) < maxBreaks; c.next() {
		w.found(Break{Table: "messages", Row: c.integer("id"), What: Added})
	}
}

// head checks that the history ends where meta says, and that no detail
// belongs to an event that is not there.
func (w *chainWalk) head() error {
	var events, head string
	if err := w.q.QueryRowContext(w.ctx, `SELECT coalesce((SELECT value FROM meta WHERE name = 'events'), ''),
		coalesce((SELECT value FROM meta WHERE name = 'head'), '')`).Scan(&events, &head); err != nil {
		return err
	}
	if events != strconv.FormatInt(w.last.seq, 10) || head != w.last.digest {
		w.found(Break{Table: "events", Row: 0, Event: w.last.seq, Since: w.last.at, What: Cut})
	}
	rows, err := w.q.QueryContext(w.ctx, `SELECT event FROM event_details WHERE event NOT IN (SELECT seq FROM events) LIMIT ?`, maxBreaks)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		w.found(Break{Table: "event_details", Row: r.integer("event"), What: Added})
		return nil
	})
}
