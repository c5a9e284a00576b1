package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
)

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
		m := must[*Mail](b)(db.Claim(ctx, t0, render, nil, nil))
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
