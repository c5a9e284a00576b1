package store

import (
	"context"
	"strings"
	"testing"
)

// Only what still lies in the mailbox is committed without waiting for the disk,
// and what follows takes it along: the cursor behind it, and the claim of its
// acknowledgement.
func TestWhoWaitsForTheDisk(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var levels []int
	db.WatchCommits(func(point string) {
		if !strings.HasPrefix(point, "before ") {
			return
		}
		var level int
		ok(t, db.writer.conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level))
		levels = append(levels, level)
	})
	const normal, full = 1, 2
	step := func(what string, want int, err error) {
		t.Helper()
		ok(t, err)
		if len(levels) != 1 || levels[0] != want {
			t.Errorf("%s: commits at the levels %v, not once at %d", what, levels, want)
		}
		levels = nil
	}
	admit := func(uid uint32, unsynced bool) error {
		a := admission(t, db, uid)
		defer a.Raw.Discard()
		a.Unsynced = unsynced
		_, err := db.Admit(ctx, a, t0)
		return err
	}
	step("a letter of a pass", normal, admit(1, true))
	step("another", normal, admit(2, true))
	step("its chunk", full, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, LastUID: 2}, nil, t0))
	step("a letter of a pass", normal, admit(3, true))
	step("its chunk, which waits for the claim", normal, db.RecordUnsynced(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, LastUID: 3}, nil, t0))
	_, err := db.Claim(ctx, t0, render, nil, nil)
	step("an acknowledgement", full, err)
	step("a letter of a pass", normal, admit(4, true))
	step("what a person takes in", full, admit(5, false))
	step("a letter of a pass", normal, admit(6, true))
	step("the end of a pass", full, db.SetPass(ctx, t0))
	sound(t, db)
}
