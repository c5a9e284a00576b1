package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What can be told of a row that is not as its marks say.
func TestDiffers(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"a1 b2 c3 d4 e5", "a1 b2 c9 d4 e5", "c"},
		{"a1 b2 c3 d4 e5", "a1 b2 c3 d4 e9", "e"},
		{"a1 b2 c3 d4 e5", "a9 b2 c3 d9 e5", "a d"},
		{"a1 b2 c3 d4 e5", "a1 b2 c- d4 e5", "c"},
		{"a1 b2 c- d4 e5", "a1 b2 c3 d4 e5", "c"},
		{"a1 b2 c3 d4 e-", "a1 b2 c3 d- e-", "d e"},       // either was emptied
		{"a1 b2 c3 d4 e5", "a- b2 c3 d9 e5", "a d"},       // one emptied, one changed
		{"a1 b- c3 d4 e5 f6", "a1 b2 c9 d4 e5 f6", "b c"}, // one filled, one changed
		{"a1 b2 c3 d4", "a1 b9 c8 d7", ""},                // too much
		{"a1 b2 c3 d4 e-", "a6 b7 c8 d9 e-", ""},
		{"a1 b2 c3 salt4", "a1 b2 c3 salt5", "salt"}, // and so each of them
	} {
		row := func(text string) *record {
			var names []string
			var values []any
			for _, f := range strings.Fields(text) {
				names = append(names, f[:len(f)-1])
				switch value := f[len(f)-1:]; {
				case value == "-":
					values = append(values, nil)
				case strings.HasPrefix(f, "salt"):
					values = append(values, []byte(value))
				default:
					values = append(values, value)
				}
			}
			r := newRecord(names)
			r.values = values
			return r
		}
		if got := row(c.is).differs(row(c.was).marks()); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s, was %s: %v", c.is, c.was, got)
		}
	}
}

// What a transaction vouches for is what it wrote, without a look at what the database made
// of that. So no column may fill itself.
func TestNoColumnHasDefault(t *testing.T) {
	var list string
	ok(t, open(t).read.QueryRow(`SELECT coalesce(group_concat(s.name || '.' || c.name), '') FROM sqlite_schema s JOIN pragma_table_xinfo(s.name) c
		WHERE s.type = 'table' AND (c.dflt_value IS NOT NULL OR c.hidden > 1) AND s.name NOT LIKE 'search%'`).Scan(&list))
	if list != "" {
		t.Errorf("columns that fill themselves: %s", list)
	}
}

// Of rows that another pass has taken in meanwhile the ledger keeps those that it had, and the
// event vouches for the others.
func TestRecordedInPart(t *testing.T) {
	ctx, db := context.Background(), open(t)
	c := Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 3}
	ok(t, db.Record(ctx, c, []Seen{seen(2), seen(3)}, t0))
	c.LastUID = 5
	ok(t, db.Record(ctx, c, []Seen{seen(1), seen(2), seen(3), seen(4), seen(5)}, t0))
	if places := must[map[uint32]bool](t)(db.Places(ctx, "INBOX", 7, 1, 9)); len(places) != 5 {
		t.Errorf("places %v", places)
	}
	sound(t, db)
}

// What is remembered of the row before changes no mark.
func TestRepeatedMarks(t *testing.T) {
	one, many := newRecord(ledgerWithID), newRepeated(ledgerWithID)
	for n := range 40 {
		var values []any
		for i := range ledgerWithID {
			values = append(values, []any{nil, int64(n % 3), "none", "", int64(n), fmt.Sprint(n % 7)}[(n/5+i)%6])
		}
		one.values, many.values = values, slices.Clone(values)
		if got, want := many.nextMarks(), one.marks(); !bytes.Equal(got, want) {
			t.Fatalf("row %d: marks %x, not %x", n, got, want)
		}
	}
}

// A salt that was changed is named also where a mark is alike by chance.
func TestChangedSaltIsNamed(t *testing.T) {
	names := []string{"event", "from_addr", "from_name", "id", "language", "salt", "subject", "text"}
	row := func(salt []byte) *record {
		r := newRecord(names)
		copy(r.values, []any{int64(7), "a@one.example", "Айгүл", int64(3), "kk", salt, "Отзыв", "Прошу."})
		return r
	}
	kept := row(make([]byte, saltSize)).marks()
	alike := 0
	for n := range 100_000 {
		salt := binary.BigEndian.AppendUint64(make([]byte, 8), uint64(n+1))
		now := row(salt)
		marks := now.marks()
		for i := 0; i < len(kept); i += 2 {
			if names[i/2] != "salt" && bytes.Equal(marks[i:i+2], kept[i:i+2]) {
				if alike++; !slices.Equal(now.differs(kept), []string{"salt"}) {
					t.Errorf("with the mark of %s alike: %v", names[i/2], now.differs(kept))
				}
			}
		}
		if alike == 3 {
			break
		}
	}
	if alike == 0 {
		t.Error("no mark was alike by chance")
	}
	swapped := row(make([]byte, saltSize))
	for i, name := range names {
		if name != "salt" {
			swapped.values[i] = "x"
		}
	}
	if got := swapped.differs(kept); len(got) != 0 {
		t.Errorf("all but the salt changed: %v", got)
	}
}
