package store

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"
)

// odd are instants of letters that have no year of four digits, here or in another zone.
var odd = []time.Time{
	time.Date(10000, 1, 1, 4, 59, 59, 0, time.UTC), time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC),
	time.Date(0, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(-1, 12, 31, 19, 0, 0, 0, time.UTC), time.Date(-12345, 1, 1, 0, 0, 0, 0, time.UTC),
}

// Whatever moment a letter names, what is written of it can be read back.
func TestInstantsOutOfYears(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for i, at := range odd {
		a := admission(t, db, uint32(i+1))
		a.Seen.InternalDate, a.Letter.DateHeader, a.Letter.ReceivedAt = at, at, at
		number := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
		row := Seen{UID: uint32(100 + i), InternalDate: at, HeaderDigest: "d", Verdict: "none", ReasonCode: "none"}
		ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7}, []Seen{row}, t0))
		r := must[Request](t)(db.Request(ctx, number))
		if l := r.Letters[0]; !l.DateHeader.IsZero() {
			t.Errorf("%v: the date of the letter is %v", at, l.DateHeader)
		}
	}
	readable(t, db, len(odd))
	sound(t, db)
}

// readable reads all that holds an instant of a letter.
func readable(t *testing.T, db *DB, requests int) {
	t.Helper()
	ctx, seen := context.Background(), 0
	ok(t, db.Ledger(ctx, LedgerFilter{}, func(r LedgerRow) error {
		seen++
		if !r.Seen.InternalDate.IsZero() && r.Seen.InternalDate.Year() != t0.Year() {
			t.Errorf("message %d was received %v", r.Place.UID, r.Seen.InternalDate)
		}
		return nil
	}))
	must[map[uint32][]Seen](t)(db.Lying(ctx, "INBOX", []uint32{7}, 1, 1000))
	must[map[string]Seen](t)(db.ByHeaderDigest(ctx, []string{"d"}))
	list := must[[]Request](t)(db.Requests(ctx, Filter{All: true}))
	if len(list) != requests || seen < requests {
		t.Errorf("%d requests, %d messages", len(list), seen)
	}
	for range list {
		if m := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), render, nil, nil)); m == nil {
			t.Error("a letter of ours cannot be claimed")
		}
	}
}

// A register into which an older version wrote such instants can be read, and its history
// stays what it was.
func TestInstantsOfOlderVersions(t *testing.T) {
	ctx, db := context.Background(), open(t)
	older := []string{"10000-01-01T04:59:59.000Z", "9999-12-31T23:00:00.000Z", "0000-06-01T00:00:00.000Z", "-0001-12-31T19:00:00.000Z"}
	for i, text := range older {
		done := must[Admitted](t)(db.Admit(ctx, admission(t, db, uint32(i+1)), t0))
		ok(t, db.change(ctx, t0, func(ctx context.Context, x *tx) error {
			if err := x.set(ctx, "letters", done.LetterID, fields{"date_header": text}); err != nil {
				return err
			}
			return x.append(ctx, Event{Actor: Machine, Code: EventIntake})
		}))
		if l := must[Request](t)(db.Request(ctx, done.Numbers[0])).Letters[0]; !l.DateHeader.IsZero() || !l.ReceivedAt.Equal(t0) {
			t.Errorf("the date %s was read as %v, the receipt as %v", text, l.DateHeader, l.ReceivedAt)
		}
	}
	sound(t, db)
	for i, text := range older { // rows of the ledger are not changed by anything
		_, err := db.writer.ExecContext(ctx, `UPDATE messages SET internal_date = ? WHERE id = ?`, text, i+1)
		ok(t, err)
	}
	readable(t, db, len(older))
}

// A letter of ours that stands on what is damaged fails, and stops no other.
func TestClaimPassesOverWhatIsDamaged(t *testing.T) {
	for name, damage := range map[string]string{
		"the letter it answers": `UPDATE letters SET date_header = 'never' WHERE id = 1`,
		"the request":           `UPDATE requests SET registered_at = 'never' WHERE id = 1`,
		"itself":                `UPDATE outbox SET created_at = 'never' WHERE id = 1`,
	} {
		ctx, db := context.Background(), open(t)
		for uid := uint32(1); uid <= 2; uid++ {
			must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0.Add(time.Duration(uid)*time.Second)))
		}
		_, err := db.writer.ExecContext(ctx, damage)
		ok(t, err)
		m, err := db.Claim(ctx, t0.Add(time.Hour), render, nil, nil)
		if err != nil || m == nil || m.ID != 2 {
			t.Errorf("%s: claimed %+v, %v", name, m, err)
		}
		var state, reason string
		ok(t, db.read.QueryRow(`SELECT state, reason_code FROM outbox WHERE id = 1`).Scan(&state, &reason))
		if state != string(MailFailed) || reason != ReasonDamaged {
			t.Errorf("%s: the letter is %s for %q", name, state, reason)
		}
		if _, err := db.Requests(ctx, Filter{}); name == "the request" && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nor do sizes whose sum no number holds keep a request from being purged.
func TestPurgeOfImpossibleSizes(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var number string
	for uid := uint32(1); uid <= 2; uid++ {
		a := admission(t, db, uid)
		a.Seen.Size, a.Letter.Size, a.Ack = math.MaxInt64, math.MaxInt64, nil
		if uid > 1 {
			a.Requests, a.Joins = nil, joins(number)
		}
		number = must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
	}
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), t0))
	if sum := must[Purged](t)(db.Purge(ctx, t0.Add(time.Hour), "a", t0.Add(time.Hour), nil)); sum.Requests != 1 {
		t.Errorf("purged %+v", sum)
	}
	sound(t, db)
}
