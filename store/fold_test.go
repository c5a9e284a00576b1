package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A log that is folded after each letter stays as short as the letter, also
// where a query holds the state of before for a while; nothing is lost by it.
func TestFold(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	db := openAt(t, path)
	size := func() int64 { return must[os.FileInfo](t)(os.Stat(path + "-wal")).Size() }
	head := func() string { // of the log: its salts are new with each
		f := must[*os.File](t)(os.Open(path + "-wal"))
		defer f.Close()
		b := make([]byte, 32)
		must[int](t)(f.ReadAt(b, 0))
		return string(b)
	}
	admit := func(n int) { must[Admitted](t)(db.Admit(ctx, admission(t, db, uint32(n+1)), t0)) }
	const letters = 40
	longest := int64(0)
	for n := range letters {
		admit(n)
		longest = max(longest, size())
		ok(t, db.Fold(ctx))
		begun := head()
		admit(letters + n)
		if head() != begun {
			t.Fatal("the log is begun by the letter behind the fold, and waits for the disk once more")
		}
	}
	for n := range letters {
		admit(2*letters + n)
	}
	if grown := size(); grown < 3*longest {
		t.Fatalf("the log has %d bytes after %d letters, and %d after one: it proves nothing", grown, letters, longest)
	}
	ok(t, db.view(ctx, func(q querier) error {
		var before, after int
		ok(t, q.QueryRowContext(ctx, "SELECT count(*) FROM requests").Scan(&before))
		admit(3 * letters)
		ok(t, db.Fold(ctx))
		ok(t, q.QueryRowContext(ctx, "SELECT count(*) FROM requests").Scan(&after))
		if before != after {
			t.Errorf("a query saw %d requests, then %d", before, after)
		}
		return nil
	}))
	if list := must[[]Request](t)(db.Requests(ctx, Filter{All: true})); len(list) != 3*letters+1 {
		t.Errorf("%d requests of %d", len(list), 3*letters+1)
	}
	sound(t, db)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	db.writer.turn <- struct{}{}
	if err := db.Fold(cancelled); err == nil {
		t.Error("a fold that was cancelled while another wrote says nothing")
	}
	<-db.writer.turn
}
