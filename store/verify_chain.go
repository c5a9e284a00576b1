package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"
)

// chain walks through the events and, beside them, through what only they
// cover: their entries in event_rows, their ledger rows and their details.
func (v *verifier) chain(ctx context.Context) error {
	return v.db.views(ctx, 3, func(q []querier) error { return v.chainOn(ctx, q[0], q[1], q[2]) })
}

// chainOn reads the events from one connection, the entries and the ledger from
// two others, which see the same state; they may be one.
func (v *verifier) chainOn(ctx context.Context, events, entries, ledger querier) error {
	ctx, stop := context.WithCancel(ctx)
	w := &chainWalk{
		verifier: v, q: events,
		entries: startFeed(ctx, entries, `SELECT event, tbl, row, digest, marks FROM event_rows ORDER BY event, tbl, row`, entryOf),
		ledger:  startFeed(ctx, ledger, `SELECT * FROM messages ORDER BY event, id`, seenRowOf),
	}
	defer func() {
		stop()
		w.entries.wait()
		w.ledger.wait()
	}()
	for _, c := range []struct {
		to    **cursor
		query string
	}{
		// The columns of a detail have other names here: marks look for a salt.
		{&w.events, `SELECT e.*, d.salt AS detail_salt, d.body AS detail_body
			FROM events e LEFT JOIN event_details d ON d.event = e.seq ORDER BY e.seq`},
		{&w.meta, `SELECT (SELECT value FROM meta WHERE name = 'events') AS events, (SELECT value FROM meta WHERE name = 'head') AS head,
			(SELECT value FROM meta WHERE name = 'key') AS key`},
	} {
		rows, err := w.q.QueryContext(ctx, c.query)
		if err != nil {
			return err
		}
		defer rows.Close()
		if *c.to, err = newCursor(rows); err != nil {
			return err
		}
	}
	w.meta.next()
	return w.walk(ctx)
}

// chainWalk is where the walk stands.
type chainWalk struct {
	*verifier
	q            querier
	events, meta *cursor
	entries      *feed[entry]
	ledger       *feed[seenRow]

	last struct { // the event before
		seq     int64
		digests [2]string // as it says, and as it comes to
		at      time.Time
	}
	total   int64 // events, as meta says
	message int64 // the last ledger row of the events before; ids have no gaps
}

// withoutDigest are the columns of the walk's events that are not under their
// digest, and notMarked those that are not under their marks.
var (
	withoutDigest = []string{"digest", "detail_salt", "detail_body"}
	notMarked     = append([]string{"marks"}, withoutDigest...)
)

func (w *chainWalk) walk(ctx context.Context) error {
	w.total, _ = strconv.ParseInt(w.meta.string("events"), 10, 64)
	w.last.digests = [2]string{genesis(w.meta.string("key")), genesis(w.meta.string("key"))}
	for w.events.next() {
		if err := w.event(ctx); err != nil {
			return err
		}
		if w.last.seq%500 == 0 {
			w.Progress(StageChain, w.last.seq, w.total)
		}
	}
	for _, c := range []*cursor{w.events, w.meta} {
		if c.err != nil {
			return c.err
		}
	}
	w.Progress(StageChain, w.total, w.total)
	w.Events, w.Verified.Head, w.HeadAt = w.last.seq, w.last.digests[0], w.last.at
	if err := w.behindTheEnd(ctx); err != nil {
		return err
	}
	w.checkHead()
	return w.looseDetails(ctx)
}

// event checks one event against the one before it and against what it covers.
func (w *chainWalk) event(ctx context.Context) error {
	e := w.events
	seq := e.integer("seq")
	b := Break{Table: "events", Row: seq, Event: seq, Number: e.string("number"), What: Changed}
	b.Since, _ = time.Parse(instantForm, e.string("at"))
	if seq <= w.last.seq || seq > w.total && seq > w.last.seq+1 { // before the first, or far behind the last
		b.What = Added
		w.found(b)
		return nil
	}
	for missing := w.last.seq + 1; missing < seq && len(w.Breaks) < maxBreaks; missing++ {
		w.found(Break{Table: "events", Row: missing, Event: missing, Since: w.last.at, What: Removed})
	}
	comesTo := e.digest(withoutDigest...)
	if comesTo != e.string("digest") {
		b.Since = w.changedEvent(ctx, b)
	}
	if prev := e.string("prev"); seq == w.last.seq+1 && prev != w.last.digests[0] && prev != w.last.digests[1] && comesTo == e.string("digest") {
		w.otherBefore(b)
	}
	w.last.seq, w.last.digests, w.last.at = seq, [2]string{e.string("digest"), comesTo}, b.Since
	if h := strings.ToLower(w.VerifyOptions.Head); len(h) >= minHead && strings.HasPrefix(comesTo, h) {
		w.Known, w.KnownAt = seq, b.Since
	}

	all := sha256.New()
	entries, err := w.entriesOf(seq, all)
	if err != nil {
		return err
	}
	rows, named, err := w.ledgerOf(ctx, b, all)
	if err != nil {
		return err
	}
	if hex.EncodeToString(all.Sum(nil)) != e.string("rows") {
		changed, err := w.changedLedger(ctx, b)
		if err != nil {
			return err
		}
		w.otherRows(b, entries, rows, named || changed)
	} else if len(rows) > 0 {
		w.message = rows[len(rows)-1]
	}
	return w.detail(ctx, b)
}

// minHead is how many digits of a head at least must be given.
const minHead = 16

// changedEvent names an event that is not what its digest says, and returns
// since when that may be: its own instant, unless that was changed too.
func (w *chainWalk) changedEvent(ctx context.Context, b Break) time.Time {
	e := w.events
	marks := e.bytes("marks")
	b.Columns = e.differs(marks, notMarked...)
	if len(b.Columns) == 0 && string(e.marks(notMarked...)) == string(marks) {
		b.Columns = []string{"digest"}
	}
	if len(b.Columns) == 0 || slices.Contains(b.Columns, "at") {
		b.Since = w.last.at
	}
	if b.Since.IsZero() { // the first: it was sound when another followed it
		b.Since = w.followed(ctx, b.Event)
	}
	w.found(b)
	return b.Since
}

// followed is the instant of the event that comes after one; zero if none does.
func (w *chainWalk) followed(ctx context.Context, seq int64) (at time.Time) {
	rows, err := w.q.QueryContext(ctx, `SELECT at FROM events WHERE seq > ? ORDER BY seq LIMIT 1`, seq)
	if err == nil {
		err = eachRecord(rows, func(r *record) error {
			at, _ = time.Parse(instantForm, r.string("at"))
			return nil
		})
	}
	if err != nil {
		return time.Time{} // the walk meets the same trouble
	}
	return at
}

// otherBefore names what an event that is sound itself does not follow: the
// event before it was put in another's place, digest and all. Before the first
// stands the key.
func (w *chainWalk) otherBefore(b Break) {
	if w.last.seq == 0 {
		w.found(Break{Table: "meta", Name: metaKey, Columns: []string{"value"}, What: Changed})
		return
	}
	w.found(Break{Table: "events", Row: w.last.seq, Event: w.last.seq, Since: w.last.at, What: Reordered})
}

// entriesOf adds the entries of the event to its digest; entries of no event
// are breaks.
func (w *chainWalk) entriesOf(seq int64, all hash.Hash) (any bool, err error) {
	for e, more := w.entries.head(); more && e.event <= seq; e, more = w.entries.head() {
		w.entries.next()
		if e.event < seq {
			w.found(Break{Table: "event_rows", Row: e.event, What: Added})
			continue
		}
		all.Write(e.line)
		any = true
	}
	return any, w.entries.failed()
}

// detail checks the detail of the event that the walk is at.
func (w *chainWalk) detail(ctx context.Context, b Break) error {
	e := w.events
	b.Table, b.Row, b.What = "event_details", b.Event, Changed
	salt, there := e.value("detail_salt").([]byte)
	switch want := e.string("detail"); {
	case there && want == "":
		b.What = Added
	case there && len(salt) == saltSize && detailDigest(salt, e.string("detail_body")) == want, !there && want == "":
		return nil
	case there && len(salt) != saltSize: // the border between salt and text may have moved
		b.Columns = []string{"salt"}
	case !there:
		b.What = Removed
		if gone, err := removedLater(ctx, w.q, "event_details", b.Event); err != nil || gone {
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
