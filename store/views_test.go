package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
)

// What is written while the chain is read on many connections is no break; nor
// is it where all of them are one.
func TestVerifyWhileWritten(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
	done := make(chan error, 1)
	stop := make(chan struct{})
	go func() {
		for n := 0; n < 300; n++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			who := fmt.Sprint("a", n)
			if _, err := db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "assigned"}}, func(r *Request) { r.Assignee = who }), t0); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 20 {
		if breaks := must[[]Break](t)(db.VerifyChain(ctx)); len(breaks) > 0 {
			t.Fatalf("%+v", breaks)
		}
	}
	close(stop)
	ok(t, <-done)

	v := &verifier{db: db, named: map[breakKey]int{}, VerifyOptions: VerifyOptions{Progress: func(string, int64, int64) {}}}
	ok(t, db.view(ctx, func(q querier) error { return v.chainOn(ctx, q, q, q) }))
	if last := must[Event](t)(db.Head(ctx)); len(v.Breaks) > 0 || v.Events != last.Seq {
		t.Errorf("on one connection: %d events of %d, %+v", v.Events, last.Seq, v.Breaks)
	}
}

// A connection that fails is told, not taken for a history without rows.
func TestVerifyToldOfTrouble(t *testing.T) {
	ctx, db := context.Background(), open(t)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	for n := range 3 {
		v := &verifier{db: db, named: map[breakKey]int{}, VerifyOptions: VerifyOptions{Progress: func(string, int64, int64) {}}}
		err := db.views(ctx, 3, func(q []querier) error {
			q[n] = failing{q[n]}
			return v.chainOn(ctx, q[0], q[1], q[2])
		})
		if err == nil || len(v.Breaks) > 0 {
			t.Errorf("connection %d failed: %v, %+v", n, err, v.Breaks)
		}
	}
}

// failing is a connection that answers nothing.
type failing struct{ querier }

func (failing) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errors.New("no answer")
}
