package store

import (
	"context"
	"os"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// BenchmarkLarge works on a register of 100,000 requests and 1,000,000 ledger
// rows, made by TestGenerate where POMETKA_LARGE says.
func BenchmarkLarge(b *testing.B) {
	path := os.Getenv("POMETKA_LARGE")
	if path == "" {
		b.Skip("POMETKA_LARGE=FILE names where the large register is, or is made")
	}
	ctx := context.Background()
	if _, err := os.Stat(path); err != nil {
		b.Fatalf("%v: go test -run Generate makes it", err)
	}
	db := openAt(b, path)
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"open", func() error {
			db, err := Open(ctx, path)
			if err != nil {
				return err
			}
			return db.Close()
		}},
		{"list", func() error { _, err := db.Requests(ctx, Filter{}); return err }},
		{"list 50", func() error { _, err := db.Requests(ctx, Filter{Limit: 50}); return err }},
		{"list all 50", func() error { _, err := db.Requests(ctx, Filter{All: true, Limit: 50}); return err }},
		{"list review", func() error { _, err := db.Requests(ctx, Filter{Status: []Status{StatusReview}}); return err }},
		{"list kind", func() error { _, err := db.Requests(ctx, Filter{Kinds: []rules.Kind{"claim"}}); return err }},
		{"list due", func() error { _, err := db.Requests(ctx, Filter{DueUntil: day("2026-11-23")}); return err }},
		{"list unassigned 50", func() error { _, err := db.Requests(ctx, Filter{Assignees: []string{""}, Limit: 50}); return err }},
		{"list from", func() error { _, err := db.Requests(ctx, Filter{From: "a777"}); return err }},
		{"list all from", func() error { _, err := db.Requests(ctx, Filter{All: true, From: "a99999"}); return err }},
		{"list all received", func() error {
			_, err := db.Requests(ctx, Filter{All: true, ReceivedFrom: day("2024-05-01"), ReceivedTo: day("2024-05-01")})
			return err
		}},
		{"show", func() error { _, err := db.Request(ctx, "LK-2024-000777"); return err }},
		{"history", func() error { _, err := db.History(ctx, "LK-2024-000777"); return err }},
		{"resolve", func() error { _, err := db.Resolve(ctx, "2024-777"); return err }},
		{"status", func() error { _, err := db.Counts(ctx); return err }},
		{"outbox held", func() error { _, err := db.Outbox(ctx, []MailState{MailHeld}); return err }},
		{"by header", func() error { _, err := db.ByHeaderDigest(ctx, []string{seen(1_000_777).HeaderDigest}); return err }},
		{"by message id", func() error { _, err := db.ByMessageID(ctx, []string{"<m777@example.kz>"}); return err }},
		{"same text", func() error {
			_, err := db.SameText(ctx, "a777@example.kz", "Прошу прекратить обработку 777", "", t0, alike)
			return err
		}},
		{"of sender", func() error { _, err := db.BriefsFrom(ctx, "a777@example.kz", t0, 50); return err }},
		{"places", func() error { _, err := db.Places(ctx, "INBOX", 7, 1_000_000, 1_000_500); return err }},
		{"reminded", func() error { _, err := db.Reminded(ctx, []string{"LK-2024-000777"}); return err }},
		{"caps", func() error {
			_, err := db.AckCounts(ctx, AckQuery{Address: "a777", Domain: "example.kz", Kinds: []rules.Kind{"claim"},
				DaySince: t0.Add(27 * time.Hour), HourSince: t0.Add(27 * time.Hour)})
			return err
		}},
		{"change", func() error {
			_, err := db.Change(ctx, Change{Number: "LK-2024-000777", Note: "x", Event: Event{Actor: "a", Code: "noted"}}, t0)
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				ok(b, c.do())
			}
		})
	}
}
