package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// What is personal can be deleted, salts included, and the history still
// holds: this is what the tables named *_private are for.
func TestForgetting(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	db := world(t, path)
	purge := func(keep string) {
		t.Helper()
		ok(t, db.change(ctx, t0.Add(time.Hour), func(ctx context.Context, t *tx) error {
			for table, key := range map[string]string{
				"letters_private": "id", "requests_private": "id", "notes_private": "id", "outbox_private": "id",
				"letter_chunks": "owner", "outbox_chunks": "owner", "event_details": "event",
			} {
				if table == keep {
					continue
				}
				rows, err := t.QueryContext(ctx, `SELECT DISTINCT `+key+` AS id FROM `+table)
				if err != nil {
					return err
				}
				if err := eachRecord(rows, func(r *record) error {
					t.rows[rowKey{table, r.integer("id")}] = written{removed: true}
					return nil
				}); err != nil {
					return err
				}
				if _, err := t.ExecContext(ctx, `DELETE FROM `+table); err != nil {
					return err
				}
			}
			return t.append(ctx, Event{Actor: "aigul", Code: "purged"})
		}))
	}
	purge("")
	sound(t, db)
	r := must[Request](t)(db.Request(ctx, "LK-2026-000001"))
	if r.Kind == "" || len(r.Letters) != 2 || r.Letters[0].Subject != "" || r.Letters[0].Text != "" || r.Letters[0].RawSHA256 == "" || len(r.Terms) != 2 {
		t.Errorf("after forgetting: %+v", r)
	}
	must[[]Request](t)(db.Requests(ctx, Filter{All: true, From: "a"}))
	must[[]Event](t)(db.History(ctx, "LK-2026-000002"))
	for _, m := range must[[]Mail](t)(db.Outbox(ctx, nil)) {
		if m = must[Mail](t)(db.Mail(ctx, m.ID)); m.To != "" || len(m.Raw) != 0 || m.State == MailSent && m.RawSHA256 == "" {
			t.Errorf("mail after forgetting: %+v", m)
		}
	}
	if s := must[[]Suppression](t)(db.Suppressions(ctx)); len(s) != 2 || len(s[0].Named) != 0 || s[0].SHA256 != "sup1" {
		t.Errorf("suppressions after forgetting: %+v", s)
	}
	// The free pages go with a VACUUM; then the bytes are nowhere.
	_, err := db.writer.conn.ExecContext(ctx, `VACUUM`)
	ok(t, err)
	ok(t, db.Close())
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for _, trace := range []string{"Отзыв согласия", "отзыв согласия", "Айгүл", "айгүл", "a4@example.kz", "A4@Example", "звонил", "no such user", "паспорт"} {
			if bytes.Contains(b, []byte(trace)) {
				t.Errorf("%q is still in %s", trace, filepath.Base(name))
			}
		}
	}

	// Life goes on: what was purged can be closed, resent, reopened.
	db = openAt(t, path)
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000002", Event: Event{Actor: "a", Code: "closed"}},
		func(r *Request) { r.Outcome = rules.Reason{Code: "x", Args: []string{"y"}} }), t0))
	// A letter without its bytes fails again, and stops no other.
	failed := must[[]Mail](t)(db.Outbox(ctx, []MailState{MailFailed}))
	ok(t, db.Resend(ctx, failed[0].ID, "a", t0))
	must[int64](t)(db.Enqueue(ctx, *ack("fresh"), nil, t0.Add(time.Second)))
	if m := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), render, nil, nil)); m == nil || m.To != "fresh@example.kz" {
		t.Errorf("claimed %+v", m)
	}
	if m := must[Mail](t)(db.Mail(ctx, failed[0].ID)); m.State != MailFailed || m.Reason.Code != ReasonDamaged {
		t.Errorf("resent without bytes: %+v", m)
	}
	sound(t, db)
}

// Nobody can do anything about a letter whose content is gone: what failed or is in doubt
// waits for nobody's decision any more, and what comes back later begins to wait for none.
func TestForgetEndsWhatFailed(t *testing.T) {
	ctx, after := t.Context(), t0.Add(time.Hour)
	for name, remove := range map[string]func(*DB) error{
		"forget": func(db *DB) error {
			_, err := db.Forget(ctx, Forgetting{Address: "a1@example.kz", Actor: "a"}, after)
			return err
		},
		"purge": func(db *DB) error { _, err := db.Purge(ctx, after, "a", after, nil); return err },
	} {
		db := open(t)
		number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
		for _, state := range []MailState{MailFailed, MailUncertain, MailSent} {
			if state != MailFailed {
				must[int64](t)(db.Enqueue(ctx, NewMail{
					Purpose: PurposeAnswer, State: MailQueued, To: "a1@example.kz", Language: "ru", MessageID: func(string) string { return "<" + string(state) + "@license.kz>" },
				}, []string{number}, t0))
			}
			m := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
			ok(t, db.Settle(ctx, m.ID, Settlement{State: state, Reason: rules.Reason{Code: ReasonSMTP5xx}, Code: 550}, t0))
		}
		must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), t0))
		ok(t, remove(db))
		if marked := must[[]Mail](t)(db.Bounce(ctx, "sent", "5.1.1", after)); len(marked) != 0 {
			t.Errorf("%s: came back: %+v", name, marked)
		}
		for _, m := range must[[]Mail](t)(db.Outbox(ctx, nil)) {
			if m.State != MailDropped || m.To != "" {
				t.Errorf("%s: letter %d is %s, to %q", name, m.ID, m.State, m.To)
			}
		}
		sound(t, db)
	}
}

// Staff is told of everybody's days to act by one letter: it waits for the mail server
// also where one of those it tells of was forgotten meanwhile, and tells of the others.
func TestForgetLeavesWhatWaitsForStaff(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var stages []Stage
	for uid := uint32(1); uid <= 2; uid++ {
		a := must[Admitted](t)(db.Admit(ctx, admission(t, db, uid), t0))
		stages = append(stages, Stage{a.Numbers[0], "5", day("2026-11-23"), day("2026-11-30")})
	}
	id := must[[]int64](t)(db.Remind(ctx, []Notice{{Stages: stages, Mail: NewMail{
		Purpose: PurposeDigest, State: MailQueued, To: "staff@license.kz", Data: `{"lines":2}`, MessageID: func(string) string { return "<r@license.kz>" },
	}}}, time.Time{}, t0))[0]
	must[Purged](t)(db.Forget(ctx, Forgetting{Address: "a1@example.kz", Why: "решение суда", Actor: "aigul"}, t0))
	if m := must[Mail](t)(db.Mail(ctx, id)); m.State != MailQueued || m.To != "staff@license.kz" || m.Data == "" {
		t.Errorf("the letter to staff: %+v", m)
	}
	for {
		m := must[*Mail](t)(db.Claim(ctx, t0, render, nil, nil))
		if m == nil {
			break
		}
		ok(t, db.Settle(ctx, m.ID, Settlement{State: MailSent}, t0))
	}
	must[Purged](t)(db.Forget(ctx, Forgetting{Address: "a2@example.kz", Why: "решение суда", Actor: "aigul"}, t0))
	if m := must[Mail](t)(db.Mail(ctx, id)); m.State != MailSent || m.To != "" {
		t.Errorf("the letter to staff, once it has gone out: %+v", m)
	}
	sound(t, db)
}

// An address is that of a person in any letter case, of whatever alphabet.
func TestTracesInAnyLetterCase(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Letter.ReplyTo = "Иван <Иван@Почта.қаз>"
	a.Ack.To = "ИВАН@почта.қаз"
	must[Admitted](t)(db.Admit(ctx, a, t0))
	other := admission(t, db, 2)
	other.Letter.ReplyTo = "Марат@почта.қаз"
	must[Admitted](t)(db.Admit(ctx, other, t0))
	for _, address := range []string{"иван@почта.қаз", "ИВАН@ПОЧТА.ҚАЗ"} {
		if got := must[Traces](t)(db.TracesOf(ctx, address)); len(got.Requests) != 1 || got.Requests[0].Number != "LK-2026-000001" || got.Going.Mails != 1 {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

// forgetting forgets a person as soon as something is written to it.
type forgetting struct {
	t  *testing.T
	db *DB
}

func (f forgetting) Write(p []byte) (int, error) {
	_, err := f.db.Forget(context.Background(), Forgetting{Address: "a1@example.kz", Why: "решение суда", Actor: "aigul"}, t0)
	if err != nil && !errors.Is(err, ErrNotFound) {
		f.t.Error(err)
	}
	return len(p), nil
}

// A letter that is forgotten while somebody reads it is not there any more; it is not
// damaged.
func TestRawOfForgotten(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Raw = spool(t, db, strings.Repeat("x", 3*chunkSize))
	done := must[Admitted](t)(db.Admit(ctx, a, t0))
	if err := db.Raw(ctx, done.LetterID, forgetting{t, db}); !errors.Is(err, ErrNotFound) || errors.Is(err, ErrDamaged) {
		t.Errorf("read: %v", err)
	}
}
