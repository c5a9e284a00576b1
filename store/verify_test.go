package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// tampered copies the register, lets f change the copy behind our back, and
// returns what Verify finds.
func tampered(t *testing.T, path string, f func(c *sql.Conn)) []Break {
	t.Helper()
	ctx := context.Background()
	b, err := os.ReadFile(path)
	ok(t, err)
	copied := filepath.Join(t.TempDir(), "copy.db")
	ok(t, os.WriteFile(copied, b, 0o600))
	raw, err := sql.Open("sqlite", "file:"+copied)
	ok(t, err)
	raw.SetMaxOpenConns(1)
	c, err := raw.Conn(ctx)
	ok(t, err)
	execute(t, c, "PRAGMA foreign_keys = 0")
	execute(t, c, "PRAGMA synchronous = 0")
	execute(t, c, "PRAGMA ignore_check_constraints = 1")
	f(c)
	ok(t, c.Close())
	ok(t, raw.Close())
	db := openAt(t, copied)
	breaks, err := db.Verify(ctx)
	ok(t, err)
	db.Close()
	return breaks
}

func execute(t *testing.T, c *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := c.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func names(breaks []Break, table string, row int64) bool {
	for _, b := range breaks {
		if b.Table == table && b.Row == row {
			return true
		}
	}
	return false
}

// closedWorld is a register in one file, with nothing left in the log.
func closedWorld(t *testing.T) (path string, tables map[string][]string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "pometka.db")
	db := world(t, path)
	sound(t, db)
	tables = map[string][]string{}
	rows, err := db.read.Query(`SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table'
		AND s.name NOT GLOB 'search*'`) // the search is derived, no part of the history
	ok(t, err)
	ok(t, scanEach(rows, func() error {
		var table, column string
		err := rows.Scan(&table, &column)
		tables[table] = append(tables[table], column)
		return err
	}))
	ok(t, db.Close())
	return path, tables
}

// Every column of every row of every table but meta, changed one at a time.
func TestVerifyFindsEveryColumn(t *testing.T) {
	path, tables := closedWorld(t)
	if len(tables) != 22 {
		t.Errorf("%d tables: does the new one belong to the chain?", len(tables))
	}
	delete(tables, "meta")
	filled := map[string]bool{}
	for table, columns := range tables {
		key := map[string]string{"events": "seq", "event_rows": "event", "event_details": "event", "letter_chunks": "owner", "outbox_chunks": "owner"}[table]
		if key == "" {
			key = "id"
		}
		for _, column := range columns {
			for _, change := range []string{
				`CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s + 1000 WHEN 'text' THEN %[1]s || 'x' WHEN 'blob' THEN CAST(%[1]s || x'00' AS BLOB) END`,
				`CASE typeof(%[1]s) WHEN 'integer' THEN -%[1]s - 1 WHEN 'text' THEN substr('y' || %[1]s, 1, max(1, length(%[1]s))) WHEN 'blob' THEN zeroblob(length(%[1]s)) END`,
			} {
				var row int64
				var filledHere bool
				breaks := tampered(t, path, func(c *sql.Conn) {
					// The last row in which the column is filled.
					err := c.QueryRowContext(context.Background(), fmt.Sprintf(
						`SELECT %s FROM %s WHERE %s IS NOT NULL ORDER BY 1 DESC LIMIT 1`, key, table, column)).Scan(&row)
					if err == sql.ErrNoRows {
						return
					}
					ok(t, err)
					filledHere = true
					execute(t, c, fmt.Sprintf(`UPDATE %s SET %s = %s WHERE %s = %d`, table, column, fmt.Sprintf(change, column), key, row))
				})
				if !filledHere {
					continue
				}
				filled[table+"."+column] = true
				if len(breaks) == 0 {
					t.Errorf("%s.%s of row %d: change not found", table, column, row)
				}
				if column != key && !names(breaks, table, row) && table != "event_rows" {
					t.Errorf("%s.%s of row %d: found, but called %+v", table, column, row, breaks)
				}
			}
		}
	}
	for table, columns := range tables {
		for _, column := range columns {
			if !filled[table+"."+column] {
				t.Errorf("%s.%s is never filled: nothing was tried on it", table, column)
			}
		}
	}
}

// A value put where there was none, and taken away where there was one.
func TestVerifyFindsNulls(t *testing.T) {
	path, tables := closedWorld(t)
	for _, table := range append([]string{"messages"}, coveredTables...) {
		for _, column := range tables[table] {
			var row int64
			breaks := tampered(t, path, func(c *sql.Conn) {
				for _, set := range []string{"NULL", "'x'", "1"} {
					err := c.QueryRowContext(context.Background(), fmt.Sprintf(`UPDATE %[1]s SET %[2]s = %[3]s
						WHERE id = (SELECT id FROM %[1]s WHERE (%[2]s IS NULL) <> (%[3]s IS NULL) LIMIT 1) RETURNING id`, table, column, set)).Scan(&row)
					if err == nil {
						return
					}
				}
			})
			if row != 0 && !names(breaks, table, row) {
				t.Errorf("%s.%s of row %d: %+v", table, column, row, breaks)
			}
		}
	}
}

func TestVerifyFindsRemovedAndAdded(t *testing.T) {
	path, tables := closedWorld(t)
	delete(tables, "meta")
	for table := range tables {
		for _, end := range []string{"min", "max"} {
			breaks := tampered(t, path, func(c *sql.Conn) {
				if table == "event_rows" {
					execute(t, c, fmt.Sprintf(`DELETE FROM event_rows WHERE event = (SELECT %s(event) FROM event_rows)`, end))
					return
				}
				execute(t, c, fmt.Sprintf(`DELETE FROM %[1]s WHERE rowid = (SELECT %[2]s(rowid) FROM %[1]s)`, table, end))
			})
			if len(breaks) == 0 {
				t.Errorf("%s row of %s removed: not found", end, table)
			}
		}
	}
	for _, query := range []string{
		`INSERT INTO messages SELECT 999, event, folder, uidvalidity, 999, size, internal_date, 'zz', verdict, reason_code, mark FROM messages WHERE id = 1`,
		`INSERT INTO notes SELECT 999, event, request, at, actor FROM notes WHERE id = 1`,
		`INSERT INTO letter_chunks SELECT 999, 0, data FROM letter_chunks LIMIT 1`,
		`INSERT INTO letter_chunks SELECT owner, 77, data FROM letter_chunks LIMIT 1`,
		`INSERT INTO event_details SELECT 999, salt, body FROM event_details LIMIT 1`,
		`INSERT INTO event_rows SELECT 999, tbl, row, digest FROM event_rows LIMIT 1`,
		`INSERT INTO event_rows SELECT 1, 'terms', 1, '' FROM event_rows LIMIT 1`,
		`INSERT INTO events SELECT seq + 1, at, actor, code, number, detail, rows, digest, prev FROM events ORDER BY seq DESC LIMIT 1`,
	} {
		if breaks := tampered(t, path, func(c *sql.Conn) { execute(t, c, query) }); len(breaks) == 0 {
			t.Errorf("not found: %s", query)
		}
	}
}

// Rows in each other's place, the end cut off, an old state put back.
func TestVerifyFindsOrder(t *testing.T) {
	path, tables := closedWorld(t)
	swap := func(c *sql.Conn, table, key string, a, b int) {
		execute(t, c, fmt.Sprintf(`UPDATE %s SET %s = -1 WHERE %s = %d`, table, key, key, a))
		execute(t, c, fmt.Sprintf(`UPDATE %s SET %s = %d WHERE %s = %d`, table, key, a, key, b))
		execute(t, c, fmt.Sprintf(`UPDATE %s SET %s = %d WHERE %s = -1`, table, key, b, key))
	}
	for _, table := range append([]string{"messages"}, coveredTables...) {
		var n int
		breaks := tampered(t, path, func(c *sql.Conn) {
			ok(t, c.QueryRowContext(context.Background(), `SELECT count(*) FROM `+table+` WHERE id IN (1, 2)`).Scan(&n))
			if n == 2 {
				swap(c, table, "id", 1, 2)
			}
		})
		if n == 2 && len(breaks) == 0 {
			t.Errorf("rows 1 and 2 of %s swapped: not found", table)
		}
	}
	for _, c := range []struct {
		name string
		do   func(c *sql.Conn)
	}{
		{"events swapped", func(c *sql.Conn) { swap(c, "events", "seq", 3, 4) }},
		{"letters swapped", func(c *sql.Conn) { swap(c, "letter_chunks", "owner", 1, 2) }},
		{"details swapped", func(c *sql.Conn) { swap(c, "event_details", "event", 4, 5) }},
		{"last event cut", func(c *sql.Conn) { execute(t, c, `DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)`) }},
		{"last event cut and the head moved", func(c *sql.Conn) {
			execute(t, c, `DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)`)
			execute(t, c, `UPDATE meta SET value = (SELECT max(seq) FROM events) WHERE name = 'events'`)
			execute(t, c, `UPDATE meta SET value = (SELECT digest FROM events ORDER BY seq DESC LIMIT 1) WHERE name = 'head'`)
		}},
		{"history emptied", func(c *sql.Conn) {
			for _, table := range []string{"events", "event_rows", "event_details"} {
				execute(t, c, `DELETE FROM `+table)
			}
			execute(t, c, `UPDATE meta SET value = '0' WHERE name = 'events'`)
			execute(t, c, `UPDATE meta SET value = '' WHERE name = 'head'`)
		}},
		{"everything but the history emptied", func(c *sql.Conn) {
			for table := range tables {
				if table != "events" && table != "event_rows" && table != "event_details" && table != "meta" {
					execute(t, c, `DELETE FROM `+table)
				}
			}
		}},
		{"head forgotten", func(c *sql.Conn) { execute(t, c, `UPDATE meta SET value = 'x' WHERE name = 'head'`) }},
	} {
		if breaks := tampered(t, path, c.do); len(breaks) == 0 {
			t.Errorf("%s: not found", c.name)
		}
	}
}
