package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// littered is a register beside whose rows lies a table of every kind, written
// and rewritten until all pages have been split and joined, and the half of it
// that says "secret" deleted.
func littered(t *testing.T, path string) *DB {
	t.Helper()
	db, rnd := twoPeople(t, path), rand.New(rand.NewPCG(1, 2))
	c := db.writer.conn
	execute(t, c, `CREATE TABLE heap (id INTEGER PRIMARY KEY, v TEXT)`)
	execute(t, c, `CREATE INDEX heap_by_v ON heap (v)`)
	execute(t, c, `CREATE TABLE tree (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID`)
	execute(t, c, `CREATE VIRTUAL TABLE words USING fts5 (t)`)
	execute(t, c, `BEGIN`)
	for range 3000 {
		word := []string{"secret", "stays"}[rnd.IntN(2)]
		text := strings.Repeat(word, 1+rnd.IntN(200)/(1+rnd.IntN(40)))
		if rnd.IntN(40) == 0 {
			text = strings.Repeat(word, 200+rnd.IntN(3000)) // over several pages
		}
		id, key := rnd.IntN(900), fmt.Sprint(word, rnd.IntN(900))
		switch rnd.IntN(5) {
		case 0:
			execute(t, c, `DELETE FROM heap WHERE id BETWEEN ? AND ?`, id, id+9)
			execute(t, c, `DELETE FROM tree WHERE k > ? AND k < ?`, key, key+"9")
		case 1:
			execute(t, c, `UPDATE heap SET v = ? WHERE id = ?`, text, id)
		default:
			execute(t, c, `INSERT OR REPLACE INTO heap VALUES (?, ?)`, id, text)
			execute(t, c, `INSERT OR REPLACE INTO tree VALUES (?, ?)`, key, text)
			execute(t, c, `INSERT INTO words (t) VALUES (?)`, key+" "+text)
		}
	}
	execute(t, c, `DELETE FROM heap WHERE v LIKE 'secret%'`)
	execute(t, c, `DELETE FROM tree WHERE k LIKE 'secret%'`)
	execute(t, c, `DELETE FROM words WHERE t LIKE 'secret%'`)
	execute(t, c, `INSERT INTO words (words) VALUES ('optimize')`)
	execute(t, c, `COMMIT`)
	execute(t, c, `INSERT OR REPLACE INTO meta (name, value) VALUES ('scrub', 'x')`)
	return db
}

// content is a digest of every row of the register but the small facts.
func content(t *testing.T, db *DB) string {
	t.Helper()
	ctx, sum := t.Context(), sha256.New()
	rows := must[*sql.Rows](t)(db.read.DB.QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY name`))
	var tables []string
	ok(t, scanEach(rows, func() error {
		var name string
		err := rows.Scan(&name)
		tables = append(tables, name)
		return err
	}))
	for _, table := range tables {
		rows := must[*sql.Rows](t)(db.read.DB.QueryContext(ctx, `SELECT * FROM "`+table+`"`))
		columns := must[[]string](t)(rows.Columns())
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		ok(t, scanEach(rows, func() error {
			err := rows.Scan(values...)
			for _, v := range values {
				fmt.Fprintf(sum, "%d:%s,", len(*v.(*sql.RawBytes)), *v.(*sql.RawBytes))
			}
			return err
		}))
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func leftoversOf(t *testing.T, db *DB) []leftover {
	t.Helper()
	found, whole, err := db.leftovers(t.Context())
	if err != nil || !whole {
		t.Fatal(whole, err)
	}
	return found
}

// intact asks SQLite itself whether the file is whole.
func intact(t *testing.T, db *DB) {
	t.Helper()
	var said string
	ok(t, db.writer.conn.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&said))
	if said != "ok" {
		t.Fatalf("integrity_check: %s", said)
	}
}

// What was deleted is nowhere in the file and in the log, what is there has not
// changed in a byte, and the steps are small.
func TestScrub(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "p.db")
	db := littered(t, path)
	before := content(t, db)
	has := func(word string) (n int) {
		for _, name := range []string{path, path + "-wal"} {
			n += bytes.Count(must[[]byte](t)(os.ReadFile(name)), []byte(word))
		}
		return n
	}
	if has("secretsecret") == 0 {
		t.Fatal("the test leaves nothing to overwrite")
	}
	found := leftoversOf(t, db)
	kinds := map[string]int{}
	for _, l := range found {
		kinds[l.kind]++
	}
	for _, kind := range []string{pageLeaf, pageInternal, pageOverflow, pageFree} {
		if kinds[kind] == 0 {
			t.Errorf("no page of the kind %s has anything to overwrite: %v", kind, kinds)
		}
	}
	steps := 0
	db.WatchCommits(func(point string) {
		if point == "after commit" {
			steps++
		}
	})
	ok(t, db.Scrub(t.Context()))
	if least := len(found) / scrubOnce; steps <= least {
		t.Errorf("%d pages in %d steps", len(found), steps)
	}
	if n := has("secret"); n != 0 {
		t.Errorf("what was deleted is there %d times", n)
	}
	if has("stays") == 0 || content(t, db) != before {
		t.Error("what was there has changed")
	}
	intact(t, db)
	if info := must[os.FileInfo](t)(os.Stat(path + "-wal")); info.Size() > 64<<10 { // the note that it is done
		t.Errorf("the log has %d bytes", info.Size())
	}
	if left := leftoversOf(t, db); len(left) > 1 {
		t.Errorf("%d pages are left", len(left))
	}
	execute(t, db.writer.conn, `UPDATE heap SET v = v || 'more'`)
	intact(t, db)
}

// A page that changes between being found and being overwritten is left alone
// until it is found again.
func TestScrubBesideAWriter(t *testing.T) {
	db := littered(t, filepath.Join(t.TempDir(), "p.db"))
	found := leftoversOf(t, db)
	execute(t, db.writer.conn, `UPDATE heap SET v = 'new' WHERE id % 3 = 0`)
	execute(t, db.writer.conn, `INSERT INTO tree SELECT 'fresh' || id, v || v FROM heap`)
	before, others := content(t, db), 0
	for _, l := range found {
		if page := must[[]byte](t)(readPage(t.Context(), db.read, l.no)); sha256.Sum256(page) != l.sum {
			others++
		}
	}
	w := must[*pageWriter](t)(db.pageWriter(t.Context()))
	changed := must[int](t)(w.blank(t.Context(), found))
	w.close()
	// A page that was written, but stands where it stood, is overwritten all the same.
	if changed == 0 || changed >= others || others == len(found) {
		t.Errorf("%d of %d pages were written, %d left alone", others, len(found), changed)
	}
	if content(t, db) != before {
		t.Error("what was there has changed")
	}
	intact(t, db)
}

// Somebody who reads an old state keeps the log from being emptied, but nobody
// from writing, and the next Scrub does it.
func TestScrubBesideAReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
		db := littered(t, path)
		other := must[*DB](t)(OpenFor(ctx, path, time.Second))
		v := must[snapshot](t)(other.read.snapshot(ctx))
		var n int
		ok(t, v.Tx.QueryRowContext(ctx, `SELECT count(*) FROM heap`).Scan(&n))
		done := make(chan error)
		go func() { done <- db.Scrub(ctx) }()
		written := 0
		for waiting := true; waiting; {
			select {
			case err := <-done:
				if waiting = false; !errors.Is(err, ErrBusy) {
					t.Errorf("beside a reader: %v", err)
				}
			case <-time.After(time.Second):
				began := time.Now()
				ok(t, other.SetMeta(ctx, "test", fmt.Sprint(began)))
				if waited := time.Since(began); waited > time.Second {
					t.Errorf("a writer waited %v", waited)
				}
				written++
			}
		}
		if written < 10 {
			t.Errorf("others wrote %d times", written)
		}
		ok(t, v.Rollback())
		ok(t, db.Scrub(ctx))
		if pending := must[string](t)(db.Meta(ctx, MetaScrub)); pending != "" {
			t.Errorf("still to be done: %q", pending)
		}
		ok(t, other.Close())
		ok(t, db.Close())
	})
}

// A page that does not follow the format is never written.
func TestBlankRefuses(t *testing.T) {
	page := func(set map[int]byte) []byte {
		p := bytes.Repeat([]byte{0xee}, 4096)
		copy(p, []byte{13, 0, 0, 0, 1, 0x0f, 0xf0, 0, 0x0f, 0xf0}) // one cell, at 4080
		copy(p[4080:], []byte{3, 1, 2, 1, 7})                      // a row of one byte
		for at, b := range set {
			p[at] = b
		}
		return p
	}
	good := page(nil)
	ok(t, blank(good, 2, pageLeaf, 0))
	if bytes.Count(good, []byte{0xee}) != 0 || good[4084] != 7 {
		t.Errorf("the good page became %x…%x", good[:16], good[4070:])
	}
	for name, set := range map[string]map[int]byte{
		"kind": {0: 7}, "too many cells": {3: 0xff}, "a cell in the header": {8: 0, 9: 4}, "a cell beyond the page": {8: 0x10},
		"a row beyond the page": {4080: 120}, "a free block beyond the page": {1: 0x0f, 2: 0xfe}, "a free block over a cell": {1: 0x0f, 2: 0xee},
		"free blocks in a ring": {1: 1, 2: 0, 256: 1, 257: 0}, "two cells in one place": {3: 0, 4: 2, 10: 0x0f, 11: 0xf0},
	} {
		if err := blank(page(set), 2, pageLeaf, 0); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	for _, used := range []int{-9, 4093} {
		if err := blank(page(nil), 2, pageOverflow, used); err == nil {
			t.Errorf("overflow of %d bytes: not refused", used)
		}
	}
	if err := blank(page(nil), 2, "corrupted", 0); !errors.Is(err, ErrDamaged) {
		t.Errorf("a corrupted page: %v", err)
	}
}
