package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// staged is a daemon with a register and no servers.
func staged(t *testing.T) *daemon {
	was := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(was) })
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	words, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	o := desk.Options{Store: db, Words: words, Calendar: mustCalendar(t, DefaultConfig()), Zone: time.UTC, Operator: desk.Operator{Address: "info@license.kz"}, Language: rules.EN}
	return &daemon{
		app: &app{beat: newHeartbeat()}, serving: &serving{Desk: desk.New(o), log: slog.New(slog.DiscardHandler)},
		nightly: make(chan audited, 1), copied: make(chan error, 1),
	}
}

// told is how many letters of alarm are queued.
func told(t *testing.T, d *daemon) (n int) {
	t.Helper()
	mails, err := d.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if m.Purpose == store.PurposeAlarm {
			n++
		}
	}
	return n
}

// A mistake of the program in any piece of its work ends that piece and nothing
// else, and staff is told of it once a day.
func TestMistakeEndsNoDaemon(t *testing.T) {
	for name, job := range map[string]job{
		"taking in": (*daemon).takeIn, // there is no mailbox,
		"delivery": func(d *daemon, ctx context.Context) error {
			_, err := d.deliver(ctx)
			return err
		},
		"reminders": (*daemon).remindAll, // no calendar,
		"rest":      (*daemon).rest,      // and no configuration
		"backup":    (*daemon).startBackup,
		"calendar": func(*daemon, context.Context) error { // is read beside the policy
			_, _, err := policyAndCalendar(nil)
			return err
		},
		"troubles": func(d *daemon, ctx context.Context) error {
			d.Desk.Alert = func(desk.Alert) { panic("staged") }
			return d.Raise(ctx, desk.TroubleDisk, 0, time.Now())
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := staged(t)
			for range 2 {
				if err := d.try(t.Context(), job); !errors.Is(err, mailbox.ErrStumbled) {
					t.Fatal(err)
				}
				d.Desk.Alert = nil
				if err := d.confess(t.Context()); err != nil {
					t.Fatal(err)
				}
				if name == "troubles" {
					return // which is a letter of its own
				}
			}
			if n := told(t, d); n != 1 {
				t.Errorf("staff was told %d times", n)
			}
		})
	}
}

// What the nightly audit found is looked for again after a restart, until staff was told.
func TestAuditIsToldOrRepeated(t *testing.T) {
	d := staged(t)
	at := time.Date(2026, 11, 16, 3, 0, 0, 0, time.UTC)
	d.Desk.Options.Now = func() time.Time { return at }
	d.serving.cfg = &Config{}
	last := func(want string) {
		t.Helper()
		if got, err := d.Store.Meta(t.Context(), store.MetaLastAudit); err != nil || got != want {
			t.Errorf("last audit on %q, %v, want %q", got, err, want)
		}
	}
	if err := d.Store.SetMeta(t.Context(), store.MetaLastAudit, "2026-11-15"); err != nil {
		t.Fatal(err)
	}
	d.checking = true // begun, and not begun twice
	if err := d.startAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.beside.Wait()
	last("2026-11-15")
	if d.mistakes.Load() > 0 || len(d.nightly) > 0 {
		t.Error("it was begun twice")
	}
	if err := d.tellAudit(t.Context(), audited{day: "2026-11-16", verified: true, breaks: []store.Break{{}}}); err != nil {
		t.Fatal(err)
	}
	last("2026-11-16")
	if told(t, d) != 1 {
		t.Errorf("staff was told %d times", told(t, d))
	}
}

// A mailbox that cannot be compared by night, since its server is at rest, is compared
// later in the day; after a day without, staff is told, once.
func TestReconciliationIsTriedAgain(t *testing.T) {
	d := staged(t)
	d.serving.cfg, d.reader = &Config{}, &mailbox.Reader{}
	at := time.Date(2026, 11, 16, 3, 0, 0, 0, time.UTC)
	d.Desk.Options.Now = func() time.Time { return at }
	for _, name := range []string{store.MetaLastAudit, store.MetaLastReconciled} {
		if err := d.Store.SetMeta(t.Context(), name, "2026-11-15"); err != nil {
			t.Fatal(err)
		}
	}
	tell := func(found audited, compared string, alarms int) {
		t.Helper()
		if err := d.tellAudit(t.Context(), found); err != nil {
			t.Fatal(err)
		}
		if got, err := d.Store.Meta(t.Context(), store.MetaLastReconciled); err != nil || got != compared {
			t.Errorf("compared on %q, %v, want %q", got, err, compared)
		}
		if n := told(t, d); n != alarms {
			t.Errorf("staff was told %d times, want %d", n, alarms)
		}
	}
	begun := func() bool {
		t.Helper()
		if err := d.startAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.beside.Wait()
		return d.checking
	}
	tell(audited{day: "2026-11-16", verified: true}, "2026-11-15", 0)
	if at = at.Add(auditAgain / 2); begun() {
		t.Error("it is tried again at once")
	}
	if at = at.Add(auditAgain); !begun() {
		t.Fatal("it is not tried again")
	}
	if found := <-d.nightly; found.verified {
		t.Error("the register is verified twice a night")
	}
	at = at.AddDate(0, 0, 1)
	tell(audited{day: "2026-11-17", verified: true}, "2026-11-15", 1)
	tell(audited{day: "2026-11-17"}, "2026-11-15", 1)
	tell(audited{day: "2026-11-17", mailbox: &desk.Reconciliation{}}, "2026-11-17", 2) // that it is over
	if at = at.Add(2 * auditAgain); begun() {
		t.Error("it is compared twice a day")
	}
}

// So is one beside the passes: in the nightly audit, the copy, a health check.
func TestMistakeBeside(t *testing.T) {
	d := staged(t)
	d.serving.cfg = &Config{}
	d.probe = &probe{}
	for path, find := range d.probe.pages() {
		if status, text := find(t.Context()); status != 503 || strings.Contains(text, "ok") {
			t.Errorf("%s: %d %q", path, status, text)
		}
	}
	at := time.Date(2026, 11, 16, 3, 0, 0, 0, time.UTC)
	d.Desk.Options.Now = func() time.Time { return at }
	if err := d.Store.SetMeta(t.Context(), store.MetaLastAudit, "2026-11-15"); err != nil {
		t.Fatal(err)
	}
	d.serving.cfg.Store.Retention = time.Hour // purges, and there is no policy
	d.reader, d.sender = &mailbox.Reader{}, &mailbox.Sender{}
	d.sender = nil
	if err := d.startAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.beside.Wait()
	if n := d.mistakes.Load(); n != 1 {
		t.Errorf("%d mistakes of the audit are known", n)
	}
	if err := d.confess(t.Context()); err != nil || told(t, d) != 1 {
		t.Errorf("staff was told %d times, %v", told(t, d), err)
	}
}
