package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"testing"
)

// disorder gives a row in the middle of a table an id that is larger than those of all the
// others: the tree that keeps them in order then leads back from the last to it.
func disorder(t *testing.T, path, table string) {
	t.Helper()
	file, leaf := leafOf(t, path, table)
	count := int(binary.BigEndian.Uint16(leaf[3:]))
	if leaf[0] != 0x0d || count < 3 {
		t.Fatalf("page of kind %d with %d rows", leaf[0], count)
	}
	cell := leaf[binary.BigEndian.Uint16(leaf[8+2*((count-1)/2):]):] // where a search begins
	_, n := binary.Uvarint(cell)                                     // how long the row is; numbers of the file have the same length here
	if cell[n] >= 0x7f {
		t.Fatalf("id %d", cell[n])
	}
	cell[n] = 0x7f
	ok(t, os.WriteFile(path, file, 0o600))
}

// leafOf reads the file, and finds the first page of a table or an index that has rows.
func leafOf(t *testing.T, path, name string) (file, leaf []byte) {
	t.Helper()
	db := openAt(t, path)
	var number uint32
	ok(t, db.read.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = ?`, name).Scan(&number))
	ok(t, db.Close())
	file, err := os.ReadFile(path)
	ok(t, err)
	for {
		leaf = file[(number-1)*4096:][:4096]
		if leaf[0] > 5 {
			return file, leaf
		}
		number = binary.BigEndian.Uint32(leaf[binary.BigEndian.Uint16(leaf[12:]):])
	}
}

// Rows out of order are named, and verifying them comes to an end.
func TestVerifyEndsOnDisorder(t *testing.T) {
	for _, table := range []string{"letters", "outbox"} {
		path, _ := closedWorld(t)
		disorder(t, path, table)
		db, err := OpenToVerify(t.Context(), path)
		ok(t, err)
		ctx, stop := context.WithCancel(t.Context())
		looks := 0
		v, err := db.VerifyAll(ctx, VerifyOptions{Progress: func(stage string, _, _ int64) {
			if stage == StageLetters {
				if looks++; looks > 1000 {
					stop()
				}
			}
		}})
		stop()
		if err != nil {
			t.Errorf("%s: %d letters looked at, %v", table, looks, err)
		}
		if !slices.ContainsFunc(v.Breaks, func(b Break) bool { return b.What == Broken }) {
			t.Errorf("%s: %v", table, v.Breaks)
		}
		ok(t, db.Close())
	}
}

// An export of requests out of order does not go on for ever: it says so.
func TestRegisterEndsOnDisorder(t *testing.T) {
	path, _ := closedWorld(t)
	file, leaf := leafOf(t, path, "sqlite_autoindex_requests_1")
	at := bytes.Index(leaf, []byte("LK-2026-000002"))
	if at < 0 {
		t.Fatal("no such number")
	}
	leaf[at+8] = '9'
	ok(t, os.WriteFile(path, file, 0o600))
	db := openAt(t, path)
	parts := 0
	err := db.EachEntry(t.Context(), EntryQuery{}, func([]Entry) error {
		if parts++; parts > 100 {
			return errors.New("without end")
		}
		return nil
	})
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("%d parts, %v", parts, err)
	}
}
