package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"license.kz/pometka/rules"
)

// recording is the SQLite driver, writing down what is asked.
type recording struct {
	driver.Driver
	mu      sync.Mutex
	queries map[string]int // with the number of its arguments
}

func (r *recording) Open(name string) (driver.Conn, error) {
	c, err := r.Driver.Open(name)
	return &recordingConn{c, r}, err
}

type recordingConn struct {
	driver.Conn
	r *recording
}

func (c *recordingConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
}

func (c *recordingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.r.mu.Lock()
	c.r.queries[query] = len(args)
	c.r.mu.Unlock()
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *recordingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.r.mu.Lock()
	c.r.queries[query] = strings.Count(query, "?")
	c.r.mu.Unlock()
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c *recordingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

// No query of the daily work goes through a whole table that grows with the
// years, whatever the statistics say.
func TestQueryPlans(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	r := &recording{Driver: &sqlite.Driver{}, queries: map[string]int{}}
	sql.Register("recording", r)
	db := world(t, path)
	db.read.Close()
	db.write.Close()
	db.writer.conn.Close()
	db.read = newReader(must[*sql.DB](t)(sql.Open("recording", dsn(path, nil))))
	db.write = must[*sql.DB](t)(sql.Open("recording", dsn(path, nil)))
	t.Cleanup(func() { db.read.Close(); db.write.Close() })
	db.writer = must[*writer](t)(newWriter(ctx, db.write, db.codec, usualPatience))

	who := "aigul"
	for _, f := range []Filter{
		{}, {Limit: 10}, {All: true, Limit: 10}, {OverdueOn: day("2026-12-01")}, {Kinds: []rules.Kind{"claim"}, Status: []Status{StatusReview}}, {Status: []Status{StatusReview}}, {Kinds: []rules.Kind{"claim"}}, {Assignees: []string{who, ""}},
		{DueUntil: day("2026-12-01")}, {From: "a"}, {All: true, ReceivedFrom: day("2026-11-01"), ReceivedTo: day("2026-11-02")}, {Numbers: []string{"x"}},
	} {
		must[[]Request](t)(db.Requests(ctx, f))
	}
	must[[]Request](t)(db.Lines(ctx, must[[]int64](t)(db.Selected(ctx, Filter{All: true}))))
	must[Request](t)(db.Request(ctx, "LK-2026-000001"))
	must[[]Event](t)(db.History(ctx, "LK-2026-000001"))
	must[string](t)(db.Resolve(ctx, "1"))
	must[[]Mail](t)(db.Outbox(ctx, []MailState{MailHeld}))
	must[Mail](t)(db.Mail(ctx, 1))
	must[Counts](t)(db.Counts(ctx))
	must[bool](t)(db.Bounced(ctx, "a", t0))
	must[[]Mail](t)(db.Bounce(ctx, "x", "5.1.1", t0))
	must[AckCounts](t)(db.AckCounts(ctx, AckQuery{}))
	must[map[Stage]Telling](t)(db.Reminded(ctx, []string{"x"}))
	must[map[string]bool](t)(db.Answered(ctx, []string{"x"}))
	must[map[uint32]bool](t)(db.Places(ctx, "INBOX", 7, 1, 2))
	must[map[string]Seen](t)(db.ByHeaderDigest(ctx, []string{"x"}))
	must[[]string](t)(db.ByMessageID(ctx, []string{"x"}))
	must[[]string](t)(db.SameText(ctx, "a", "b", "", t0, alike))
	must[[]Brief](t)(db.BriefsFrom(ctx, "a", t0, 50))
	must[[]Relative](t)(db.Relatives(ctx, Request{ID: 1}, []string{"a"}, 20))
	must[[]string](t)(db.OfSameLetter(ctx, "LK-2026-000001"))
	must[[]Mail](t)(db.MailsTo(ctx, "LK-2026-000001"))
	must[[]Brief](t)(db.Briefs(ctx, []string{"x"}))
	must[[]string](t)(db.WroteIn(ctx, "a", []string{"x"}))
	must[map[string]bool](t)(db.Answers(ctx, []string{"x"}))
	must[map[string]bool](t)(db.Threads(ctx, []string{"x"}))
	must[[]LedgerLetter](t)(db.LedgerLetters(ctx, []string{"x"}))
	must[map[string]Suppression](t)(db.Suppressed(ctx, []string{"x"}))
	for how, reviews := range map[string]bool{FiledKeyword: true, FiledMove: false} {
		must[[]Unfiled](t)(db.Unfiled(ctx, "INBOX", 7, how, reviews, 10))
	}
	must[map[uint32][]Seen](t)(db.Lying(ctx, "INBOX", []uint32{7}, 1, 2))
	ok(t, db.EachPlace(ctx, "INBOX", 7, 7, 1, 2, func(uint32) error { return nil }))
	must[bool](t)(db.CutBefore(ctx, "x", true))
	must[bool](t)(db.UnreadElsewhere(ctx, Place{"INBOX", 7, 1}, "x", t0))
	must[bool](t)(db.Resent(ctx, t0))
	must[[]Event](t)(db.EventsBetween(ctx, EventRecomputed, 1, 2))
	must[[]int64](t)(db.Remind(ctx, []Notice{{Mail: NewMail{Purpose: PurposeDigest, State: MailQueued, To: "x", Keys: MailKeys{Address: "x"}, MessageID: func(string) string { return "<p>" }}}}, time.Time{}, t0))
	_, _, err := db.ByRawDigest(ctx, "x")
	ok(t, err)
	_, _, err = db.Cursor(ctx, "INBOX")
	ok(t, err)
	ok(t, script(openOther(t, db), func(string) {}))
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000001", Note: "x", Suppress: []string{"s9"}, Event: Event{Actor: "a", Code: "set"}}, func(r *Request) {
		r.Terms, r.ActBy, r.Outcome = terms("2026-12-01"), day("2026-12-01"), rules.Reason{Code: "x", Args: []string{"y"}}
	}), t0))
	must[int](t)(db.Recover(ctx, t0))
	must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), render, nil, nil))
	_, err = db.Release(ctx, []int64{1}, "a", t0)
	if err != nil && !errors.Is(err, ErrStatus) {
		t.Fatal(err)
	}

	// FTS5 says SCAN of what it looks up, too. All messages of a folder are nearly all there are.
	scan := regexp.MustCompile(`^(?:SCAN (\w+)(?: VIRTUAL TABLE INDEX 0:$| [^V]|$)|SEARCH \w+ .*\(folder=\? AND uidvalidity=\?\)$)`)
	small := map[string]bool{"json_each": true, "k": true, "x": true, "value": true, "CONSTANT": true, "meta": true, "folders": true, "f": true}
	plans := 0
	for query, n := range r.queries {
		if !strings.HasPrefix(strings.TrimSpace(query), "SELECT") && !strings.HasPrefix(query, "UPDATE") && !strings.HasPrefix(query, "DELETE") {
			continue
		}
		plans++
		rows, err := db.read.Query("EXPLAIN QUERY PLAN "+query, make([]any, n)...)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		ok(t, scanEach(rows, func() error {
			var step string
			err := rows.Scan(new(int), new(int), new(int), &step)
			m := scan.FindStringSubmatch(step)
			// A list of all with a limit stops early; a status counts, in indexes.
			counts := strings.Contains(query, "count(*)") && strings.Contains(step, "COVERING INDEX")
			if m != nil && !small[m[1]] && !strings.Contains(step, "requests_by_urgency") && !strings.Contains(step, "autoindex_requests_1") && !counts {
				t.Errorf("%s in\n%s", step, query)
			}
			return err
		}))
	}
	if plans < 40 {
		t.Errorf("only %d queries were seen", plans)
	}
}

// openOther is a register beside db, on the recording driver, too.
func openOther(t *testing.T, db *DB) *DB {
	t.Helper()
	other := open(t)
	ok(t, other.writer.conn.Close())
	other.write.Close()
	other.write = must[*sql.DB](t)(sql.Open("recording", dsn(other.path, nil)))
	other.writer = must[*writer](t)(newWriter(context.Background(), other.write, other.codec, usualPatience))
	return other
}

// SQLite reads a whole row to compare its key where the table is its own index, or an
// index holds the column. So no row there may be so long that it takes pages of its own:
// each look would read them all, as it once did the policy.
func TestIndexesHoldShortRows(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.PolicyText = func() []byte { return make([]byte, 100<<10) }
	must[Admitted](t)(db.Admit(ctx, a, t0))
	rows := must[[]string](t)(overflowing(ctx, db, `s.type = 'index' OR s.sql LIKE '%WITHOUT ROWID%'`))
	if len(rows) > 0 {
		t.Errorf("long rows in %v", rows)
	}
	if rows := must[[]string](t)(overflowing(ctx, db, `s.name = 'meta'`)); !slices.Equal(rows, []string{"meta"}) {
		t.Errorf("the policy of 100 KB has no pages of its own: %v", rows)
	}
}

// overflowing names the tables and indexes of the register in which a row takes pages of
// its own.
func overflowing(ctx context.Context, db *DB, where string) (list []string, err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT DISTINCT s.name FROM sqlite_schema s JOIN dbstat d ON d.name = s.name
		WHERE d.pagetype = 'overflow' AND s.name NOT LIKE 'search%' AND (`+where+`)`)
	if err != nil {
		return nil, err
	}
	err = scanEach(rows, func() error {
		var name string
		err := rows.Scan(&name)
		list = append(list, name)
		return err
	})
	return list, err
}
