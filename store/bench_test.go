package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// large makes a register of n requests and m ledger rows, in a few seconds:
// the outbox and the letters are small, the numbers of rows are real.
func large(tb testing.TB, path string, requests, ledger int) *DB {
	tb.Helper()
	ctx, db := context.Background(), openAt(tb, path)
	if _, err := db.writer.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		tb.Fatal(err)
	}
	for done := 0; done < ledger; {
		rows := make([]Seen, min(500, ledger-done))
		for i := range rows {
			rows[i] = seen(uint32(1_000_000 + done + i))
		}
		done += len(rows)
		ok(tb, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: rows[len(rows)-1].UID}, rows, t0))
	}
	for i := range requests {
		a := admission(tb, db, uint32(i+1))
		on := day("2024-01-01").AddDays(i % 1000)
		a.Requests[0].ReceivedOn, a.Requests[0].ActBy = on, on.AddDays(20)
		if i%100 != 0 {
			a.Requests[0].Status = StatusDone
		}
		must[Admitted](tb)(db.Admit(ctx, a, t0.Add(time.Duration(i)*time.Second)))
		a.Raw.Discard()
	}
	if _, err := db.writer.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		tb.Fatal(err)
	}
	return db
}

func seen(uid uint32) Seen {
	return Seen{
		UID: uid, Size: int64(uid), InternalDate: t0.Add(time.Duration(uid) * time.Second),
		HeaderDigest: fmt.Sprintf("%016x%048x", uint64(uid)*0x9e3779b97f4a7c15, uid), Verdict: rules.None, ReasonCode: "plain",
	}
}

func BenchmarkAdmit(b *testing.B) {
	ctx, db := context.Background(), open(b)
	uid := uint32(0)
	for b.Loop() {
		uid++
		a := admission(b, db, uid)
		must[Admitted](b)(db.Admit(ctx, a, t0))
		a.Raw.Discard()
	}
}

func BenchmarkRecord500(b *testing.B) {
	ctx, db := context.Background(), open(b)
	uid := uint32(0)
	rows := make([]Seen, 500)
	for b.Loop() {
		for i := range rows {
			uid++
			rows[i] = seen(uid)
		}
		ok(b, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, LastUID: uid}, rows, t0))
	}
}

func BenchmarkClaimAndSettle(b *testing.B) {
	ctx, db := context.Background(), open(b)
	i := 0
	for b.Loop() {
		b.StopTimer()
		i++
		must[int64](b)(db.Enqueue(ctx, *ack(fmt.Sprint(i)), nil, t0))
		b.StartTimer()
		m := must[*Mail](b)(db.Claim(ctx, t0, render))
		ok(b, db.Settle(ctx, m.ID, Settlement{State: MailSent, Code: 250}, t0))
	}
}

func BenchmarkRequests10000(b *testing.B) {
	ctx, db := context.Background(), large(b, filepath.Join(b.TempDir(), "p.db"), 10_000, 0)
	for b.Loop() {
		if n := len(must[[]Request](b)(db.Requests(ctx, Filter{All: true}))); n != 10_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkVerify10000(b *testing.B) {
	ctx, db := context.Background(), large(b, filepath.Join(b.TempDir(), "p.db"), 10_000, 100_000)
	for _, c := range []struct {
		name string
		run  func(context.Context) ([]Break, error)
	}{{"chain", db.VerifyChain}, {"all", db.Verify}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if n := len(must[[]Break](b)(c.run(ctx))); n != 0 {
					b.Fatal(n)
				}
			}
		})
	}
}
