package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// With every connection in the hands of a snapshot, each of them and a query
// beside them ask for what nobody prepared: none waits for a connection that
// only another one could give back.
func TestSnapshotsNeedOneConnection(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var begun, wg sync.WaitGroup
	begun.Add(readers)
	for i := range readers {
		wg.Go(func() {
			err := db.view(ctx, func(q querier) error {
				begun.Done()
				begun.Wait()
				for k := range 3 {
					var n int
					if err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT %d + 0 * count(*) FROM meta", i*10+k)).Scan(&n); err != nil || n != i*10+k {
						return fmt.Errorf("%d: %v", n, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		begun.Wait()
		var n int
		if err := db.read.QueryRowContext(ctx, "SELECT 7 + 0 * count(*) FROM meta").Scan(&n); err != nil || n != 7 {
			t.Error(n, err)
		}
	})
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("the snapshots wait for each other")
	}
}

// What a snapshot asked for is prepared for the next, once, and not without end.
func TestSnapshotsPrepare(t *testing.T) {
	ctx, db := context.Background(), open(t)
	before := len(db.read.prepared)
	ask := func(n int) {
		t.Helper()
		err := db.view(ctx, func(q querier) error {
			for i := range n {
				var got int
				if err := q.QueryRowContext(ctx, fmt.Sprintf("SELECT %d", i)).Scan(&got); err != nil || got != i {
					return fmt.Errorf("%d: %v", got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(2)
	ask(2)
	if n := len(db.read.prepared); n != before+2 {
		t.Errorf("%d statements are prepared, want %d", n, before+2)
	}
	ask(2 * mostPrepared)
	ask(2 * mostPrepared)
	if n := len(db.read.prepared); n != mostPrepared {
		t.Errorf("%d statements are prepared, want %d", n, mostPrepared)
	}
}
