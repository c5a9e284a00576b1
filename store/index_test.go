package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// wordsOf is what the index holds of a request.
func wordsOf(t *testing.T, db *DB, number string) string {
	t.Helper()
	var words string
	ok(t, db.read.QueryRow(`SELECT words FROM search WHERE rowid = (SELECT id FROM requests WHERE number = ?)`, number).Scan(&words))
	return words
}

// What was dropped from the search is in no byte of the index any more.
func TestDropFromSearch(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	db := openAt(t, path)
	_, err := db.writer.conn.ExecContext(ctx, `PRAGMA secure_delete = ON`)
	ok(t, err)
	for uid := range uint32(300) { // enough for the index to be merged
		a := letterOf(uid + 1)
		a.Letter.Text = fmt.Sprintf("первоеслово%d второеслово%d", uid, uid)
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	must[Request](t)(db.Change(ctx, Change{Number: "LK-2026-000007", Note: "тайнаязаметка", Event: Event{Actor: "a", Code: "noted"}}, t0))
	if w := wordsOf(t, db, "LK-2026-000007"); !bytes.Contains([]byte(w), []byte("первоеслово6")) || !bytes.Contains([]byte(w), []byte("таинаязаметк")) {
		t.Fatalf("the words are %s", w)
	}
	ok(t, db.change(ctx, t0, func(ctx context.Context, tx *tx) error {
		for _, n := range []string{"LK-2026-000007", "LK-2026-000150", "LK-2026-000300"} {
			r, err := tx.findRequest(ctx, n)
			if err != nil {
				return err
			}
			if err := dropFromSearch(ctx, tx, r.ID); err != nil {
				return err
			}
		}
		return nil
	}))
	if got, want := wordsOf(t, db, "LK-2026-000007"), "№lk2026000007 №2026000007 №000007 №7"; got != want {
		t.Errorf("the search still has %q", got)
	}
	// The letters themselves stay here: only what the index says is looked at.
	rows, err := db.read.Query(`SELECT id, block FROM search_data`)
	ok(t, err)
	ok(t, scanEach(rows, func() error {
		var id int64
		var block []byte
		err := rows.Scan(&id, &block)
		for _, trace := range []string{"тайна", "таина"} {
			if bytes.Contains(block, []byte(trace)) {
				t.Errorf("%s is still in block %d", trace, id)
			}
		}
		return err
	}))
	var left int
	for _, word := range []string{"первоеслово6", "второеслово149", "первоеслово299"} {
		ok(t, db.read.QueryRow(`SELECT count(*) FROM search WHERE search MATCH ?`, `"`+word+`"`).Scan(&left))
		if left != 0 {
			t.Errorf("%s is still found", word)
		}
	}
	ok(t, db.read.QueryRow(`SELECT count(*) FROM search WHERE search MATCH '"первоеслово7"'`).Scan(&left))
	if left != 1 {
		t.Error("the words of another request went, too")
	}
	sound(t, db)
}

// With the letters purged as well, no page of the file holds a word: secure
// deletion cleans what the index leaves behind.
func TestDropFromSearchLeavesNoBytes(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	db := openAt(t, path)
	_, err := db.writer.conn.ExecContext(ctx, `PRAGMA secure_delete = ON`)
	ok(t, err)
	for uid := range uint32(200) {
		a := letterOf(uid + 1)
		a.Letter.Text = fmt.Sprintf("zebra%d giraffe%d xylophone%d", uid, uid, uid)
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	ok(t, db.change(ctx, t0.Add(time.Hour), func(ctx context.Context, tx *tx) error {
		for id := int64(1); id <= 200; id++ {
			if err := dropFromSearch(ctx, tx, id); err != nil {
				return err
			}
			if err := tx.remove(ctx, "letters_private", id); err != nil {
				return err
			}
		}
		return tx.append(ctx, Event{Actor: "a", Code: "purged"})
	}))
	ok(t, db.Close())
	b, err := os.ReadFile(path)
	ok(t, err)
	for _, trace := range []string{"zebra", "giraff", "xylophon", "Отзыв согласия", "айгүл", "аигул"} {
		if n := bytes.Count(b, []byte(trace)); n > 0 {
			t.Errorf("%q is %d times in the file", trace, n)
		}
	}
}

// The words of the letters of a chunk are indexed with the chunk. Where a pass was ended before,
// whoever searches indexes them, and so does the next change, in the order of the requests.
func TestIndexTrails(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	indexed := func(db *DB) (list []int64) {
		return must[[]int64](t)(queryIDs(ctx, db.read, `SELECT rowid FROM search ORDER BY rowid`))
	}
	db := openAt(t, path)
	admit := func(uid uint32, change func(*Admission)) {
		t.Helper()
		a := letterOf(uid)
		a.Unsynced, a.Ack, a.Letter.Text = true, nil, fmt.Sprintf("слово%d", uid)
		change(&a)
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	asIs := func(*Admission) {}
	admit(1, asIs)
	admit(2, asIs)
	if got := indexed(db); len(got) != 0 {
		t.Errorf("indexed before their chunk: %v", got)
	}
	ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 3}, []Seen{seen(3)}, t0))
	if got := indexed(db); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("indexed with their chunk: %v", got)
	}
	admit(4, asIs)
	admit(5, asIs)
	admit(6, func(a *Admission) { a.Requests, a.Joins = nil, joins("LK-2026-000004") })
	if got := indexed(db); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("indexed with a letter that joined: %v", got)
	}
	if w := wordsOf(t, db, "LK-2026-000004"); !strings.Contains(w, "слово5") || !strings.Contains(w, "слово6") {
		t.Errorf("indexed of two letters: %s", w)
	}
	admit(7, asIs)
	ok(t, db.Close())
	db = openAt(t, path)
	if hits, _, err := db.Search(ctx, "слово7", 5); err != nil || len(hits) != 1 {
		t.Errorf("found behind the end of a pass: %d, %v", len(hits), err)
	}
	admit(8, asIs)
	ok(t, db.Close())
	db = openAt(t, path)
	must[Request](t)(db.Change(ctx, Change{Number: "LK-2026-000001", Event: Event{Actor: "a", Code: "taken"}}, t0))
	if got := indexed(db); len(got) != 6 {
		t.Errorf("indexed by the next change: %v", got)
	}
	admit(9, asIs)
	if _, err := db.Change(ctx, Change{Number: "LK-2026-000001", Event: Event{Actor: "a"}}, t0); err == nil {
		t.Error("a change without a name")
	}
	must[Request](t)(db.Change(ctx, Change{Number: "LK-2026-000001", Event: Event{Actor: "a", Code: "taken"}}, t0))
	if got := indexed(db); len(got) != 7 {
		t.Errorf("indexed behind a change that failed: %v", got)
	}
	admit(10, asIs)
	ok(t, db.Rehearse(ctx, letterOf(11), t0, render))
	ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 12}, []Seen{seen(12)}, t0))
	if got := indexed(db); len(got) != 8 {
		t.Errorf("indexed behind a rehearsal: %v", got)
	}
	admit(13, asIs)
	short, end := context.WithCancel(ctx)
	if err := db.derive(short, func(ctx context.Context, t *tx) error {
		defer end()
		t.trails = true
		return t.indexWords(ctx)
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("who searches was called off with %v", err)
	}
	must[Request](t)(db.Change(ctx, Change{Number: "LK-2026-000001", Event: Event{Actor: "a", Code: "taken"}}, t0))
	if got := indexed(db); len(got) != 9 {
		t.Errorf("indexed behind a search that was called off: %v", got)
	}
	sound(t, db)
}

// A change that failed is done with the connection when it gives its turn back: nothing of the
// next one is written by both (which the race detector sees).
func TestFailedChangeGivesBackItsTurn(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var both sync.WaitGroup
	both.Go(func() {
		for uid := uint32(1); uid <= 20; uid++ {
			if _, err := db.Admit(ctx, letterOf(uid), t0); err != nil {
				t.Error(err)
			}
		}
	})
	both.Go(func() {
		for range 20 {
			if err := db.Settle(ctx, 999, Settlement{State: MailSent}, t0); !errors.Is(err, ErrNotFound) {
				t.Error(err)
			}
		}
	})
	both.Wait()
	sound(t, db)
}

// A damaged or missing index keeps no letter out.
func TestIntakeWithoutIndex(t *testing.T) {
	ctx, db := context.Background(), open(t)
	must[Admitted](t)(db.Admit(ctx, letterOf(1), t0))
	_, err := db.writer.conn.ExecContext(ctx, `DROP TABLE search`)
	ok(t, err)
	must[Admitted](t)(db.Admit(ctx, letterOf(2), t0))
	must[Admitted](t)(db.Admit(ctx, letterOf(3), t0))
	ok(t, db.change(ctx, t0, func(ctx context.Context, tx *tx) error { return dropFromSearch(ctx, tx, 1) }))
	sound(t, db)
}

// What is remembered of words stays little, and never changes an answer.
func TestStems(t *testing.T) {
	var k stems
	for range 2 {
		for n := range 3 * mostStems {
			for _, s := range []spelling{{fmt.Sprintf("заявления%d", n), rules.RU}, {"заявления", rules.RU}, {"деректерімді", rules.KK}, {"деректерімді", rules.RU}, {"баланы", rules.RU}, {"баланы", rules.KK}} {
				if got, want := k.of(s), rules.SearchStems(s.word, s.lang); !slices.Equal(got, want) {
					t.Fatalf("%v is indexed under %q, not %q", s, got, want)
				}
			}
		}
	}
	long := spelling{strings.Repeat("ж", longestStem), rules.RU}
	k.of(long)
	if _, kept := k.known[long]; kept || len(k.known) > mostStems {
		t.Errorf("%d words are remembered, that of %d bytes: %t", len(k.known), len(long.word), kept)
	}
}
