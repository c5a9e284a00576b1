package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// uncovered are the columns that the history deliberately does not vouch for,
// with the reason. Whatever else a table holds, the tests below change it and
// expect it to be named.
var uncovered = map[string]string{
	"meta.value": "bookkeeping of the passes (when the mailbox was read, what trouble was told of): it decides no date and proves nothing; key, events, head and the policy editions are checked",
	"meta.name":  "as meta.value",
}

// tampering is a register that somebody else's hand works on, and one that
// verifies it.
type tampering struct {
	*testing.T
	hand *sql.Conn
	db   *DB
}

// tamperWith copies the register at path and opens the copy for both.
func tamperWith(t *testing.T, path string) *tampering {
	t.Helper()
	b, err := os.ReadFile(path)
	ok(t, err)
	copied := filepath.Join(t.TempDir(), "copy.db")
	ok(t, os.WriteFile(copied, b, 0o600))
	raw, err := sql.Open("sqlite", "file:"+copied)
	ok(t, err)
	t.Cleanup(func() { raw.Close() })
	raw.SetMaxOpenConns(1)
	c, err := raw.Conn(t.Context())
	ok(t, err)
	for _, setting := range []string{"foreign_keys = 0", "synchronous = 0", "ignore_check_constraints = 1"} {
		execute(t, c, "PRAGMA "+setting)
	}
	db, err := OpenToVerify(t.Context(), copied)
	ok(t, err)
	t.Cleanup(func() { db.Close() })
	return &tampering{t, c, db}
}

// try does something to the register, verifies it, and undoes it.
func (t *tampering) try(query string, undo ...string) []Break {
	t.Helper()
	execute(t.T, t.hand, query)
	breaks, err := t.db.Verify(t.Context())
	ok(t, err)
	for _, u := range undo {
		execute(t.T, t.hand, u)
	}
	return breaks
}

// tampered copies the register, lets f change the copy behind our back, and
// returns what Verify finds.
func tampered(t *testing.T, path string, f func(c *sql.Conn)) []Break {
	t.Helper()
	x := tamperWith(t, path)
	f(x.hand)
	breaks, err := x.db.Verify(t.Context())
	ok(t, err)
	return breaks
}

func execute(t *testing.T, c *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := c.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// text asks the hand's connection for one value.
func (t *tampering) text(query string, args ...any) (value string, found bool) {
	t.Helper()
	var v sql.NullString
	err := t.hand.QueryRowContext(t.Context(), query, args...).Scan(&v)
	if err == sql.ErrNoRows {
		return "", false
	}
	ok(t, err)
	return v.String, v.Valid
}

func names(breaks []Break, table string, row int64) bool {
	return slices.ContainsFunc(breaks, func(b Break) bool { return b.Table == table && b.Row == row })
}

// namesColumn reports whether the column is named for the row.
func namesColumn(breaks []Break, table string, row int64, column string) bool {
	return slices.ContainsFunc(breaks, func(b Break) bool {
		return b.Table == table && b.Row == row && slices.Contains(b.Columns, column)
	})
}

// closedWorld is a register in one file, with nothing left in the log, and the
// columns of its tables as the schema has them.
func closedWorld(t *testing.T) (path string, tables map[string][]string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "pometka.db")
	db := world(t, path)
	sound(t, db)
	tables = map[string][]string{}
	rows, err := db.read.Query(`SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c
		WHERE s.type = 'table' AND s.name <> 'search' AND s.name NOT LIKE 'search\_%' ESCAPE '\'`)
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

// keyOf is the column by which a break names a row of the table.
func keyOf(table string) string {
	switch table {
	case "events":
		return "seq"
	case "event_rows", "event_details":
		return "event"
	case "letter_chunks", "outbox_chunks":
		return "owner"
	case "meta":
		return "name"
	}
	return "id"
}

// forgeries are ways to change a value, by its type.
var forgeries = map[string][]string{
	"integer": {`%s + 1000`, `-%s - 1`, `NULL`},
	"text":    {`%[1]s || 'x'`, `substr('y' || %[1]s, 1, max(1, length(%[1]s)))`, `%s || char(0)`, `NULL`},
	"blob":    {`CAST(%s || x'00' AS BLOB)`, `zeroblob(length(%s))`, `x''`},
	"null":    {`1`, `'x'`, `x'00'`},
}

// Every column of every table that the schema has, in the first and the last
// row where it is filled and where it is not, changed one at a time: the row is
// named, and the column wherever it has marks.
func TestVerifyFindsEveryColumn(t *testing.T) {
	path, tables := closedWorld(t)
	x := tamperWith(t, path)
	for table, columns := range tables {
		for _, column := range columns {
			if uncovered[table+"."+column] != "" {
				continue
			}
			if tried := x.column(table, column); tried == 0 {
				t.Errorf("%s.%s: nothing could be tried on it; is it ever filled?", table, column)
			}
		}
	}
	sound(t, x.db)
}

// column tries every forgery on a column and returns how many were made.
func (t *tampering) column(table, column string) (tried int) {
	key := keyOf(table)
	row := "rowid"
	if table == "event_rows" {
		row = "event || tbl || row"
	}
	seen := map[string]bool{}
	for _, end := range []string{"ASC", "DESC"} {
		for kind, changes := range forgeries {
			if end == "DESC" && os.Getenv("POMETKA_LONG") == "" {
				changes = changes[:1]
			}
			place, found := t.text(fmt.Sprintf(`SELECT %s FROM %s WHERE typeof(%s) = '%s' ORDER BY %s %s LIMIT 1`, row, table, column, kind, row, end))
			if !found || seen[kind+place] {
				continue
			}
			seen[kind+place] = true
			for _, change := range changes {
				if strings.Contains(change, "%") {
					change = fmt.Sprintf(change, column)
				}
				if t.forge(table, column, key, fmt.Sprintf("%s = '%s'", row, place), change) {
					tried++
				}
			}
		}
	}
	return tried
}

// forge changes one value and expects it to be named; false: the schema does
// not let it happen.
func (t *tampering) forge(table, column, key, where, change string) bool {
	t.Helper()
	id, _ := t.text(fmt.Sprintf(`SELECT %s FROM %s WHERE %s`, key, table, where))
	execute(t.T, t.hand, `BEGIN`)
	execute(t.T, t.hand, fmt.Sprintf(`CREATE TEMP TABLE kept AS SELECT * FROM %s`, table))
	_, err := t.hand.ExecContext(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = %s WHERE %s AND %s IS NOT %s`, table, column, change, where, column, change))
	same, _ := t.text(fmt.Sprintf(`SELECT count(*) FROM (SELECT * FROM %s EXCEPT SELECT * FROM kept)`, table))
	if err != nil || same == "0" {
		execute(t.T, t.hand, `ROLLBACK`)
		return false
	}
	execute(t.T, t.hand, `COMMIT`)
	breaks, err := t.db.Verify(t.Context())
	ok(t, err)
	execute(t.T, t.hand, fmt.Sprintf(`DELETE FROM %s`, table))
	execute(t.T, t.hand, fmt.Sprintf(`INSERT INTO %s SELECT * FROM kept`, table))
	execute(t.T, t.hand, `DROP TABLE kept`)

	var row int64
	fmt.Sscan(id, &row)
	switch {
	case column == key && len(breaks) > 0: // named under its old key or its new one
	case !names(breaks, table, row):
		t.Errorf("%s.%s := %s where %s: not named, but %+v", table, column, change, where, breaks)
	case table == "event_rows" || table == "event_details" || column == "marks" || strings.HasSuffix(table, "_chunks"):
		// Named as gone, or by its event or its owner.
	case !namesColumn(breaks, table, row, column):
		t.Errorf("%s.%s := %s where %s: the column is not named, but %+v", table, column, change, where, breaks)
	}
	return true
}
