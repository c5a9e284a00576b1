package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every row of every table removed, one at a time, and put in again under
// another key.
func TestVerifyFindsRemovedAndAdded(t *testing.T) {
	path, tables := closedWorld(t)
	x := tamperWith(t, path)
	for table, columns := range tables {
		if table == "meta" {
			continue
		}
		key, row := keyOf(table), "rowid"
		if table == "event_rows" {
			row = "event || tbl || row"
		}
		places := x.list(fmt.Sprintf(`SELECT %s FROM %s ORDER BY 1`, row, table))
		for _, place := range places {
			where := fmt.Sprintf(`%s = '%s'`, row, place)
			id, _ := x.text(fmt.Sprintf(`SELECT %s FROM %s WHERE %s`, key, table, where))
			execute(t, x.hand, fmt.Sprintf(`CREATE TEMP TABLE kept AS SELECT * FROM %s WHERE %s`, table, where))
			breaks := x.try(fmt.Sprintf(`DELETE FROM %s WHERE %s`, table, where), fmt.Sprintf(`INSERT INTO %s SELECT * FROM kept`, table))
			var n int64
			fmt.Sscan(id, &n)
			if !names(breaks, table, n) {
				t.Errorf("%s: row %s removed, named are %+v", table, place, breaks)
			}
			if slices.Contains([]string{"event_rows", "letter_chunks", "outbox_chunks", "event_details"}, table) {
				execute(t, x.hand, `DROP TABLE kept`)
				continue
			}
			execute(t, x.hand, fmt.Sprintf(`UPDATE kept SET %s = %s + 70000`, key, key))
			for _, unique := range []string{"uid", "number", "name", "address", "pos", "year", "stage", "request", "letter", "mail"} {
				if slices.Contains(columns, unique) && unique != key {
					execute(t, x.hand, fmt.Sprintf(`UPDATE kept SET %[1]s = CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s + 700 WHEN 'text' THEN %[1]s || '7' END`, unique))
				}
			}
			breaks = x.try(fmt.Sprintf(`INSERT INTO %s SELECT * FROM kept`, table), fmt.Sprintf(`DELETE FROM %s WHERE %s > 60000`, table, key))
			if !names(breaks, table, n+70000) {
				t.Errorf("%s: copy of row %s added, named are %+v", table, place, breaks)
			}
			execute(t, x.hand, `DROP TABLE kept`)
		}
	}
	sound(t, x.db)
}

// list asks the hand's connection for a column.
func (t *tampering) list(query string) (values []string) {
	t.Helper()
	rows, err := t.hand.QueryContext(t.Context(), query)
	ok(t, err)
	ok(t, scanEach(rows, func() error {
		var v string
		err := rows.Scan(&v)
		values = append(values, v)
		return err
	}))
	return values
}

func TestVerifyFindsStrangers(t *testing.T) {
	path, _ := closedWorld(t)
	for _, query := range []string{
		`INSERT INTO letter_chunks SELECT 999, 0, data FROM letter_chunks LIMIT 1`,
		`INSERT INTO letter_chunks SELECT owner, 77, data FROM letter_chunks LIMIT 1`,
		`INSERT INTO outbox_chunks SELECT owner, -1, data FROM outbox_chunks LIMIT 1`,
		`INSERT INTO event_details SELECT 999, salt, body FROM event_details LIMIT 1`,
		`INSERT INTO event_details SELECT -1, salt, body FROM event_details LIMIT 1`,
		`UPDATE event_details SET salt = CAST(salt || substr(body, 1, 1) AS BLOB), body = substr(body, 2)`,
		`INSERT INTO event_rows SELECT 999, tbl, row, digest, marks FROM event_rows LIMIT 1`,
		`INSERT INTO event_rows SELECT -1, tbl, row, digest, marks FROM event_rows LIMIT 1`,
		`INSERT INTO event_rows SELECT 1, 'terms', 1, '', x'' FROM event_rows LIMIT 1`,
		`INSERT INTO events SELECT seq + 1, at, actor, code, number, detail, state, rows, digest, marks, prev FROM events ORDER BY seq DESC LIMIT 1`,
		`INSERT INTO events SELECT 0, at, actor, code, number, detail, state, rows, prev, marks, digest FROM events LIMIT 1`,
		`UPDATE meta SET value = 'ab' WHERE name = 'key'`,
		`UPDATE meta SET value = value + 1 WHERE name = 'events'`,
		`UPDATE meta SET value = value - 1 WHERE name = 'events'`,
		`UPDATE meta SET value = '0' || value WHERE name = 'events'`,
		`UPDATE meta SET value = '+' || value WHERE name = 'events'`,
		`DELETE FROM meta WHERE name = 'events'`,
		`DELETE FROM meta WHERE name IN ('head', 'key')`,
		`INSERT INTO meta VALUES ('policy:abc', 'name: other')`,
		`CREATE TRIGGER t AFTER INSERT ON requests BEGIN UPDATE requests SET act_by = '2099-01-01'; END`,
		`CREATE VIEW v AS SELECT 1`,
		`CREATE TABLE t (a)`,
		`CREATE TABLE search_more (a)`,
		`DROP INDEX requests_by_letter`,
		`CREATE INDEX i ON letters (size)`,
		`ALTER TABLE requests ADD COLUMN extra TEXT`,
		`ALTER TABLE requests ADD COLUMN extra TEXT DEFAULT 'x'`,
		`ALTER TABLE requests RENAME COLUMN act_by TO act_until`,
		`DROP TABLE suppressions`,
		`DROP TABLE events`,
		`ANALYZE`,
		`PRAGMA user_version = 9`,
	} {
		if breaks := tampered(t, path, func(c *sql.Conn) { execute(t, c, query) }); len(breaks) == 0 {
			t.Errorf("not found: %s", query)
		}
	}
}

// The text of a policy edition is named when it is another, and when it is gone
// although a request of its time needs it.
func TestVerifyFindsPolicies(t *testing.T) {
	ctx, db := t.Context(), openAt(t, filepath.Join(t.TempDir(), "p.db"))
	const text = "name: license.kz\n"
	sum := sha256.Sum256([]byte(text))
	a := admission(t, db, 1)
	a.Policy.Digest = hex.EncodeToString(sum[:])
	name := MetaPolicy + a.Policy.Digest
	a.PolicyText = func() []byte { return []byte(text) }
	must[Admitted](t)(db.Admit(ctx, a, t0))
	sound(t, db)
	for _, c := range []struct {
		do   string
		want Damage
	}{{`UPDATE meta SET value = 'name: other' WHERE name = ?`, Changed}, {`DELETE FROM meta WHERE name = ?`, Removed}} {
		execute(t, db.writer.conn, c.do, name)
		breaks := must[[]Break](t)(db.VerifyChain(ctx))
		if len(breaks) != 1 || breaks[0].Name != name || breaks[0].What != c.want {
			t.Errorf("%s: %+v", c.do, breaks)
		}
		if c.want == Removed && (breaks[0].Event == 0 || !breaks[0].Since.Equal(t0)) {
			t.Errorf("since when is it gone: %+v", breaks)
		}
	}
}

// Rows in each other's place, the end cut off, an old state put back.
func TestVerifyFindsOrder(t *testing.T) {
	path, tables := closedWorld(t)
	x := tamperWith(t, path)
	swap := func(table, key, a, b string) string {
		return fmt.Sprintf(`UPDATE %[1]s SET %[2]s = -1000 WHERE %[2]s = %[3]s; UPDATE %[1]s SET %[2]s = %[3]s WHERE %[2]s = %[4]s; UPDATE %[1]s SET %[2]s = %[4]s WHERE %[2]s = -1000`, table, key, a, b)
	}
	for table := range tables {
		if table == "meta" || table == "event_rows" {
			continue
		}
		key := keyOf(table)
		if ids := x.list(fmt.Sprintf(`SELECT DISTINCT %s FROM %s ORDER BY 1`, key, table)); len(ids) > 1 {
			breaks := x.try(swap(table, key, ids[0], ids[1]), swap(table, key, ids[0], ids[1]))
			var first, second int64
			fmt.Sscan(ids[0]+" "+ids[1], &first, &second)
			if !names(breaks, table, first) && !names(breaks, table, second) {
				t.Errorf("rows %s of %s swapped: %+v", ids[:2], table, breaks)
			}
		}
	}
	sound(t, x.db)
	for _, c := range []struct{ name, do string }{
		{"last event cut", `DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)`},
		{"last event cut and the head moved", `DELETE FROM events WHERE seq = (SELECT max(seq) FROM events);
			UPDATE meta SET value = (SELECT max(seq) FROM events) WHERE name = 'events';
			UPDATE meta SET value = (SELECT digest FROM events ORDER BY seq DESC LIMIT 1) WHERE name = 'head'`},
		{"history emptied", `DELETE FROM events; DELETE FROM event_rows; DELETE FROM event_details;
			UPDATE meta SET value = '0' WHERE name = 'events'; UPDATE meta SET value = '' WHERE name = 'head'`},
		{"an event put in the place of another, digest and all", `UPDATE events SET (at, actor, code, number, detail, state, rows, prev, marks, digest) =
			(SELECT at, actor, code, number, detail, state, rows, prev, marks, digest FROM events x WHERE x.seq = 4) WHERE seq = 5`},
		{"everything but the history emptied", func() string {
			all := ""
			for table := range tables {
				if !strings.HasPrefix(table, "event") && table != "meta" {
					all += `DELETE FROM ` + table + `;`
				}
			}
			return all
		}()},
	} {
		if breaks := tampered(t, path, func(h *sql.Conn) { execute(t, h, c.do) }); len(breaks) == 0 {
			t.Errorf("%s: not found", c.name)
		}
	}
}

// A row or a ledger row that names another event is measured by the event that
// wrote it last; an instant that was changed proves nothing of when.
func TestVerifyNamesTheLastEvent(t *testing.T) {
	path, _ := closedWorld(t)
	x := tamperWith(t, path)
	for _, c := range []struct{ table, where, do string }{
		{"requests", "id = 1", `UPDATE requests SET event = (SELECT min(event) FROM event_rows WHERE tbl = 'requests' AND row = 1) WHERE id = 1`},
		{"messages", "id = 2", `UPDATE messages SET event = 0 WHERE id = 2`},
		{"messages", "id = 3", `UPDATE messages SET event = -event WHERE id = 3`},
	} {
		var row, event int64
		fmt.Sscan(strings.TrimPrefix(c.where, "id = "), &row)
		was, _ := x.text(`SELECT event FROM ` + c.table + ` WHERE ` + c.where)
		fmt.Sscan(was, &event)
		breaks := x.try(c.do, `UPDATE `+c.table+` SET event = `+was+` WHERE `+c.where)
		if !slices.ContainsFunc(breaks, func(b Break) bool {
			return b.Table == c.table && b.Row == row && slices.Equal(b.Columns, []string{"event"}) && b.Event == event && !b.Since.IsZero()
		}) {
			t.Errorf("%s: %+v", c.do, breaks)
		}
	}
	was, _ := x.text(`SELECT at FROM events WHERE seq = 3`)
	for _, at := range []string{"2020-01-01T00:00:00.000Z", "", was + " "} {
		breaks := x.try(`UPDATE events SET at = '`+at+`' WHERE seq = 3`, `UPDATE events SET at = '`+was+`' WHERE seq = 3`)
		before, _ := x.text(`SELECT at FROM events WHERE seq = 2`)
		if len(breaks) != 1 || instant(breaks[0].Since) != before {
			t.Errorf("instant %q: %+v", at, breaks)
		}
	}
	first, _ := x.text(`SELECT at FROM events WHERE seq = 1`)
	second, _ := x.text(`SELECT at FROM events WHERE seq = 2`)
	for _, c := range [][2]string{
		{`UPDATE events SET at = '' WHERE seq = 1`, `UPDATE events SET at = '` + first + `' WHERE seq = 1`},
		{`CREATE TABLE kept AS SELECT marks FROM events WHERE seq = 1; UPDATE events SET marks = x'00' WHERE seq = 1`,
			`UPDATE events SET marks = (SELECT marks FROM kept) WHERE seq = 1; DROP TABLE kept`},
	} {
		breaks := x.try(c[0], c[1])
		if !slices.ContainsFunc(breaks, func(b Break) bool { return b.Table == "events" && b.Row == 1 && instant(b.Since) == second }) {
			t.Errorf("%s: %+v", c[0], breaks)
		}
	}
	sound(t, x.db)
}

// An earlier state of a row, put back with the event that wrote it, is named:
// each row is as one event says, but not as the last one does.
func TestVerifyFindsRevertedRows(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "p.db")
	db := world(t, path)
	number := "LK-2026-000001"
	execute(t, db.writer.conn, `CREATE TEMP TABLE old AS SELECT * FROM requests WHERE number = '`+number+`'`)
	who := "bulat"
	r := must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: who, Code: "assigned"}}, func(r *Request) { r.Assignee = who }), t0.Add(time.Hour)))
	sound(t, db)
	execute(t, db.writer.conn, `PRAGMA foreign_keys = 0`)
	execute(t, db.writer.conn, `DELETE FROM requests WHERE number = '`+number+`'`)
	execute(t, db.writer.conn, `INSERT INTO requests SELECT * FROM old`)
	breaks := must[[]Break](t)(db.Verify(ctx))
	if !slices.ContainsFunc(breaks, func(b Break) bool { return b.Table == "requests" && b.Row == r.ID && b.What == Reverted }) {
		t.Errorf("an old state was put back: %+v", breaks)
	}
}

// Rows of another register are no rows of this one, whatever they say.
func TestVerifyFindsCopiesFromElsewhere(t *testing.T) {
	path, tables := closedWorld(t)
	other, _ := closedWorld(t)
	x := tamperWith(t, path)
	execute(t, x.hand, `ATTACH '`+other+`' AS other`)
	for table := range tables {
		if table == "meta" {
			continue
		}
		breaks := x.try(fmt.Sprintf(`CREATE TEMP TABLE kept AS SELECT * FROM %[1]s; DELETE FROM %[1]s; INSERT INTO %[1]s SELECT * FROM other.%[1]s`, table),
			fmt.Sprintf(`DELETE FROM %[1]s; INSERT INTO %[1]s SELECT * FROM kept; DROP TABLE kept`, table))
		// Rows without a secret are the same in both, for the same letters came.
		same := slices.Contains([]string{"letter_chunks", "messages", "folders", "letters", "counters", "notes", "outbox", "outbox_chunks",
			"outbox_requests", "reminders", "request_letters", "requests", "suppressions", "terms"}, table)
		if len(breaks) == 0 && !same {
			t.Errorf("%s taken from another register: not found", table)
		}
	}
	breaks := x.try(`CREATE TEMP TABLE kept AS SELECT * FROM meta; UPDATE meta SET value = (SELECT value FROM other.meta o WHERE o.name = meta.name)`,
		`DELETE FROM meta; INSERT INTO meta SELECT * FROM kept`)
	if len(breaks) == 0 {
		t.Error("head and key of another register: not found")
	}
	sound(t, x.db)
}

// A head that was written down earlier is found in the chain, with its event
// and date; one of another register, or of a history that was rewritten, is not.
func TestVerifyHead(t *testing.T) {
	ctx, db := t.Context(), world(t, filepath.Join(t.TempDir(), "p.db"))
	early := must[Event](t)(db.Head(ctx))
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 90), t0.Add(time.Hour)))
	for _, c := range []struct {
		head  string
		known int64
	}{
		{early.Digest, early.Seq}, {strings.ToUpper(early.Digest[:20]), early.Seq}, {strings.Repeat("0", 64), 0}, {early.Digest[:8], 0},
	} {
		for _, quick := range []bool{false, true} {
			v := must[Verified](t)(db.VerifyAll(ctx, VerifyOptions{Head: c.head, ChainOnly: quick}))
			if v.Known != c.known || (len(v.Breaks) == 0) != (c.known != 0) {
				t.Errorf("head %s: %+v", c.head, v)
			}
			if c.known != 0 && !v.KnownAt.Equal(early.At) {
				t.Errorf("head %s is of %v, want %v", c.head, v.KnownAt, early.At)
			}
		}
	}
}

// A column that has another name than the program knows is named, and is no reason
// for the program to stumble: a single byte of the file can do that.
func TestVerifySurvivesColumnsOfOtherNames(t *testing.T) {
	path, tables := closedWorld(t)
	whole, err := os.ReadFile(path)
	ok(t, err)
	tried := 0
	for _, table := range []string{"events", "event_rows", "event_details", "messages", "requests"} {
		for _, column := range tables[table] {
			copied := filepath.Join(t.TempDir(), "renamed.db")
			ok(t, os.WriteFile(copied, whole, 0o600))
			if !rename(t, copied, table, column) {
				continue // the rest of the schema would not fit: SQLite does not open such a file
			}
			db, err := OpenToVerify(t.Context(), copied)
			if err != nil {
				continue
			}
			breaks, err := db.Verify(t.Context())
			ok(t, db.Close())
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s.%s: %v", table, column, err)
			}
			if tried++; err == nil && len(breaks) == 0 {
				t.Errorf("%s.%s has another name, and nothing was found", table, column)
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d columns could be renamed", tried)
	}
}

// rename gives a column another name where its table is declared. It reports
// whether SQLite reads the outcome.
func rename(t *testing.T, path, table, column string) bool {
	t.Helper()
	db := must[*sql.DB](t)(sql.Open("sqlite", path))
	db.SetMaxOpenConns(1)
	must[sql.Result](t)(db.Exec(`PRAGMA writable_schema = 1`))
	done := must[sql.Result](t)(db.Exec(`UPDATE sqlite_schema SET sql = replace(sql, ?1 || ' ', ?2 || ' ')
		WHERE type = 'table' AND name = ?3 AND instr(sql, ?1 || ' ')`, column, column[:len(column)-1]+"_", table))
	ok(t, db.Close())
	db = must[*sql.DB](t)(sql.Open("sqlite", path))
	defer db.Close()
	var n int
	return must[int64](t)(done.RowsAffected()) == 1 && db.QueryRow(`SELECT count(*) FROM `+table).Scan(&n) == nil
}

// Single bytes of the file turned over, from its head to its end: what does not
// matter (free space) passes, everything else is named, and nothing crashes.
func TestVerifySurvivesDamagedFile(t *testing.T) {
	path, _ := closedWorld(t)
	whole, err := os.ReadFile(path)
	ok(t, err)
	step := 977
	if os.Getenv("POMETKA_LONG") != "" {
		step = 61
	}
	copied := filepath.Join(t.TempDir(), "flipped.db")
	found, tried := 0, 0
	for at := 0; at < len(whole); at += step {
		b := slices.Clone(whole)
		b[at] ^= 0xff
		ok(t, os.WriteFile(copied, b, 0o600))
		tried++
		db, err := OpenToVerify(t.Context(), copied)
		if err != nil {
			found++
			continue
		}
		breaks, err := db.Verify(t.Context())
		ok(t, db.Close())
		if err != nil {
			t.Fatalf("byte %d of page %d: %v", at%4096, at/4096+1, err)
		}
		if len(breaks) > 0 {
			found++
		}
	}
	if found*10 < tried {
		t.Errorf("%d of %d flipped bytes found: where is the rest?", found, tried)
	}
	t.Logf("%d of %d flipped bytes matter", found, tried)
	for _, size := range []int{0, 10, 100, 512, 4096, len(whole) / 2, len(whole) - 1} {
		ok(t, os.WriteFile(copied, whole[:size], 0o600))
		db, err := OpenToVerify(t.Context(), copied)
		if err != nil {
			continue
		}
		if breaks, err := db.Verify(t.Context()); err != nil || len(breaks) == 0 {
			t.Errorf("file cut to %d bytes: %v, %v", size, breaks, err)
		}
		db.Close()
	}
}

// So does a mistake of the program over a row that is read ahead.
func TestFeedStumbles(t *testing.T) {
	ctx, db := t.Context(), open(t)
	f := startFeed(ctx, db.read, `SELECT name FROM meta`, func(*record) string { panic("the words of a letter") })
	for name, use := range map[string]func(){"head": func() { f.head() }, "wait": func() { f.wait() }} {
		if said := stumbled(use); !strings.HasPrefix(said, "panic store.") || !strings.Contains(said, "TestFeedStumbles") {
			t.Errorf("%s: told: %q", name, said)
		}
	}
}
