package store

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

func codes(t *testing.T, db *DB) string {
	t.Helper()
	rows, err := db.read.Query(`SELECT code FROM events ORDER BY seq`)
	ok(t, err)
	var all []string
	ok(t, scanEach(rows, func() error {
		var code string
		err := rows.Scan(&code)
		all = append(all, code)
		return err
	}))
	return strings.Join(all, " ")
}

func TestCursor(t *testing.T) {
	ctx, db := context.Background(), open(t)
	cursor := func() (Cursor, bool) {
		t.Helper()
		c, there, err := db.Cursor(ctx, "Спам")
		ok(t, err)
		return c, there
	}
	if c, there := cursor(); there {
		t.Errorf("before the first pass: %+v", c)
	}
	c := Cursor{Folder: "Спам", UIDValidity: 4294967295, FirstUID: 5, FirstPass: true}
	ok(t, db.SetCursor(ctx, c, t0))
	ok(t, db.SetCursor(ctx, c, t0)) // nothing new: no event
	c.LastUID = 4294967294
	ok(t, db.Record(ctx, c, nil, t0))
	ok(t, db.Record(ctx, c, nil, t0)) // nothing new: no event
	if got, there := cursor(); got != c || !there {
		t.Errorf("cursor %+v", got)
	}
	c.FirstPass = false
	ok(t, db.SetCursor(ctx, c, t0))
	c.UIDValidity, c.LastUID = 8, 0
	ok(t, db.SetCursor(ctx, c, t0))
	if got := codes(t, db); got != "intake_started intake first_pass_ended uidvalidity_changed" {
		t.Errorf("events: %s", got)
	}
	sound(t, db)
}

func TestRecord(t *testing.T) {
	ctx, db := context.Background(), open(t)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 2), t0)) // before the folder is watched
	if c, there, err := db.Cursor(ctx, "INBOX"); there || err != nil {
		t.Errorf("a cursor before SetCursor: %+v %v", c, err)
	}
	ok(t, db.SetCursor(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1}, t0))
	rows := []Seen{
		{UID: 1, Size: 1 << 40, InternalDate: t0.Add(time.Millisecond), HeaderDigest: "d1", Verdict: rules.None, ReasonCode: "plain"},
		{UID: 2, HeaderDigest: "other", Verdict: rules.None}, // is there already, as a request
		{UID: 3, HeaderDigest: "d1", Verdict: rules.None, ReasonCode: "later"},
	}
	c := Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 3}
	ok(t, db.Record(ctx, c, rows, t0))
	ok(t, db.Record(ctx, c, rows, t0)) // the chunk again, after a crash
	if got := codes(t, db); got != "registered queued intake_started intake" {
		t.Errorf("events: %s", got)
	}
	if places := must[map[uint32]bool](t)(db.Places(ctx, "INBOX", 7, 2, 3)); !reflect.DeepEqual(places, map[uint32]bool{2: true, 3: true}) {
		t.Errorf("places %v", places)
	}
	if places := must[map[uint32]bool](t)(db.Places(ctx, "INBOX", 8, 1, 3)); len(places) != 0 {
		t.Errorf("places of another validity %v", places)
	}
	found := must[map[string]Seen](t)(db.ByHeaderDigest(ctx, []string{"d1", "none", ""}))
	if !reflect.DeepEqual(found, map[string]Seen{"d1": rows[0]}) {
		t.Errorf("by header digest %+v", found)
	}
	if f := must[Counts](t)(db.Counts(ctx)); f.Ledger[rules.None] != 2 || f.Ledger[rules.Request] != 1 || f.Requests[StatusOpen] != 1 ||
		f.NextActBy != day("2026-12-14") || !f.OldestQueue.Equal(t0) || !f.LastPass.IsZero() {
		t.Errorf("facts %+v", f)
	}
	anew := Cursor{Folder: "INBOX", UIDValidity: 8, FirstUID: 1, LastUID: 4}
	rows = []Seen{
		{UID: 1, HeaderDigest: "d1", Verdict: rules.None, ReasonCode: "plain", Again: true},
		{UID: 2, HeaderDigest: "other", Verdict: rules.Request, ReasonCode: "copy", Again: true},
		{UID: 3, HeaderDigest: "d1", Verdict: rules.None, ReasonCode: "later", Again: true},
		{UID: 4, HeaderDigest: "d4", Verdict: rules.None, ReasonCode: "plain"},
	}
	for range 2 { // the chunk again
		ok(t, db.Record(ctx, anew, rows, t0))
		if f := must[Counts](t)(db.Counts(ctx)); f.Ledger[rules.None] != 3 || f.Ledger[rules.Request] != 1 {
			t.Errorf("letters that came again are counted: %v", f.Ledger)
		}
	}
	anew.UIDValidity = 9
	ok(t, db.Record(ctx, anew, rows[:3], t0))
	if f := must[Counts](t)(db.Counts(ctx)); f.Ledger[rules.None] != 3 || f.Ledger[rules.Request] != 1 {
		t.Errorf("letters that came a third time are counted: %v", f.Ledger)
	}
	sound(t, db)
}

func TestMeta(t *testing.T) {
	ctx, db := context.Background(), open(t)
	if at := must[time.Time](t)(db.LastPass(ctx)); !at.IsZero() {
		t.Errorf("last pass before the first: %v", at)
	}
	ok(t, db.SetPass(ctx, t0))
	ok(t, db.SetPass(ctx, t0.Add(time.Minute)))
	if at := must[time.Time](t)(db.LastPass(ctx)); !at.Equal(t0.Add(time.Minute)) {
		t.Errorf("last pass %v", at)
	}
	ok(t, db.SetMeta(ctx, MetaCalendarDigest, "c1"))
	if v := must[string](t)(db.Meta(ctx, MetaCalendarDigest)); v != "c1" {
		t.Errorf("calendar digest %q", v)
	}
	for _, name := range []string{"key", "head", "events"} {
		if err := db.SetMeta(ctx, name, "x"); err == nil {
			t.Errorf("%s was overwritten", name)
		}
	}
	sound(t, db)
}

func TestLedger(t *testing.T) {
	ctx, db := context.Background(), open(t)
	rows := []Seen{
		{UID: 1, Size: 5, InternalDate: t0, HeaderDigest: "d1", Verdict: rules.None, ReasonCode: "plain"},
		{UID: 2, InternalDate: t0.Add(time.Hour), Verdict: rules.Review, ReasonCode: "odd"},
		{UID: 3, InternalDate: t0.Add(2 * time.Hour), Verdict: rules.None, ReasonCode: "list"},
	}
	ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, LastUID: 3}, rows, t0))
	for _, c := range []struct {
		name string
		f    LedgerFilter
		want []int
	}{
		{"all", LedgerFilter{}, []int{2, 1, 0}},
		{"limit", LedgerFilter{Limit: 1}, []int{2}},
		{"none", LedgerFilter{Verdict: rules.None}, []int{2, 0}},
		{"review", LedgerFilter{Verdict: rules.Review}, []int{1}},
		{"since", LedgerFilter{Since: t0.Add(time.Hour)}, []int{2, 1}},
		{"until", LedgerFilter{Until: t0.Add(time.Hour)}, []int{0}},
		{"nothing", LedgerFilter{Verdict: rules.Request}, nil},
	} {
		var got, want []LedgerRow
		ok(t, db.Ledger(ctx, c.f, func(f LedgerRow) error { got = append(got, f); return nil }))
		for _, i := range c.want {
			want = append(want, LedgerRow{Place{"INBOX", 7, rows[i].UID}, rows[i]})
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	stop := errors.New("enough")
	if err := db.Ledger(ctx, LedgerFilter{}, func(LedgerRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
}
